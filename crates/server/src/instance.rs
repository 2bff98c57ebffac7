//! A running server: its stores, its clock, and what it counts.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nepho_model::Scope;
use nepho_store::{Log, MemoryLog, MemoryRecords, MemorySamples, Records, Samples, StoreError};
use tokio::sync::{Notify, Semaphore};

use crate::alarms::Alarms;
use crate::clock::Clock;
use crate::config::Config;
use crate::detectors::Detectors;
use crate::own::counters::Counters;
use crate::own::publish::Published;
use crate::own::rejections::Rejections;
use crate::queues::DurableQueues;
use crate::schedule::Schedule;
use crate::tail::Tails;

/// Where a server keeps things.
#[derive(Clone)]
pub struct Stores {
    /// The metrics.
    pub samples: Arc<dyn Samples>,
    /// Everything that has a name.
    pub records: Arc<dyn Records>,
    /// What happens to queues.
    pub queue_log: Arc<dyn Log>,
}

impl Stores {
    /// Stores in memory, which are gone with the process.
    pub fn in_memory() -> Self {
        Stores {
            samples: Arc::new(MemorySamples::default()),
            records: Arc::new(MemoryRecords::default()),
            queue_log: Arc::new(MemoryLog::default()),
        }
    }
}

/// What every task of a running server shares.
pub(crate) struct Instance {
    pub(crate) config: Config,
    pub(crate) default_scope: Scope,
    pub(crate) samples: Arc<dyn Samples>,
    pub(crate) records: Arc<dyn Records>,
    pub(crate) queues: Arc<DurableQueues>,
    pub(crate) alarms: Alarms,
    /// Told when something falls due that was not known of.
    pub(crate) due_sooner: Notify,
    changing_records: Mutex<()>,
    /// Held while an alarm is replayed.
    pub(crate) replaying: tokio::sync::Mutex<()>,
    pub(crate) detectors: Detectors,
    /// Where EMF's datagrams arrive, if that is known.
    pub(crate) emf_udp: Option<SocketAddr>,
    pub(crate) clock: Clock,
    /// How long after the time that it is about an evaluation of alarms is made.
    pub(crate) evaluation_delay_seconds: i64,
    pub(crate) schedule: tokio::sync::Mutex<Schedule>,
    pub(crate) counters: Counters,
    pub(crate) published: Published,
    pub(crate) rejections: Rejections,
    pub(crate) tails: Tails,
    /// A permit for each byte of the bodies that may be held.
    pub(crate) body_room: Semaphore,
}

impl Instance {
    /// # Errors
    /// What the store said while alarms and detectors were read.
    pub(crate) fn new(
        config: Config,
        stores: Stores,
        emf_udp: Option<SocketAddr>,
        clock: Clock,
    ) -> Result<Arc<Self>, StoreError> {
        let mut damages = Vec::new();
        let alarms = Alarms::load(&*stores.records, &mut |damage| damages.push(damage))?;
        let evaluation_delay_seconds = config.evaluation_delay(&clock);
        let schedule = tokio::sync::Mutex::new(Schedule::starting(clock.now(), evaluation_delay_seconds));
        let body_room = Semaphore::new(config.limits.held_body_bytes.min(Semaphore::MAX_PERMITS));
        let queues = Arc::new(DurableQueues::open(stores.queue_log, config.limits.queue_bytes));
        let instance = Arc::new(Instance {
            queues,
            default_scope: Scope::new(&config.account, &config.region),
            config,
            samples: stores.samples,
            detectors: Detectors::load(&*stores.records)?,
            records: stores.records,
            alarms,
            due_sooner: Notify::new(),
            changing_records: Mutex::default(),
            replaying: tokio::sync::Mutex::default(),
            emf_udp,
            clock,
            evaluation_delay_seconds,
            schedule,
            counters: Counters::default(),
            published: Published::default(),
            rejections: Rejections::default(),
            tails: Tails::default(),
            body_room,
        });
        damages.iter().for_each(|damage| instance.fault(damage));
        Ok(instance)
    }

    /// Something falls due that was not known of: the schedule looks again.
    pub(crate) fn deadlines_changed(&self) {
        self.due_sooner.notify_one();
    }

    /// Keeps everybody else from changing records, for a change that depends on what is there.
    pub(crate) fn changing_records(&self) -> MutexGuard<'_, ()> {
        self.changing_records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs what may block on the disk where it holds nobody up.
    pub(crate) async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Instance) -> T + Send + 'static,
    ) -> T {
        let instance = self.clone();
        match tokio::task::spawn_blocking(move || work(&instance)).await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Remembers what went wrong inside the server, and logs it unless that is what went wrong last.
    pub(crate) fn fault(&self, what: &str) {
        if self.counters.fault(self.clock.now(), what) {
            tracing::error!("{what}");
        }
    }
}

/// Does something to its end, even when nobody waits for it any more: a client that goes away must not leave
/// behind what is counted as received and neither as stored nor as rejected.
pub(crate) async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
