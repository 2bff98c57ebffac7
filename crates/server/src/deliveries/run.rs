//! The loop that does what is in the outbox, when it is due.

use std::sync::Arc;
use std::time::Duration;

use nepho_notify::delivery::Delivery;
use tokio::task::JoinSet;

use super::lanes::{Started, Task};
use super::record::{DeliveryRecord, OUTBOX};
use super::{attempt, lanes};
use crate::instance::Instance;
use crate::stop::Stop;
use crate::topics::error::TopicError;
use crate::topics::known::each_of;

/// How long to wait before the outbox is read again that could not be read.
const READ_PAUSE: Duration = Duration::from_secs(1);
/// The longest that the loop sleeps, so that a machine whose clock is set back is noticed.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// Does deliveries until the stop, then lets those that are on their way end.
pub(crate) async fn serve(instance: Arc<Instance>, mut stop: Stop) {
    let mut attempts = JoinSet::new();
    tokio::select! {
        () = stop.stopped() => return,
        () = restore(&instance) => {}
    }
    loop {
        while let Some(task) = instance.deliveries.take(instance.clock.now()) {
            match task {
                Task::Attempt(to, key) => attempts.spawn(attempt::make(instance.clone(), to, key)),
                Task::GiveUp(key) => attempts.spawn(attempt::give_up(instance.clone(), key)),
            };
        }
        tokio::select! {
            () = stop.stopped() => break,
            () = instance.deliveries.woken() => {}
            Some(ended) = attempts.join_next() => report(ended),
            () = tokio::time::sleep(until_due(&instance)) => {}
        }
    }
    let ended = async {
        while let Some(ended) = attempts.join_next().await {
            report(ended);
        }
    };
    if tokio::time::timeout(instance.config.limits.stop_time(), ended).await.is_err() {
        tracing::warn!("{} deliveries were cut off by the stop; they are made again", attempts.len());
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!("a delivery failed: {error}");
    }
}

/// How long until something is due. A clock that is moved by hand wakes the loop.
fn until_due(instance: &Instance) -> Duration {
    match instance.deliveries.next() {
        Some(due) if !instance.clock.is_manual() => {
            let wait = due.millis().saturating_sub(instance.clock.now().millis()).max(0) as u64;
            Duration::from_millis(wait).min(SLEEP_MAX)
        }
        _ => SLEEP_MAX,
    }
}

/// Takes up what was in the outbox when the server stopped.
async fn restore(instance: &Arc<Instance>) {
    loop {
        match instance.blocking(read).await {
            Ok(started) => {
                if !started.is_empty() {
                    tracing::info!("{} deliveries are taken up again", started.len());
                }
                instance.deliveries.restore(&started);
                return;
            }
            Err(error) => {
                instance.fault(&format!("the outbox could not be read: {error}"));
                tokio::time::sleep(READ_PAUSE).await;
            }
        }
    }
}

fn read(instance: &Instance) -> Result<Vec<Started>, TopicError> {
    let mut started = Vec::new();
    each_of(&*instance.records, OUTBOX, "", |record| {
        match DeliveryRecord::read(OUTBOX, &record.key, &record.value) {
            // What is kept goes out when its time comes.
            Ok(delivery) if delivery.state == Delivery::Held => {}
            Ok(delivery) => {
                let most = lanes::per_second_max(instance, &delivery)?;
                started.push(Started::of(&delivery, most));
            }
            // One that is damaged must not keep the others.
            Err(error) => instance.fault(&error.to_string()),
        }
        Ok(())
    })?;
    Ok(started)
}
