//! The alarms of the files that a command is given.

use std::path::PathBuf;

use clap::Args;
use nepho_cli::artefacts::{self, Artefacts};

use super::artefact_options;
use crate::exit::Failure;

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Files or folders with alarms: Terraform (*.tf, or a plan as JSON), CloudFormation, CDK's output, what
    /// describe-alarms prints, or alarms as PutMetricAlarm takes them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: artefact_options::Arguments,
}

impl Arguments {
    /// The account that the files are for.
    pub(crate) fn account(&self) -> &str {
        self.options.account()
    }

    /// What is in the files.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) fn read(&self, region: &str) -> Result<Artefacts, Failure> {
        self.read_from(&self.files, region)
    }

    /// Checks that the variables that were given are those of what was read.
    ///
    /// # Errors
    /// Names the first that is not.
    pub(crate) fn check(&self, read: &[&Artefacts]) -> Result<(), Failure> {
        self.options.check(read)
    }

    /// What is in other files, read as these are.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) fn read_from(&self, files: &[PathBuf], region: &str) -> Result<Artefacts, Failure> {
        artefacts::read(files, &self.options.options(region)).map_err(|error| Failure::from(&error))
    }
}
