//! A server of Nephoscope in this process, on a store on disk.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::Uri;
use nepho_server::{Clock, Config, Listeners, Stores, run};
use nepho_store::{EmbeddedRecords, EmbeddedSamples, Options, StoreError};
use serde_json::json;
use tempfile::TempDir;
use ticketing::clock::unix_seconds;
use ticketing::domain::NAMESPACE;
use ticketing::load::CloudWatch;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that begins empty.
pub(crate) struct Server {
    pub(crate) http: SocketAddr,
    pub(crate) emf: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), StoreError>>,
    _folder: TempDir,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let any_port = "127.0.0.1:0".parse().unwrap();
        let config = Config { listen: any_port, emf: any_port, ..Config::default() };
        let folder = tempfile::tempdir().unwrap();
        let samples = Arc::new(EmbeddedSamples::open(Options::new(folder.path())).unwrap());
        let records = Arc::new(EmbeddedRecords::open(folder.path()).unwrap());
        let listeners = Listeners::bind(&config).await.unwrap();
        let (http, emf) = (listeners.http_address().unwrap(), listeners.emf_address().unwrap());
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop::<Result<(), _>>(stopped.await) };
        let stores = Stores { samples, records, ..Stores::in_memory() };
        let task = tokio::spawn(run(config, stores, listeners, Clock::system(), shutdown));
        Server { http, emf, stop, task, _folder: folder }
    }

    pub(crate) fn endpoint(&self) -> Uri {
        format!("http://{}", self.http).parse().unwrap()
    }

    /// CloudWatch's API, for what happens from now on.
    pub(crate) async fn cloudwatch(&self) -> CloudWatch {
        CloudWatch::connect(&self.endpoint(), unix_seconds()).await.unwrap()
    }

    /// Stops it and waits until it has.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap().unwrap();
    }
}

/// Every metric of the service that is stored: its name, and its dimensions as `Name=Value`, in order.
pub(crate) async fn list(cloudwatch: &mut CloudWatch) -> Vec<(String, Vec<String>)> {
    let answer = cloudwatch.ask("ListMetrics", &json!({"Namespace": NAMESPACE})).await.unwrap();
    assert_eq!(answer["NextToken"], json!(null));
    let metrics = answer["Metrics"].as_array().unwrap().iter().map(|metric| {
        let dimensions = metric["Dimensions"].as_array().unwrap().iter();
        let dimensions =
            dimensions.map(|it| format!("{}={}", it["Name"].as_str().unwrap(), it["Value"].as_str().unwrap()));
        (metric["MetricName"].as_str().unwrap().to_owned(), sorted(dimensions))
    });
    sorted(metrics)
}

pub(crate) fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}
