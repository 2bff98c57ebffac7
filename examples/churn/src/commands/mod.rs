//! One file for each command, and what the two that run for long have in common.

pub(crate) mod fault;
pub(crate) mod keys;
pub(crate) mod serve;
pub(crate) mod synthesize;
pub(crate) mod train;
pub(crate) mod work;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use churn::clock::Clock;
use churn::measures::{Measures, PIPELINE};
use churn::pipeline::Pipeline;
use churn::queue::Queue;
use churn::records::Records;
use churn::storage::Storage;
use nepho::sink::PutMetricData;
use nepho::{Metrics, Personal};
use tokio::signal::unix::{SignalKind, signal};

/// Why a command fails.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// How long the last metrics may take to leave when the process stops.
const METRICS_STOP_TIME: Duration = Duration::from_secs(5);

/// What API and worker share.
#[derive(Debug, clap::Args)]
pub(crate) struct Shared {
    /// The folder that is the object storage.
    #[arg(long, env = "STORAGE", default_value = "churn-data/storage")]
    storage: PathBuf,
    /// The folder of the records.
    #[arg(long, env = "RECORDS", default_value = "churn-data/records")]
    records: PathBuf,
    /// The URL of the queue of tasks.
    #[arg(long, env = "PREDICTIONS_QUEUE_URL")]
    queue_url: String,
    /// The key that user ids are hashed with, into 256 buckets, before they leave the process as a dimension.
    #[arg(long, env = "USER_ID_KEY", hide_env_values = true)]
    user_id_key: String,
    /// How often metrics leave the process, in milliseconds.
    #[arg(long, env = "METRICS_INTERVAL_MS", default_value_t = 60_000)]
    metrics_interval_ms: u64,
}

impl Shared {
    async fn pipeline(&self, metrics: &Metrics) -> io::Result<Pipeline> {
        let clock = Clock::System;
        let storage = Storage::open(&self.storage, &clock)?;
        let records = Records::open(&self.records, &clock)?;
        let queue = Queue::connect(&self.queue_url).await;
        Ok(Pipeline { storage, records, queue, measures: Measures::new(metrics), clock })
    }

    /// One client for the whole process. It is off in development and test, unless it is forced.
    fn metrics(&self) -> Metrics {
        Metrics::builder(PIPELINE)
            .sink(PutMetricData::new())
            .interval(Duration::from_millis(self.metrics_interval_ms))
            .personal(Personal::new(self.user_id_key.as_bytes()).dimension("UserId"))
            .refuse_while_open()
            .switched_by_environment()
            .build()
    }
}

/// Resolves when the process is to stop.
fn stopped() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    })
}

/// Sends what is left of the metrics.
fn flush(metrics: &Metrics) {
    tokio::task::block_in_place(|| metrics.shutdown(METRICS_STOP_TIME));
    let account = metrics.accounting();
    let (accepted, delivered, dropped) = (account.accepted, account.delivered, account.dropped_total());
    tracing::info!(accepted, delivered, dropped, "stopped");
}
