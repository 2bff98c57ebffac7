//! `churn fault`

use std::path::PathBuf;

use churn::clock::Clock;
use churn::faults::Faults;
use clap::Args;

use super::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the storage (with `put` and `get`) or of the records (with `uploads-insert`, `uploads-update` and
    /// `predictions-insert`).
    folder: PathBuf,
    /// The operation.
    operation: String,
    /// Why it fails; one that begins with `panic` is a bug, and with `slow 90` it takes 90 seconds
    /// instead. Without a reason it succeeds again.
    reason: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let faults = Faults::of(&arguments.folder, &Clock::System);
    match &arguments.reason {
        Some(reason) => faults.set(&arguments.operation, reason)?,
        None => faults.clear(&arguments.operation)?,
    }
    Ok(())
}
