//! How long the model takes.

use std::sync::Arc;
use std::time::Duration;

use nepho::MetricsPort;

use crate::methods::Method;

/// The namespace of what is measured about the model.
pub const NAMESPACE: &str = "CoFounder/LLM";
/// How long a successful call took, all its tries together.
pub const METRIC: &str = "Latency";

/// Records how long methods take.
pub(super) struct Latency {
    metrics: Arc<dyn MetricsPort>,
    model: String,
}

impl Latency {
    pub(super) fn new(metrics: Arc<dyn MetricsPort>, model: &str) -> Self {
        Latency { metrics, model: model.to_owned() }
    }

    /// Records a call that succeeded. Returns at once.
    pub(super) fn record(&self, method: &Method, elapsed: Duration) {
        self.metrics.record_timing(METRIC, elapsed, &[("Method", method.name), ("Model", &self.model)]);
    }
}

impl std::fmt::Debug for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Latency of {}", self.model)
    }
}
