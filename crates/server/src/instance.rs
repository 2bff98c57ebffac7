//! A running server: its stores, its clock, and what it counts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use nepho_model::Scope;
use nepho_store::{Log, MemoryLog, MemoryRecords, MemorySamples, Records, Samples, StoreError};
use tokio::sync::{Notify, Semaphore};

use crate::alarms::Alarms;
use crate::clock::Clock;
use crate::commits::Commits;
use crate::config::Config;
use crate::deliveries::lanes::Deliveries;
use crate::deliveries::signing::Signer;
use crate::deliveries::transport::Transports;
use crate::detectors::Detectors;
use crate::noise::Noise;
use crate::own::counters::Counters;
use crate::own::publish::Published;
use crate::own::rejections::Rejections;
use crate::queues::DurableQueues;
use crate::schedule::Schedule;
use crate::tail::Tails;
use crate::topics::error::TopicError;
use crate::topics::known::KnownTopics;
use crate::topics::tally::Tallies;

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
    pub(crate) commits: Commits,
    pub(crate) topics: KnownTopics,
    pub(crate) tallies: Tallies,
    pub(crate) deliveries: Deliveries,
    pub(crate) noise: Noise,
    pub(crate) transports: Transports,
    signer: OnceLock<Arc<Signer>>,
    /// What links to this server begin with.
    pub(crate) base_url: String,
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

/// Where a server really listens, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bound {
    pub(crate) http: Option<SocketAddr>,
    pub(crate) emf_udp: Option<SocketAddr>,
}

impl Instance {
    /// # Errors
    /// What the store said while alarms and detectors were read.
    pub(crate) fn new(config: Config, stores: Stores, bound: Bound, clock: Clock) -> Result<Arc<Self>, StoreError> {
        Instance::with(config, stores, bound, clock, Transports::of)
    }

    /// One whose messages go these ways.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn with(
        config: Config,
        stores: Stores,
        bound: Bound,
        clock: Clock,
        transports: impl FnOnce(&Config, &Arc<DurableQueues>) -> Transports,
    ) -> Result<Arc<Self>, StoreError> {
        let mut damages = Vec::new();
        let alarms = Alarms::load(&*stores.records, &mut |damage| damages.push(damage))?;
        let noise = Noise::load(&*stores.records, &mut |damage| damages.push(damage))?;
        let evaluation_delay_seconds = config.evaluation_delay(&clock);
        let schedule = tokio::sync::Mutex::new(Schedule::starting(clock.now(), evaluation_delay_seconds));
        let body_room = Semaphore::new(config.limits.held_body_bytes.min(Semaphore::MAX_PERMITS));
        let public_url = config.deliveries.public_url.clone();
        let base_url = public_url.unwrap_or_else(|| url_of(bound.http.unwrap_or(config.listen)));
        let queues = Arc::new(DurableQueues::open(stores.queue_log, config.limits.queue_bytes));
        let transports = transports(&config, &queues);
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
            commits: Commits::default(),
            topics: KnownTopics::default(),
            tallies: Tallies::default(),
            deliveries: Deliveries::default(),
            noise,
            transports,
            signer: OnceLock::new(),
            base_url,
            emf_udp: bound.emf_udp,
            replaying: tokio::sync::Mutex::default(),
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

    /// What messages are signed with. May block, for seconds when it is made.
    pub(crate) fn signer(&self) -> Result<Arc<Signer>, TopicError> {
        if let Some(signer) = self.signer.get() {
            return Ok(signer.clone());
        }
        let _alone = self.changing_records();
        if let Some(signer) = self.signer.get() {
            return Ok(signer.clone());
        }
        let signer = Signer::load(&*self.records, self.clock.now())?;
        Ok(self.signer.get_or_init(|| signer).clone())
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

/// What links begin with that lead to an address that is listened on; one that stands for all is this machine's own.
fn url_of(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// Does something to its end, even when nobody waits for it any more: a client that goes away must not leave
/// behind what is counted as received and neither as stored nor as rejected.
pub(crate) async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
