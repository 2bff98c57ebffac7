//! `/health` and `/metrics`. Both are open to everybody who reaches the port, for probes and scrapers.

use std::sync::Arc;

use http::StatusCode;

use crate::http::answer::{Answer, json, text};
use crate::instance::Instance;
use crate::own::{figures, health, prometheus};

/// 200 when all is well, 503 with what is wrong otherwise.
pub(crate) async fn health(instance: &Arc<Instance>) -> Answer {
    let health = instance.blocking(health::look).await;
    let status = if health.problems.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json(status, &health)
}

/// The figures for Prometheus.
pub(crate) async fn metrics(instance: &Arc<Instance>) -> Answer {
    let figures = instance.blocking(figures::collect).await;
    text(StatusCode::OK, prometheus::CONTENT_TYPE, prometheus::write(&figures))
}
