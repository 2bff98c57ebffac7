//! One invocation of a function, as code inside it sees it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nepho_model::Unit;

use crate::metrics::Metrics;
use crate::port::{MetricsPort, Property};
use crate::unit_of_work::SharedUnit;

thread_local! {
    static CURRENT: RefCell<Option<Invocation>> = const { RefCell::new(None) };
}

/// The invocation that the calling code works for. Code that is spawned as a task of its own takes a clone along.
///
/// Outside of a handler, in its tests for example, it stands for the [global](crate::global) client.
pub fn invocation() -> Invocation {
    CURRENT.with_borrow(Clone::clone).unwrap_or_else(|| Invocation::ended(crate::global().clone()))
}

/// Takes the metrics of one invocation, as a unit of work: one EMF document, with the request id as the property
/// `request_id`. Metrics with dimensions of their own get a document for each set of them.
///
/// What comes when the invocation is over, from a task that outlived it, is added up with everything that belongs to no
/// invocation, and leaves with the next one.
#[derive(Debug, Clone)]
pub struct Invocation(Arc<Parts>);

/// Being the same, not alike.
impl PartialEq for Invocation {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Debug)]
struct Parts {
    metrics: Metrics,
    /// Until the end.
    unit: Mutex<Option<SharedUnit>>,
}

impl Invocation {
    pub(super) fn begin(metrics: &Metrics, request_id: &str) -> Self {
        let mut unit = metrics.unit_of_work_owned();
        unit.property("request_id", request_id);
        Invocation(Arc::new(Parts { metrics: metrics.clone(), unit: Mutex::new(Some(SharedUnit::new(unit))) }))
    }

    fn ended(metrics: Metrics) -> Self {
        Invocation(Arc::new(Parts { metrics, unit: Mutex::new(None) }))
    }

    /// Emits what it has. Its metrics are on their way to the sinks then.
    pub(super) fn end(&self) {
        let unit = self.unit().take();
        drop(unit);
    }

    /// Calls `work` as code of this invocation.
    pub(super) fn scope<R>(&self, work: impl FnOnce() -> R) -> R {
        let _scope = Scope(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// Sets a dimension of all its metrics, unless it is over.
    pub fn dimension(&self, name: &str, value: &str) {
        let _later = crate::warnings::defer();
        if let Some(unit) = &*self.unit() {
            unit.with(|unit| {
                unit.dimension(name, value);
            });
        }
    }

    fn unit(&self) -> MutexGuard<'_, Option<SharedUnit>> {
        self.0.unit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn port<R>(&self, call: impl FnOnce(&dyn MetricsPort) -> R) -> R {
        let _later = crate::warnings::defer();
        match &*self.unit() {
            Some(unit) => call(unit),
            None => call(&self.0.metrics),
        }
    }
}

/// What was current before; a handler may itself call a function that is wrapped like it.
struct Scope(Option<Invocation>);

impl Drop for Scope {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

impl MetricsPort for Invocation {
    fn increment(&self, name: &str, dimensions: &[(&str, &str)]) -> bool {
        self.port(|port| port.increment(name, dimensions))
    }

    fn record_timing(&self, name: &str, elapsed: Duration, dimensions: &[(&str, &str)]) -> bool {
        self.port(|port| port.record_timing(name, elapsed, dimensions))
    }

    fn put_metric(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        self.port(|port| port.put_metric(name, value, unit, dimensions))
    }

    /// Sets a property of this invocation's documents; nothing when it is over.
    fn set_property(&self, name: &str, value: Property<'_>) -> bool {
        self.unit().as_ref().is_some_and(|unit| unit.set_property(name, value))
    }
}
