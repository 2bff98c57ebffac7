//! How a client is put together.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::backoff::Backoff;
use crate::breaker::Breaker;
use crate::clock::Clock;
use crate::core::{Core, Gate, OwnedProperty};
use crate::environment::Environment;
use crate::metrics::Metrics;
use crate::naming::Naming;
use crate::outlet::{QUEUE_BYTES_MAX, Settings};
use crate::personal::Personal;
use crate::port::Property;
use crate::series::{Caps, Directory};
use crate::sink::{Agent, DOCUMENT_BYTES_MAX, Form, Sink, Stream};
use crate::spill::Spill;
use crate::steps::Steps;
use crate::unit_of_work::Lanes;
use crate::warnings::{Notice, Warnings};
use crate::worker::{Exit, Pump, PumpParts, Schedule};

/// How often metrics leave the process, unless told otherwise.
pub const INTERVAL: Duration = Duration::from_secs(60);
/// How long the last flush may take when a client is dropped, unless told otherwise.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// The most series of one metric, unless told otherwise.
pub const SERIES_PER_METRIC_MAX: usize = 1000;
/// The most series of all metrics, unless told otherwise: what fits into the calls of a minute.
pub const SERIES_MAX: usize = 4000;
/// The most bytes of units of work between callers and the worker, unless told otherwise.
pub const UNIT_BYTES_MAX: usize = 32 << 20;
/// The most calls of PutMetricData in a minute, unless told otherwise.
pub const CALLS_PER_MINUTE_MAX: u32 = 9;

/// Settings of a client, from [`Metrics::builder`](crate::Metrics::builder).
///
/// Without a sink the environment decides: in Lambda, EMF to standard output; an agent when `AWS_EMF_AGENT_ENDPOINT`
/// names one; else EMF to standard output. In the environments `development` and `test` metrics are then off; see
/// [`Environment`].
pub struct Builder {
    namespace: String,
    naming: Naming,
    properties: Vec<(String, OwnedProperty)>,
    sinks: Vec<(Box<dyn Sink>, Option<Spill>)>,
    breaker: Breaker,
    backoff: Backoff,
    queue_bytes_max: usize,
    calls_per_minute_max: u32,
    default_spill: Option<Spill>,
    environment: Option<Environment>,
    is_switched: bool,
    interval: Duration,
    shutdown_timeout: Duration,
    caps: Caps,
    unit_bytes_max: usize,
    clock: Clock,
    publishes_own: bool,
    refuses_while_open: bool,
}

impl Builder {
    pub(crate) fn new(namespace: &str) -> Self {
        Builder {
            namespace: namespace.to_owned(),
            naming: Naming::default(),
            properties: Vec::new(),
            sinks: Vec::new(),
            breaker: Breaker::default(),
            backoff: Backoff::default(),
            queue_bytes_max: QUEUE_BYTES_MAX,
            calls_per_minute_max: CALLS_PER_MINUTE_MAX,
            default_spill: None,
            environment: None,
            is_switched: false,
            interval: INTERVAL,
            shutdown_timeout: SHUTDOWN_TIMEOUT,
            caps: Caps { per_metric: SERIES_PER_METRIC_MAX, total: SERIES_MAX },
            unit_bytes_max: UNIT_BYTES_MAX,
            clock: Clock::System,
            publishes_own: true,
            refuses_while_open: false,
        }
    }

    /// Gives every metric a dimension.
    #[must_use]
    pub fn dimension(mut self, name: &str, value: &str) -> Self {
        self.naming.dimensions.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a property beside the metrics of every document.
    #[must_use]
    pub fn property<'v>(mut self, name: &str, value: impl Into<Property<'v>>) -> Self {
        self.properties.push((name.to_owned(), value.into().into()));
        self
    }

    /// Sends to a sink. Of several, each gets everything, and one that hangs does not hold up another.
    #[must_use]
    pub fn sink(mut self, sink: impl Sink + 'static) -> Self {
        self.sinks.push((Box::new(sink), None));
        self
    }

    /// Puts what the latest sink cannot take, while its breaker is open, into a file or another sink.
    #[must_use]
    pub fn spill(mut self, spill: Spill) -> Self {
        match self.sinks.last_mut() {
            Some((_, of_sink)) => *of_sink = Some(spill),
            None => self.default_spill = Some(spill),
        }
        self
    }

    /// When a sink that fails is left alone, and for how long, instead of the default of [`Breaker`].
    #[must_use]
    pub fn breaker(mut self, breaker: Breaker) -> Self {
        self.breaker = breaker;
        self
    }

    /// How long to wait before a sink that failed is tried again.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The most bytes that wait for each sink, instead of [`QUEUE_BYTES_MAX`]; when there are more, the oldest are
    /// dropped.
    #[must_use]
    pub fn queue_bytes_max(mut self, bytes: usize) -> Self {
        self.queue_bytes_max = bytes;
        self
    }

    /// The most calls of PutMetricData in a minute, instead of [`CALLS_PER_MINUTE_MAX`]. What is more waits; a flush
    /// does not.
    #[must_use]
    pub fn calls_per_minute_max(mut self, calls: u32) -> Self {
        self.calls_per_minute_max = calls;
        self
    }

    /// Uses this environment instead of the process's.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Lets the environment switch metrics off also where sinks are given; see [`Environment`].
    #[must_use]
    pub fn switched_by_environment(mut self) -> Self {
        self.is_switched = true;
        self
    }

    /// How often what is counted leaves the process, instead of [`INTERVAL`]. The first one is cut short by chance, so
    /// that processes that start together do not all send at once.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// How long the last flush may take when the client is dropped, instead of [`SHUTDOWN_TIMEOUT`].
    #[must_use]
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// The most series of one metric, instead of [`SERIES_PER_METRIC_MAX`]; what is more is added up in a series whose
    /// dimensions are `other`.
    #[must_use]
    pub fn series_per_metric_max(mut self, series: usize) -> Self {
        self.caps.per_metric = series;
        self
    }

    /// The most series of all metrics, instead of [`SERIES_MAX`]; what is more is added up as with
    /// [`series_per_metric_max`](Builder::series_per_metric_max).
    #[must_use]
    pub fn series_max(mut self, series: usize) -> Self {
        self.caps.total = series;
        self
    }

    /// The most bytes of units of work that wait for the worker, instead of [`UNIT_BYTES_MAX`]; when they are full,
    /// units are dropped and counted.
    #[must_use]
    pub fn unit_bytes_max(mut self, bytes: usize) -> Self {
        self.unit_bytes_max = bytes;
        self
    }

    /// Takes only these dimensions (and the client's default ones); others become properties of documents, and are left
    /// out elsewhere.
    #[must_use]
    pub fn allow_dimensions<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let allowed = self.naming.allowed.get_or_insert_default();
        allowed.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Hashes what is personal before it leaves the process.
    #[must_use]
    pub fn personal(mut self, personal: Personal) -> Self {
        self.naming.personal = Some(personal);
        self
    }

    /// Does not publish the client's own metrics (namespace `Nephoscope/Client`: `Accepted`, `Delivered`, `Dropped`,
    /// `Buffered` and `BreakerOpen`, for each `Sink`).
    #[must_use]
    pub fn without_own_metrics(mut self) -> Self {
        self.publishes_own = false;
        self
    }

    /// Refuses new points while the breaker of every sink is open, instead of keeping them until it closes.
    #[must_use]
    pub fn refuse_while_open(mut self) -> Self {
        self.refuses_while_open = true;
        self
    }

    /// Takes the time of samples from this clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Builds the client and starts its worker. Never fails: what is wrong with a setting is mended and said, and a
    /// client whose thread cannot be started is off.
    pub fn build(self) -> Metrics {
        let (metrics, pump) = self.parts();
        metrics.start(pump);
        metrics
    }

    /// Builds a client whose worker does nothing by itself, for tests: what it does is done by
    /// [`Steps::run`](crate::Steps::run).
    pub fn build_stepped(self) -> (Metrics, Steps) {
        let (metrics, pump) = self.parts();
        (metrics, Steps::new(pump))
    }

    fn parts(self) -> (Metrics, Pump) {
        let warnings = Arc::new(Warnings::default());
        let environment = self.environment.unwrap_or_else(Environment::read);
        environment.check(&warnings);
        let is_on = environment.is_on() || !(self.sinks.is_empty() || self.is_switched);
        let sinks = if self.sinks.is_empty() && is_on {
            vec![(chosen(&environment, &warnings), self.default_spill)]
        } else {
            self.sinks
        };
        let exits: Vec<Exit> = sinks
            .into_iter()
            .map(|(sink, spill)| {
                let settings = Settings {
                    queue_bytes_max: self.queue_bytes_max,
                    breaker: self.breaker,
                    backoff: self.backoff,
                    spill,
                    calls_per_minute_max: Some(self.calls_per_minute_max),
                    seed: RandomState::new().hash_one(0),
                    ..Settings::default()
                };
                Exit::new(sink, settings)
            })
            .collect();
        let takes_datums = exits.iter().any(|exit| exit.form() == Form::Datums);

        let naming = self.naming.mended(&warnings);
        let folded = takes_datums
            .then(|| Directory::new(next_id(), naming.for_units(), self.caps, Arc::clone(&warnings), Arc::default()));
        let id = next_id();
        let directory = Directory::new(id, naming, self.caps, warnings, Arc::default());
        let lanes = Lanes::new(id, self.unit_bytes_max);
        let document_bytes_max = exits.iter().map(Exit::document_bytes_max).min().unwrap_or(DOCUMENT_BYTES_MAX);
        let gate = if is_on { Gate::Open } else { Gate::Off };
        let core = Arc::new(Core::new(gate, self.clock, directory, folded, lanes, document_bytes_max));
        for (name, value) in self.properties {
            core.set_property(&name, value.as_property());
        }
        let namespace = core.namespaces.number(&self.namespace, &core.warnings);
        let random = RandomState::new().hash_one(id);
        let log_name = |name| environment.get(name).map(str::to_owned);
        let accounts = exits.iter().map(Exit::account).collect();
        let pump = Pump::new(PumpParts {
            schedule: Schedule::new(self.interval, Duration::ZERO, core.clock.now(), random),
            core: Arc::clone(&core),
            exits,
            log_names: [log_name("AWS_EMF_LOG_GROUP_NAME"), log_name("AWS_EMF_LOG_STREAM_NAME")],
            // A process that is frozen between invocations has no intervals worth an account.
            publishes_own: self.publishes_own && !environment.is_lambda(),
            refuses_while_open: self.refuses_while_open,
            queue_bytes_max: self.queue_bytes_max,
        });
        (Metrics::new(core, namespace, accounts, self.shutdown_timeout), pump)
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sinks: Vec<_> = self.sinks.iter().map(|(sink, _)| sink.name()).collect();
        f.debug_struct("Builder").field("namespace", &self.namespace).field("sinks", &sinks).finish_non_exhaustive()
    }
}

/// The sink of an environment.
fn chosen(environment: &Environment, warnings: &Warnings) -> Box<dyn Sink> {
    if let Some(endpoint) = environment.get("AWS_EMF_AGENT_ENDPOINT").filter(|_| !environment.is_lambda()) {
        match Agent::parse(endpoint) {
            Ok(agent) => return Box::new(agent),
            Err(error) => {
                let detail = format_args!("{error}; metrics go to standard output");
                warnings.notice(Notice::Setting, "AWS_EMF_AGENT_ENDPOINT", detail);
            }
        }
    }
    Box::new(Stream::stdout())
}

/// A number that no other directory of series has.
fn next_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
