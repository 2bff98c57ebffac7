//! The client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use nepho_model::{Resolution, Unit};

use crate::account::Accounting;
use crate::builder::Builder;
use crate::core::{Core, Gate};
use crate::handle::{Counter, Gauge, Histogram, Timer};
use crate::port::{MetricsPort, Property, milliseconds};
use crate::series::{Kind, Named};
use crate::sink::Form;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::Notice;
use crate::worker::{self, Account, Pump};

/// A client: takes metrics from any thread and sends them from one of its own.
///
/// Copies are cheap and are the same client. When the last one is dropped, what is left is sent, within
/// [`shutdown_timeout`](Builder::shutdown_timeout); handles may outlive it, and what they count then is counted as dropped.
///
/// Nothing here blocks, panics or fails. See the [crate](crate) for an example.
#[derive(Debug, Clone)]
pub struct Metrics {
    core: Arc<Core>,
    owner: Arc<Owner>,
    namespace: u16,
}

/// Ends the worker when the last client is dropped.
#[derive(Debug)]
struct Owner {
    core: Arc<Core>,
    accounts: Vec<Account>,
    shutdown_timeout: Duration,
    is_stopped: AtomicBool,
    /// Samples that had not come to a sink when the time for stopping was over, by the sink's form.
    left: [AtomicU64; 2],
}

impl Metrics {
    /// Begins a client whose metrics are in `namespace`.
    pub fn builder(namespace: &str) -> Builder {
        Builder::new(namespace)
    }

    /// A client that is off: it takes nothing and sends nothing.
    pub fn off() -> Metrics {
        let environment = crate::Environment::default().with("CLOUDWATCH_METRICS_ENABLED", "false");
        Builder::new("Off").environment(environment).build()
    }

    pub(crate) fn new(core: Arc<Core>, namespace: u16, accounts: Vec<Account>, shutdown_timeout: Duration) -> Self {
        let (is_stopped, left) = (AtomicBool::new(false), Default::default());
        let owner = Arc::new(Owner { core: Arc::clone(&core), accounts, shutdown_timeout, is_stopped, left });
        Metrics { core, owner, namespace }
    }

    pub(crate) fn start(&self, pump: Pump) {
        if self.core.is(Gate::Off) {
            return;
        }
        if let Err(error) = worker::spawn(&self.core, pump) {
            self.core.warnings.notice(Notice::Setting, "the worker's thread", format_args!("{error}; metrics are off"));
            self.core.turn(Gate::Open, Gate::Off);
        }
    }

    /// The same client with another namespace.
    #[must_use]
    pub fn namespace(&self, namespace: &str) -> Metrics {
        let namespace = self.core.namespaces.number(namespace, &self.core.warnings);
        Metrics { namespace, ..self.clone() }
    }

    /// Whether metrics leave the process: `false` when they are switched off, and after a [`shutdown`](Metrics::shutdown).
    pub fn is_on(&self) -> bool {
        !self.core.is(Gate::Off) && !self.core.is(Gate::Closed)
    }

    /// A counter, in the unit Count.
    pub fn counter(&self, name: &str, dimensions: &[(&str, &str)]) -> Counter {
        Counter::new(&self.core, &self.named(name, Unit::Count, dimensions))
    }

    /// A gauge.
    pub fn gauge(&self, name: &str, unit: Unit, dimensions: &[(&str, &str)]) -> Gauge {
        let kind = Kind { is_gauge: true, ..Kind::default() };
        Gauge::new(&self.core, &Named { kind, ..self.named(name, unit, dimensions) })
    }

    /// A histogram.
    pub fn histogram(&self, name: &str, unit: Unit, dimensions: &[(&str, &str)]) -> Histogram {
        Histogram::new(&self.core, &self.named(name, unit, dimensions))
    }

    /// A histogram that is kept by the second or the minute.
    pub fn histogram_at(
        &self,
        name: &str,
        unit: Unit,
        resolution: Resolution,
        dimensions: &[(&str, &str)],
    ) -> Histogram {
        let kind = Kind { is_high_resolution: resolution == Resolution::Second, ..Kind::default() };
        Histogram::new(&self.core, &Named { kind, ..self.named(name, unit, dimensions) })
    }

    /// A timer, in the unit Milliseconds.
    pub fn timer(&self, name: &str, dimensions: &[(&str, &str)]) -> Timer {
        Timer::new(&self.core, &self.named(name, Unit::Milliseconds, dimensions))
    }

    /// Adds one to a counter. Dimensions are named at the call; a handle from [`counter`](Metrics::counter) is faster.
    #[inline]
    pub fn increment(&self, name: &str, dimensions: &[(&str, &str)]) -> bool {
        self.core.increment(&self.named(name, Unit::Count, dimensions))
    }

    /// Records one sample of value `by`, in the unit Count.
    #[inline]
    pub fn increment_by(&self, name: &str, by: u64, dimensions: &[(&str, &str)]) -> bool {
        self.core.put(&self.named(name, Unit::Count, dimensions), by as f64)
    }

    /// Records how long something took, in milliseconds.
    #[inline]
    pub fn record_timing(&self, name: &str, elapsed: Duration, dimensions: &[(&str, &str)]) -> bool {
        self.core.put(&self.named(name, Unit::Milliseconds, dimensions), milliseconds(elapsed))
    }

    /// Records one value.
    #[inline]
    pub fn put_metric(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        self.core.put(&self.named(name, unit, dimensions), value)
    }

    /// Records one value that does not wait for the interval, but leaves at once.
    pub fn put_now(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        if !self.core.is_open() {
            return self.core.turn_away(1);
        }
        let mut at_once = UnitOfWork::new(&self.core, self.namespace);
        for (name, value) in dimensions {
            at_once.dimension(name, value);
        }
        at_once.immediate().metric(name, value, unit);
        let is_taken = at_once.finish();
        self.core.signal.wake_surely();
        is_taken
    }

    /// Sets a property of every document from now on; whether it could be set. Up to 100 are.
    pub fn set_property<'v>(&self, name: &str, value: impl Into<Property<'v>>) -> bool {
        self.core.set_property(name, value.into())
    }

    /// Begins a unit of work.
    #[inline]
    pub fn unit_of_work(&self) -> UnitOfWork<'_> {
        UnitOfWork::new(&self.core, self.namespace)
    }

    /// Begins a unit of work that borrows nothing, as a task needs that is spawned.
    pub fn unit_of_work_owned(&self) -> UnitOfWork<'static> {
        UnitOfWork::owned(&self.core, self.namespace)
    }

    /// Sends everything that was put before this call, and waits for it no longer than `timeout`; whether all of it has
    /// left the process.
    pub fn flush_and_wait(&self, timeout: Duration) -> bool {
        self.core.is(Gate::Off) || self.core.signal.flush(timeout)
    }

    /// Sends what is left and ends the worker, within `timeout` even when a sink hangs; whether all of it has left the
    /// process. What has not is counted as dropped. Nothing is taken from now on.
    pub fn shutdown(&self, timeout: Duration) -> bool {
        self.owner.shutdown(timeout)
    }

    /// What records with this client and does not keep it alive.
    #[cfg(any(feature = "metrics", feature = "tracing-layer"))]
    pub(crate) fn unowned(&self) -> (Arc<Core>, u16) {
        (Arc::clone(&self.core), self.namespace)
    }

    pub(crate) fn shutdown_timeout(&self) -> Duration {
        self.owner.shutdown_timeout
    }

    /// The account of this moment, in samples. With several sinks, each is owed every sample: their accounts are added
    /// up.
    pub fn accounting(&self) -> Accounting {
        let mut sum = Accounting::default();
        self.accounts().iter().for_each(|(_, accounting)| sum.add(accounting));
        sum
    }

    /// The account of each sink.
    pub fn accounts(&self) -> Vec<(String, Accounting)> {
        let _passage = self.core.passage();
        let of = |account: &Account| {
            let left = self.owner.left[account.form() as usize].load(Ordering::Acquire);
            (account.name().to_owned(), account.read(&self.core, left))
        };
        self.owner.accounts.iter().map(of).collect()
    }

    #[inline]
    fn named<'a>(&self, name: &'a str, unit: Unit, dimensions: &'a [(&'a str, &'a str)]) -> Named<'a> {
        Named { namespace: self.namespace, name, unit, kind: Kind::default(), dimensions }
    }
}

impl MetricsPort for Metrics {
    fn increment(&self, name: &str, dimensions: &[(&str, &str)]) -> bool {
        Metrics::increment(self, name, dimensions)
    }

    fn record_timing(&self, name: &str, elapsed: Duration, dimensions: &[(&str, &str)]) -> bool {
        Metrics::record_timing(self, name, elapsed, dimensions)
    }

    fn put_metric(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        Metrics::put_metric(self, name, value, unit, dimensions)
    }

    fn set_property(&self, name: &str, value: Property<'_>) -> bool {
        Metrics::set_property(self, name, value)
    }
}

impl Owner {
    fn shutdown(&self, timeout: Duration) -> bool {
        if self.core.is(Gate::Off) {
            return true;
        }
        if self.is_stopped.swap(true, Ordering::AcqRel) {
            self.core.signal.wait_until_stopped(timeout);
        } else {
            self.stop(timeout);
        }
        let has_none = |left: &AtomicU64| left.load(Ordering::Acquire) == 0;
        self.left.iter().all(has_none) && self.accounts.iter().all(Account::is_complete)
    }

    fn stop(&self, timeout: Duration) {
        self.core.turn(Gate::Open, Gate::Closed);
        self.core.turn(Gate::Refusing, Gate::Closed);
        let is_drained = self.core.signal.stop(timeout);
        let _passage = self.core.passage();
        if !is_drained {
            self.accounts.iter().for_each(Account::abandon);
        }
        for form in [Form::Documents, Form::Datums] {
            self.left[form as usize].store(self.core.waiting(form), Ordering::Release);
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shutdown(self.shutdown_timeout);
    }
}
