//! The pipeline: API, worker, storage, records, and queues of a server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Builder, Credentials, Region};
use bytes::Bytes;
use churn::api::Api;
use churn::http::serve;
use churn::measures::Measures;
use churn::model::{Model, file, keys, train};
use churn::queue::Queue;
use churn::records::Records;
use churn::storage::Storage;
use churn::worker::{Worker, load};
use http::{Request, Response};
use nepho::sink::PutMetricData;
use nepho::{Clock, Metrics, Personal};
use nepho_server::Config;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::server::{Server, send};

/// How long what must happen may take before the test fails.
pub(crate) const TIME: Duration = Duration::from_secs(30);
/// The training data that comes with the example.
pub(crate) const TRAINING: &str = include_str!("../../training.csv");
/// Whose uploads they are.
pub(crate) const USER: &str = "ada@example.com";

pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) metrics: Metrics,
    pub(crate) measures: Measures,
    pub(crate) storage: Storage,
    pub(crate) records: Records,
    pub(crate) queue: Queue,
    pub(crate) queue_url: String,
    pub(crate) dead_letters_url: String,
    pub(crate) api: SocketAddr,
    pub(crate) worker: Worker,
    pub(crate) folder: TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Stage::with("churn-production", |_| {}).await
    }

    /// With queues whose names begin so.
    pub(crate) async fn with(prefix: &str, change: impl FnOnce(&mut Config)) -> Self {
        let server = Server::start(change).await;
        let dead_letters_url = server.queue(&format!("{prefix}-predictions-dlq"), json!({})).await;
        let arn = format!("arn:aws:sqs:us-east-1:000000000000:{prefix}-predictions-dlq");
        let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": 3}).to_string();
        let queue_url = server.queue(&format!("{prefix}-predictions"), json!({ "RedrivePolicy": redrive })).await;
        let sink = PutMetricData::with_client(cloudwatch(&server.origin()));
        let metrics = Metrics::builder("RetainWise/MLPipeline")
            .sink(sink)
            .personal(Personal::new(b"a key").dimension("UserId"))
            .clock(Clock::Manual(server.clock.clone()))
            .without_own_metrics()
            .build();
        let measures = Measures::new(&metrics);
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(&folder.path().join("storage")).unwrap();
        let records = Records::open(&folder.path().join("records")).unwrap();
        let queue = Queue::with_client(sqs(&server.origin()), &queue_url);
        keys::make(&folder.path().join("key"), &folder.path().join("key.pub")).unwrap();
        let model = train::train("churn-1", TRAINING.as_bytes()).unwrap();
        let model_folder = save(&folder, &model);
        let model = load(&model_folder, &keys::public(&folder.path().join("key.pub")).unwrap(), &measures).unwrap();
        let worker = Worker::new(queue.clone(), storage.clone(), records.clone(), &measures, model, Duration::ZERO);
        let api = start(&storage, &records, &queue, &measures).await;
        Stage { server, metrics, measures, storage, records, queue, queue_url, dead_letters_url, api, worker, folder }
    }

    /// The API with another queue.
    pub(crate) async fn api_at(&self, queue_url: &str) -> SocketAddr {
        let queue = Queue::with_client(sqs(&self.server.origin()), queue_url);
        start(&self.storage, &self.records, &queue, &self.measures).await
    }

    /// A worker with another model.
    pub(crate) fn worker_with(&self, model: Model) -> Worker {
        let (storage, records) = (self.storage.clone(), self.records.clone());
        Worker::new(self.queue.clone(), storage, records, &self.measures, model, Duration::ZERO)
    }

    /// A model, signed, on disk.
    pub(crate) fn save(&self, model: &Model) -> PathBuf {
        save(&self.folder, model)
    }

    /// Loads it as a worker does.
    pub(crate) fn load(&self, folder: &std::path::Path) -> Result<Model, file::LoadError> {
        load(folder, &keys::public(&self.folder.path().join("key.pub")).unwrap(), &self.measures)
    }

    /// Uploads a file; `query` comes behind its name.
    pub(crate) async fn upload(&self, query: &str, text: &str) -> Response<Bytes> {
        self.upload_to(self.api, query, text).await
    }

    pub(crate) async fn upload_to(&self, api: SocketAddr, query: &str, text: &str) -> Response<Bytes> {
        let request = Request::post(format!("/uploads?file={query}")).header("x-user-id", USER);
        send(api, request.body(Bytes::from(text.to_owned())).unwrap()).await
    }

    /// Uploads a file that is taken, and answers its id.
    pub(crate) async fn uploaded(&self, query: &str, text: &str) -> String {
        let answer = self.upload(query, text).await;
        assert_eq!(answer.status(), 202, "{:?}", answer.body());
        json_of(&answer)["upload_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Response<Bytes> {
        send(self.api, Request::get(path).header("x-user-id", USER).body(Bytes::new()).unwrap()).await
    }

    /// Has the worker do all that is in the queue: how many messages it took.
    pub(crate) async fn work(&self) -> usize {
        let mut taken = 0;
        loop {
            match self.worker.turn().await.unwrap() {
                0 => return taken,
                messages => taken += messages,
            }
        }
    }

    /// Sends everything that was measured.
    pub(crate) fn flush(&self) {
        assert!(tokio::task::block_in_place(|| self.metrics.flush_and_wait(TIME)), "{:?}", self.metrics.accounting());
    }
}

async fn start(storage: &Storage, records: &Records, queue: &Queue, measures: &Measures) -> SocketAddr {
    let (storage, records, queue, measures) = (storage.clone(), records.clone(), queue.clone(), measures.clone());
    let api = Arc::new(Api { storage, records, queue, measures });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let handle = move |head, body| Arc::clone(&api).answer(head, body);
    tokio::spawn(serve(listener, handle, std::future::pending()));
    address
}

fn save(folder: &TempDir, model: &Model) -> PathBuf {
    file::save(model, &folder.path().join("models"), &keys::secret(&folder.path().join("key")).unwrap()).unwrap()
}

pub(crate) fn json_of(answer: &Response<Bytes>) -> Value {
    serde_json::from_slice(answer.body()).unwrap()
}

fn sqs(endpoint: &str) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

fn cloudwatch(endpoint: &str) -> aws_sdk_cloudwatch::Client {
    let config = aws_sdk_cloudwatch::config::Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_cloudwatch::Client::from_conf(config.build())
}
