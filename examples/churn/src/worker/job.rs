//! What is done for one task.

use std::io;

use super::Tools;
use super::report::Report;
use crate::columns::{Mapped, map};
use crate::customers::{self, Customer, Fault, Faults};
use crate::measures::Table;
use crate::model::PredictionError;
use crate::model::explanation::explain;
use crate::queue::Task;
use crate::records::{Status, Upload};
use crate::sheet::Sheet;

/// Why a task is not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Download(String, io::Error),
    /// The rows cannot be predicted.
    #[error(transparent)]
    Prediction(#[from] PredictionError),
    /// The predictions cannot be written.
    #[error("the predictions cannot be recorded: {0}")]
    Save(io::Error),
    /// Something else.
    #[error("{0}")]
    Unexpected(String),
}

/// What became of a task.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// There are predictions for so many rows.
    Predicted(usize),
    /// The file is wrong, and its owner can see why.
    Refused,
}

/// Does a task. To do it again does no harm.
pub(super) fn run(tools: &Tools, task: &Task) -> Result<Done, Failure> {
    let measures = &tools.pipeline.measures;
    let bytes = download(tools, task)?;
    let unexpected = |error: io::Error| Failure::Unexpected(format!("the upload's record: {error}"));
    let upload = tools.pipeline.records.upload(&task.upload_id).map_err(unexpected)?;
    let upload = upload.ok_or_else(|| Failure::Unexpected(format!("there is no upload {:?}", task.upload_id)))?;
    let customers = match parse(&bytes, &upload) {
        Ok(customers) => customers,
        Err(faults) => {
            measures.worker.unparsed(&task.user_id);
            tools.pipeline.records.update(&upload, Status::Refused { faults }).map_err(unexpected)?;
            return Ok(Done::Refused);
        }
    };
    let rows = customers.len();
    measures.worker.parsed(rows);
    let report = predict(tools, &customers).inspect_err(|_| measures.worker.unpredicted(&task.user_id, rows))?;
    if let Err(error) = tools.pipeline.records.insert_predictions(&upload.id, &report.bytes()) {
        measures.database.write_failed(Table::Predictions);
        return Err(Failure::Save(error));
    }
    measures.database.predictions_saved(rows);
    let model = tools.model.version.clone();
    tools.pipeline.records.update(&upload, Status::Completed { rows, model }).map_err(unexpected)?;
    Ok(Done::Predicted(rows))
}

fn download(tools: &Tools, task: &Task) -> Result<Vec<u8>, Failure> {
    let watch = tools.pipeline.clock.start();
    match tools.pipeline.storage.get(&task.s3_file_path) {
        Ok(bytes) => {
            tools.pipeline.measures.worker.downloaded(watch.elapsed());
            Ok(bytes)
        }
        Err(error) => {
            tools.pipeline.measures.worker.not_downloaded(&task.user_id);
            Err(Failure::Download(task.s3_file_path.clone(), error))
        }
    }
}

fn parse(bytes: &[u8], upload: &Upload) -> Result<Vec<Customer>, Faults> {
    let whole = |error: String| Faults { errors: vec![Fault { row: 1, column: String::new(), error }], total: 1 };
    let sheet = Sheet::read(bytes).map_err(|error| whole(error.to_string()))?;
    match map(&sheet.header, &upload.columns) {
        Ok(Mapped::Sure(mapping)) => customers::read(&sheet, &mapping),
        Ok(Mapped::Unsure { questions, .. }) => {
            let names: Vec<&str> = questions.iter().map(|question| question.feature).collect();
            Err(whole(format!("it is not clear which columns are {}", names.join(", "))))
        }
        Err(error) => Err(whole(error.to_string())),
    }
}

fn predict(tools: &Tools, customers: &[Customer]) -> Result<Report, PredictionError> {
    let watch = tools.pipeline.clock.start();
    let mut report = Report::default();
    for (index, customer) in customers.iter().enumerate() {
        let prediction = tools.model.predict(customer);
        if !prediction.log_odds.is_finite() {
            return Err(PredictionError(index + 2));
        }
        let contributions = explain(&tools.model, customer);
        tools.distributions.add(customer, &prediction, &contributions);
        report.add(index + 2, customer, &prediction, &contributions);
    }
    tools.pipeline.measures.worker.predicted(&tools.model.version, customers.len(), watch.elapsed());
    Ok(report)
}
