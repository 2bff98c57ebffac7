//! Events, and a client whose documents stay here.

use std::convert::Infallible;
use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use nepho::sink::Capture;
use nepho::{Metrics, MetricsPort};
use serde_json::Value;

/// Longer than anything here takes.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A client of a capture. Its interval is longer than any test: what leaves, leaves because it was flushed.
pub(crate) fn client() -> (Metrics, Capture) {
    let capture = Capture::documents();
    let metrics = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics().interval(SOON * 100);
    let metrics = metrics.shutdown_timeout(Duration::from_millis(50)).build();
    (metrics, capture)
}

/// An event of an invocation that may take so long.
pub(crate) fn event(request_id: &str, time: Duration) -> LambdaEvent<()> {
    let mut context = Context::default();
    context.request_id = request_id.to_owned();
    let now = nepho_server::system_time().millis() as u64;
    context.deadline = now + time.as_millis() as u64;
    LambdaEvent::new((), context)
}

/// Measures one thing.
pub(crate) fn measure(name: &str) {
    nepho::lambda::invocation().increment(name, &[]);
}

/// A handler that measures `Orders`.
pub(crate) async fn order(_: LambdaEvent<()>) -> Result<&'static str, Infallible> {
    measure("Orders");
    Ok("answer")
}

/// What was sent: of each document its request id, if it has one, and its metrics.
pub(crate) fn sent(capture: &Capture) -> Vec<(Option<String>, Vec<String>)> {
    let read = |text: String| {
        let document: Value = serde_json::from_str(&text).unwrap();
        let metrics = document["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().iter();
        let names = metrics.map(|metric| metric["Name"].as_str().unwrap().to_owned()).collect();
        (document["request_id"].as_str().map(str::to_owned), names)
    };
    capture.texts().into_iter().map(read).collect()
}

/// The same, as it is written down in tests: `r-1: Orders Value`.
pub(crate) fn sent_text(capture: &Capture) -> Vec<String> {
    let text =
        |(id, names): (Option<String>, Vec<String>)| format!("{}: {}", id.as_deref().unwrap_or("-"), names.join(" "));
    sent(capture).into_iter().map(text).collect()
}
