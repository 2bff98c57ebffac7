//! The end of the process.

use std::time::Duration;

use lambda_runtime::Error;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{PooledClient, build_request};
use tokio::signal::unix::{SignalKind, signal};

use crate::metrics::Metrics;

/// What the last flush may take: Lambda kills the process half a second after its SIGTERM.
const SHUTDOWN_TIME: Duration = Duration::from_millis(300);
/// What registering may take.
const REGISTER_TIME: Duration = Duration::from_secs(1);
/// Unique among the extensions of a function.
const EXTENSION: &str = "nepho-flush-on-shutdown";
const EXTENSION_ID: &str = "lambda-extension-identifier";

/// Flushes when the process is told to stop, by SIGTERM or SIGINT, and ends it. Call it before the runtime runs.
///
/// Every invocation is flushed at its end anyway; this is for what is measured beside them. Lambda sends SIGTERM only to
/// functions with an extension, so one is registered that asks for no events. When that fails, one warning says so; the
/// signals still work where somebody sends them. The flush takes 300 ms at most.
pub async fn flush_on_shutdown(metrics: &Metrics) {
    match tokio::time::timeout(REGISTER_TIME, register()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn_of_silence(&*error),
        Err(late) => warn_of_silence(&late),
    }
    let signals = signal(SignalKind::terminate()).and_then(|term| Ok((term, signal(SignalKind::interrupt())?)));
    let (mut terminate, mut interrupt) = match signals {
        Ok(signals) => signals,
        Err(error) => return tracing::warn!("no flush at the end of the process: {error}"),
    };
    let metrics = metrics.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        // Nothing else is to be done here any more, so waiting on this thread costs nobody anything.
        metrics.shutdown(SHUTDOWN_TIME);
        std::process::exit(0);
    });
}

fn warn_of_silence(error: &dyn std::fmt::Display) {
    tracing::warn!("no extension of Lambda could be registered, so there may be no SIGTERM before the end: {error}");
}

/// Registers an internal extension, and leaves it waiting for an event that never comes: until then Lambda does not
/// believe that it is ready.
async fn register() -> Result<(), Error> {
    #[expect(clippy::disallowed_methods, reason = "Lambda's own variable; Environment has those of metrics")]
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API")?;
    let client = PooledClient::builder().with_endpoint(format!("http://{api}/").parse()?).build();
    let request = build_request()
        .method("POST")
        .uri("/2020-01-01/extension/register")
        .header("Lambda-Extension-Name", EXTENSION)
        .header("Content-Type", "application/json")
        .body(Body::from(r#"{"events":[]}"#))?;
    let answer = client.call(request).await?;
    let id = answer.headers().get(EXTENSION_ID).cloned();
    let id = id.filter(|_| answer.status().is_success()).ok_or_else(|| answer.status().to_string())?;
    let request =
        build_request().uri("/2020-01-01/extension/event/next").header(EXTENSION_ID, id).body(Body::empty())?;
    tokio::spawn(async move { client.call(request).await.map(drop) });
    Ok(())
}
