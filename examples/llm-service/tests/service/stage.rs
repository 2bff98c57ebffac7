//! Everything that a test needs, in this process.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Builder, Credentials, Region};
use http::uri::Authority;
use llm_service::clock::unix_seconds;
use llm_service::model::LanguageModel;
use llm_service::read_back::Reader;
use llm_service::service::{Service, Settings};
use llm_service::stand_in;
use llm_service::visitor::Visitor;
use nepho::Metrics;
use nepho::sink::PutMetricData;
use nepho_server::{Clock, Config, Listeners, Stores, run};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::expected::MODEL;

/// The secret of webhooks.
pub(crate) const SECRET: &str = "whsec_of_the_test";
/// How long what must happen may take before the test fails.
pub(crate) const TIME: Duration = Duration::from_secs(30);
/// How long the sink waits for an answer: longer than any test.
const SEND_TIME: Duration = Duration::from_secs(600);

/// A server that begins empty: where it is.
pub(crate) async fn server() -> String {
    let any_port = "127.0.0.1:0".parse().unwrap();
    let config = Config { listen: any_port, emf: any_port, ..Config::default() };
    let listeners = Listeners::bind(&config).await.unwrap();
    let endpoint = format!("http://{}", listeners.http_address().unwrap());
    tokio::spawn(run(config, Stores::in_memory(), listeners, Clock::system(), std::future::pending()));
    endpoint
}

/// A stand-in of the model.
pub(crate) async fn model() -> stand_in::LanguageModel {
    stand_in::LanguageModel::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap()
}

/// The service, what is before it and what is behind it.
pub(crate) struct Stage {
    pub(crate) reader: Reader,
    pub(crate) back_end: stand_in::BackEnd,
    pub(crate) model: stand_in::LanguageModel,
    pub(crate) metrics: Metrics,
    pub(crate) service: Arc<Service>,
    pub(crate) visitor: Visitor,
    pub(crate) artifacts: TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let endpoint = server().await;
        let back_end = stand_in::BackEnd::start(authority(&endpoint)).unwrap();
        let sink = PutMetricData::with_client(client(&back_end.origin())).time(SEND_TIME);
        let metrics = Metrics::builder("Unused").sink(sink).without_own_metrics().build();
        let (model, artifacts) = (model().await, tempfile::tempdir().unwrap());
        let asked = LanguageModel {
            name: MODEL.to_owned(),
            origin: model.origin().parse().unwrap(),
            key: "any".to_owned(),
            time: TIME,
            client: llm_service::http::Client::default(),
        };
        let settings =
            Settings { model: asked, webhook_secret: SECRET.to_owned(), artifacts: artifacts.path().to_owned() };
        let service = Arc::new(Service::new(settings, &metrics));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let visitor = Visitor::new(&format!("http://{}", listener.local_addr().unwrap()), SECRET);
        let served = Arc::clone(&service);
        let handle = move |request| {
            let service = Arc::clone(&served);
            async move { Some(service.answer(request).await) }
        };
        tokio::spawn(llm_service::http::serve(listener, handle, std::future::pending()));
        let reader = Reader::new(&endpoint, unix_seconds());
        Stage { reader, back_end, model, metrics, service, visitor, artifacts }
    }

    /// Sends everything that was measured.
    pub(crate) fn flush(&self) {
        assert!(tokio::task::block_in_place(|| self.metrics.flush_and_wait(TIME)), "{:?}", self.metrics.accounting());
    }
}

/// Waits for what must happen, and no longer than [`TIME`].
pub(crate) async fn within<T>(happens: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIME, happens).await.unwrap()
}

pub(crate) fn authority(endpoint: &str) -> Authority {
    endpoint.strip_prefix("http://").unwrap().parse().unwrap()
}

fn client(endpoint: &str) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}
