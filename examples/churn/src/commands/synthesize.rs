//! `churn synthesize`

use churn::model::synthetic::{TRAINING_ROWS, TRAINING_SEED, file};
use clap::Args;

use super::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Other customers for another number.
    #[arg(long, default_value_t = TRAINING_SEED)]
    seed: u64,
    /// How many.
    #[arg(long, default_value_t = TRAINING_ROWS)]
    rows: usize,
    /// Without the column that says who left: a file to upload.
    #[arg(long)]
    without_outcome: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    print!("{}", file(arguments.seed, arguments.rows, !arguments.without_outcome));
    Ok(())
}
