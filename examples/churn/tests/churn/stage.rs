//! The pipeline: API, worker, storage, records, and queues of a server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Builder, Credentials, Region};
use bytes::Bytes;
use churn::api::Api;
use churn::clock::Clock;
use churn::http::serve;
use churn::measures::{Measures, PIPELINE};
use churn::model::{Model, file, keys, train};
use churn::pipeline::Pipeline;
use churn::queue::Queue;
use churn::records::Records;
use churn::storage::Storage;
use churn::worker::{Worker, load};
use http::{Request, Response};
use nepho::sink::PutMetricData;
use nepho::{Metrics, Personal};
use nepho_server::Config;
use serde_json::Value;
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
    pub(crate) pipeline: Pipeline,
    pub(crate) queue_url: String,
    pub(crate) dead_letters_url: String,
    pub(crate) api: SocketAddr,
    pub(crate) worker: Worker,
    pub(crate) folder: TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Stage::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let server = Server::start(change).await;
        let dead_letters_url = server.queue(include_str!("../../plain/queues/1-predictions-dlq.json")).await;
        let queue_url = server.queue(include_str!("../../plain/queues/2-predictions.json")).await;
        let metrics = Metrics::builder(PIPELINE)
            .sink(PutMetricData::with_client(cloudwatch(&server.origin())))
            .personal(Personal::new(b"a key").dimension("UserId"))
            .clock(nepho::Clock::Manual(server.clock.clone()))
            .without_own_metrics()
            .build();
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual();
        let pipeline = Pipeline {
            storage: Storage::open(&folder.path().join("storage"), &clock).unwrap(),
            records: Records::open(&folder.path().join("records"), &clock).unwrap(),
            queue: Queue::with_client(sqs(&server.origin()), &queue_url),
            measures: Measures::new(&metrics),
            clock,
        };
        keys::make(&folder.path().join("key"), &folder.path().join("key.pub")).unwrap();
        let model = save(folder.path(), &train::train("churn-1", TRAINING.as_bytes()).unwrap());
        let model = load(&model, &key(folder.path()), &pipeline).unwrap();
        let worker = Worker::new(&pipeline, model, Duration::ZERO);
        let api = start(&pipeline).await;
        Stage { server, metrics, pipeline, queue_url, dead_letters_url, api, worker, folder }
    }

    /// The API with another queue.
    pub(crate) async fn api_at(&self, queue_url: &str) -> SocketAddr {
        let queue = Queue::with_client(sqs(&self.server.origin()), queue_url);
        start(&Pipeline { queue, ..self.pipeline.clone() }).await
    }

    /// A worker with another model.
    pub(crate) fn worker_with(&self, model: Model) -> Worker {
        Worker::new(&self.pipeline, model, Duration::ZERO)
    }

    /// A model, signed, on disk.
    pub(crate) fn save(&self, model: &Model) -> PathBuf {
        save(self.folder.path(), model)
    }

    /// The folder of the worker's model.
    pub(crate) fn model(&self) -> PathBuf {
        self.folder.path().join("models/churn-1")
    }

    /// Loads a model as a worker does.
    pub(crate) fn load(&self, model: &Path) -> Result<Model, file::LoadError> {
        load(model, &key(self.folder.path()), &self.pipeline)
    }

    /// Uploads a file; `query` begins with its name.
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

async fn start(pipeline: &Pipeline) -> SocketAddr {
    let api = Arc::new(Api(pipeline.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let handle = move |head, body| Arc::clone(&api).answer(head, body);
    tokio::spawn(serve(listener, handle, std::future::pending()));
    address
}

fn save(folder: &Path, model: &Model) -> PathBuf {
    file::save(model, &folder.join("models"), &keys::secret(&folder.join("key")).unwrap()).unwrap()
}

fn key(folder: &Path) -> [u8; 32] {
    keys::public(&folder.join("key.pub")).unwrap()
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
