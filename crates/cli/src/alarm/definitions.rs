//! The alarms of the files that a command is given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use nepho_cli::artefacts::{self, Artefacts, Options};

use crate::exit::Failure;

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Files or folders with alarms: Terraform (*.tf, or a plan as JSON), CloudFormation, CDK's output, what
    /// describe-alarms prints, or alarms as PutMetricAlarm takes them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Value of a Terraform variable or a CloudFormation parameter; may be given several times
    #[arg(long, env = "NEPHO_VAR", value_name = "NAME=VALUE", value_parser = parse_variable)]
    var: Vec<(String, String)>,
    /// File with values of Terraform variables; may be given several times
    #[arg(long, env = "NEPHO_VAR_FILE", value_name = "FILE")]
    var_file: Vec<PathBuf>,
    /// Account that the files are for, which none of them names
    #[arg(long, env = "NEPHO_ACCOUNT", value_name = "ID", default_value = "000000000000")]
    account: String,
}

fn parse_variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, as in threshold=5")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Arguments {
    /// The account that the files are for.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// What is in the files.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) fn read(&self, region: &str) -> Result<Artefacts, Failure> {
        self.read_from(&self.files, region)
    }

    /// What is in other files, read as these are.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) fn read_from(&self, files: &[PathBuf], region: &str) -> Result<Artefacts, Failure> {
        let variables: BTreeMap<_, _> = self.var.iter().cloned().collect();
        let options = Options {
            region: region.to_owned(),
            account: self.account.clone(),
            variables,
            variable_files: self.var_file.clone(),
            ..Options::default()
        };
        artefacts::read(files, &options).map_err(|error| Failure::unreachable(error.to_string()))
    }
}
