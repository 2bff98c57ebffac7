//! What is measured: every name, unit and dimension is in this folder, once.
//!
//! CloudWatch adds nothing up over dimensions, and an alarm may not search: nobody can be woken by a sum over 256 users. So
//! what alarms look at as a whole is recorded twice, under its dimensions and without any.

mod api;
mod database;
mod pipeline;
mod worker;

use std::time::Duration;

use nepho::{Metrics, Unit};

pub use api::ApiMeasures;
pub use database::{DatabaseMeasures, Table};
pub use pipeline::{Distributions, PipelineMeasures};
pub use worker::WorkerMeasures;

/// The namespace of what is about the model.
pub const PIPELINE: &str = "RetainWise/MLPipeline";
/// The namespace of the upload API.
pub const API: &str = "RetainWise/API";
/// The namespace of the worker.
pub const WORKER: &str = "RetainWise/Worker";
/// The namespace of the records.
pub const DATABASE: &str = "RetainWise/Database";

/// All measures of a process, on one client.
#[derive(Debug, Clone)]
pub struct Measures {
    /// Of the upload API.
    pub api: ApiMeasures,
    /// Of the worker.
    pub worker: WorkerMeasures,
    /// Of the records.
    pub database: DatabaseMeasures,
    /// Of the model.
    pub pipeline: PipelineMeasures,
}

impl Measures {
    /// Records with this client, whose own namespace does not matter.
    pub fn new(metrics: &Metrics) -> Self {
        Measures {
            api: ApiMeasures(metrics.namespace(API)),
            worker: WorkerMeasures(metrics.namespace(WORKER)),
            database: DatabaseMeasures(metrics.namespace(DATABASE)),
            pipeline: PipelineMeasures(metrics.namespace(PIPELINE)),
        }
    }
}

/// Counts one under its dimensions, and as a whole.
fn counted(metrics: &Metrics, name: &str, dimensions: &[(&str, &str)]) {
    metrics.increment(name, dimensions);
    metrics.increment(name, &[]);
}

/// Records seconds under their dimensions, and as a whole.
fn observed(metrics: &Metrics, name: &str, time: Duration, dimensions: &[(&str, &str)]) {
    seconds(metrics, name, time, dimensions);
    seconds(metrics, name, time, &[]);
}

fn seconds(metrics: &Metrics, name: &str, time: Duration, dimensions: &[(&str, &str)]) {
    metrics.put_metric(name, time.as_secs_f64(), Unit::Seconds, dimensions);
}
