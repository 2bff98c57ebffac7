//! One client for the whole process.

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use nepho_model::Unit;

use crate::metrics::Metrics;
use crate::unit_of_work::UnitOfWork;

static GLOBAL: OnceLock<Metrics> = OnceLock::new();
static OFF: LazyLock<Metrics> = LazyLock::new(Metrics::off);

/// Makes a client the one of the whole process. The first one stays: a second call changes nothing, and the guard it
/// gives flushes the client it was given.
///
/// Statics are not dropped when a process ends: keep the guard in `main`, and what is left is sent when it is dropped.
pub fn install(metrics: Metrics) -> Installed {
    let _ = GLOBAL.set(metrics.clone());
    Installed { metrics, timeout: None }
}

/// The client of the process; one that is off when none is installed.
pub fn global() -> &'static Metrics {
    GLOBAL.get().unwrap_or_else(|| &OFF)
}

/// Adds one to a counter of the process's client.
#[inline]
pub fn increment(name: &str, dimensions: &[(&str, &str)]) -> bool {
    global().increment(name, dimensions)
}

/// Records how long something took, in milliseconds, with the process's client.
#[inline]
pub fn record_timing(name: &str, elapsed: Duration, dimensions: &[(&str, &str)]) -> bool {
    global().record_timing(name, elapsed, dimensions)
}

/// Records one value with the process's client.
#[inline]
pub fn put_metric(name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
    global().put_metric(name, value, unit, dimensions)
}

/// Begins a unit of work of the process's client.
#[inline]
pub fn unit_of_work() -> UnitOfWork<'static> {
    global().unit_of_work()
}

/// Ends the process's client when it is dropped.
#[derive(Debug)]
#[must_use = "when this is dropped, the client is shut down"]
pub struct Installed {
    metrics: Metrics,
    timeout: Option<Duration>,
}

impl Installed {
    /// Waits this long for the last flush, instead of the client's own limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        self.metrics.shutdown(self.timeout.unwrap_or(self.metrics.shutdown_timeout()));
    }
}
