//! `churn train`

use std::path::PathBuf;

use churn::model::{file, keys, train};
use clap::Args;

use super::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The customers to learn from, with a column `churned` of 0 and 1.
    #[arg(long, default_value = "examples/churn/training.csv")]
    data: PathBuf,
    /// What the model is called.
    #[arg(long, default_value = "churn-1")]
    version: String,
    /// The secret key that it is signed with.
    #[arg(long, default_value = "churn-data/model.key")]
    key: PathBuf,
    /// The folder that the model's folder goes into.
    #[arg(long, default_value = "churn-data/models")]
    models: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let data = std::fs::read(&arguments.data).map_err(|error| format!("{}: {error}", arguments.data.display()))?;
    let model = train::train(&arguments.version, &data)?;
    let folder = file::save(&model, &arguments.models, &keys::secret(&arguments.key)?)?;
    let (rows, accuracy) = (model.training.rows, 100.0 * model.training.accuracy);
    println!("{}: learnt from {rows} customers, right about {accuracy:.1} % of them", folder.display());
    Ok(())
}
