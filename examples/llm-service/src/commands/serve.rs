//! `llm-service serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use http::Uri;
use llm_service::http::{Client, serve};
use llm_service::model::{LanguageModel, TRY_TIME};
use llm_service::process::READY;
use llm_service::service::{LATENCY_NAMESPACE, Service, Settings};
use nepho::sink::PutMetricData;
use nepho::{Metrics, Personal};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;

/// How long the last metrics may take to leave when the service stops.
const METRICS_STOP_TIME: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the service listens.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the language model is, without a path.
    #[arg(long, env = "LLM_URL", default_value = "http://127.0.0.1:8081")]
    model_url: Uri,
    /// The language model's name.
    #[arg(long, env = "LLM_MODEL", default_value = "stand-in-1")]
    model: String,
    /// The key for the language model.
    #[arg(long, env = "LLM_API_KEY", hide_env_values = true)]
    model_key: String,
    /// The secret that billing webhooks are signed with.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: String,
    /// Where artifacts are written.
    #[arg(long, env = "ARTIFACTS", default_value = "llm-service-artifacts")]
    artifacts: PathBuf,
    /// With this key, user ids are hashed into 256 buckets before they leave the process.
    #[arg(long, env = "USER_ID_KEY", hide_env_values = true)]
    user_id_key: Option<String>,
    /// How often metrics leave the process, in milliseconds.
    #[arg(long, env = "METRICS_INTERVAL_MS", default_value_t = 60_000)]
    metrics_interval_ms: u64,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let metrics = metrics(&arguments);
    let Arguments { listen, model_url, model, model_key, webhook_secret, artifacts, .. } = arguments;
    std::fs::create_dir_all(&artifacts).map_err(Failure::unreachable("the folder of the artifacts"))?;
    let model =
        LanguageModel { name: model, origin: model_url, key: model_key, time: TRY_TIME, client: Client::default() };
    let service = Arc::new(Service::new(Settings { model, webhook_secret, artifacts }, &metrics));
    let listener = TcpListener::bind(listen).await.map_err(Failure::unreachable("the address to listen on"))?;
    let address = listener.local_addr().map_err(Failure::unreachable("the address to listen on"))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::unreachable("SIGTERM"))?;
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    println!("{READY}http://{address}");
    let handle = move |request| {
        let service = Arc::clone(&service);
        async move { Some(service.answer(request).await) }
    };
    serve(listener, handle, stop).await;
    // Nothing is answered any more: what is left of the metrics may have some time.
    tokio::task::block_in_place(|| metrics.shutdown(METRICS_STOP_TIME));
    let account = metrics.accounting();
    let (accepted, delivered, dropped) = (account.accepted, account.delivered, account.dropped_total());
    tracing::info!(accepted, delivered, dropped, "stopped");
    Ok(())
}

fn metrics(arguments: &Arguments) -> Metrics {
    let interval = Duration::from_millis(arguments.metrics_interval_ms);
    let builder = Metrics::builder(LATENCY_NAMESPACE).sink(PutMetricData::new()).interval(interval);
    match &arguments.user_id_key {
        Some(key) => builder.personal(Personal::new(key.as_bytes()).dimension("UserId")).build(),
        None => builder.build(),
    }
}
