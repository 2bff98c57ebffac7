//! Running a server from its parts.

use nepho_store::StoreError;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::config::Config;
use crate::instance::{Bound, Instance, Stores};
use crate::listeners::Listeners;
use crate::topics::tally;
use crate::{deliveries, detectors, emf, http, schedule, stop};

/// Serves until `shutdown` resolves, then stops taking anything in, lets what is on its way finish within
/// [`Limits::stop_seconds`](crate::Limits::stop_seconds), and closes the store.
///
/// # Errors
/// What the store could not read at the start, or could not write at its close; that is still in its journal.
pub async fn run(
    config: Config,
    stores: Stores,
    listeners: Listeners,
    clock: Clock,
    shutdown: impl Future<Output = ()>,
) -> Result<(), StoreError> {
    let bound = Bound { http: listeners.http_address().ok(), emf_udp: listeners.emf_udp.local_addr().ok() };
    let instance = Instance::new(config, stores, bound, clock)?;
    instance.blocking(crate::alarms::run_left_over).await;
    instance.deliveries.expect_restored();
    let (stopper, stop) = stop::channel();
    let mut tasks = JoinSet::new();
    tasks.spawn(http::accept::serve(instance.clone(), listeners.http, stop.clone()));
    tasks.spawn(emf::tcp::serve(instance.clone(), listeners.emf_tcp, stop.clone()));
    tasks.spawn(emf::udp::serve(instance.clone(), listeners.emf_udp, stop.clone()));
    tasks.spawn(deliveries::run::serve(instance.clone(), stop.clone()));
    if !instance.clock.is_manual() {
        tasks.spawn(detectors::train_in_background(instance.clone(), stop.clone()));
        tasks.spawn(schedule::follow_system_clock(instance.clone(), stop));
    }
    shutdown.await;
    tracing::info!("stopping");
    stopper.stop();
    instance.tails.close();
    instance.queues.end_waits();
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!("a task failed: {error}");
        }
    }
    for write in tally::write_last(&instance, instance.clock.now()) {
        // What could not be stored was counted as that.
        drop(write.settle(&instance).await);
    }
    instance.blocking(|instance| instance.queues.close()).await;
    instance.blocking(|instance| instance.samples.close()).await
}
