//! `churn work`

use std::path::PathBuf;
use std::time::Duration;

use churn::model::keys;
use churn::worker::{Worker, load};
use clap::Args;
use nepho::Metrics;

use super::{Failure, Shared, flush, stopped};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the model. It is called like the model's version.
    #[arg(long, env = "MODEL", default_value = "churn-data/models/churn-1")]
    model: PathBuf,
    /// The public key that models have to be signed with.
    #[arg(long, env = "MODEL_KEY", default_value = "churn-data/model.pub")]
    key: PathBuf,
    /// After how many seconds a task that failed is tried again.
    #[arg(long, env = "RETRY_SECONDS", default_value_t = 30)]
    retry_seconds: u64,
    #[command(flatten)]
    shared: Shared,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let shared = &arguments.shared;
    let metrics = shared.metrics();
    let done = work(&arguments, &metrics).await;
    flush(&metrics);
    done
}

async fn work(arguments: &Arguments, metrics: &Metrics) -> Result<(), Failure> {
    let pipeline = arguments.shared.pipeline(metrics).await?;
    let model = load(&arguments.model, &keys::public(&arguments.key)?, &pipeline)?;
    let retry = Duration::from_secs(arguments.retry_seconds);
    let stop = stopped()?;
    println!("churn works with model {}", model.version);
    Worker::new(&pipeline, model, retry).run(stop).await;
    Ok(())
}
