//! `--var` and its like: what artefacts leave to whoever reads them.

use std::path::PathBuf;

use clap::Args;
use nepho_cli::artefacts::{self, Artefacts, Options};

use crate::exit::Failure;

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Value of a Terraform variable or a CloudFormation parameter; may be given several times
    #[arg(long, env = "NEPHO_VAR", value_name = "NAME=VALUE", value_parser = variable, help_heading = "Artefacts")]
    var: Vec<(String, String)>,
    /// File of values of Terraform variables, besides those that Terraform finds by itself
    #[arg(long, env = "NEPHO_VAR_FILE", value_name = "FILE", help_heading = "Artefacts")]
    var_file: Vec<PathBuf>,
    /// Account of the alarms, which no file names
    #[arg(long, env = "NEPHO_ACCOUNT", value_name = "ID", default_value = "000000000000", help_heading = "Artefacts")]
    account: String,
    /// Terraform's workspace
    #[arg(long, value_name = "NAME", default_value = "default", help_heading = "Artefacts")]
    workspace: String,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, _)| !name.is_empty());
    parts
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "expected NAME=VALUE, as in threshold=5".to_owned())
}

impl Arguments {
    /// The account that the files are for.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// Checks that the variables are those of what was read.
    ///
    /// # Errors
    /// Names the first that is not.
    pub(crate) fn check(&self, read: &[&Artefacts]) -> Result<(), Failure> {
        let given: Vec<&str> = self.var.iter().map(|(name, _)| name.as_str()).collect();
        artefacts::check_variables(&given, read).map_err(|message| Failure::usage(format!("--var: {message}")))
    }

    /// The options, in a Region where the files name none.
    pub(crate) fn options(&self, region: &str) -> Options {
        Options {
            region: region.to_owned(),
            account: self.account.clone(),
            variables: self.var.iter().cloned().collect(),
            variable_files: self.var_file.clone(),
            workspace: self.workspace.clone(),
        }
    }
}
