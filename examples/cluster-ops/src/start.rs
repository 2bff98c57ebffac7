//! What every function begins with.

use nepho::{Metrics, lambda};
use tracing_subscriber::EnvFilter;

/// A log on standard error, for standard output is the metrics', and metrics of a namespace: EMF on standard output,
/// because this is Lambda.
pub async fn start(namespace: &str) -> Metrics {
    let filter = EnvFilter::try_from_env("LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let metrics = Metrics::builder(namespace).build();
    lambda::flush_on_shutdown(&metrics).await;
    metrics
}
