//! What the files leave to whoever reads them.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the files leave to whoever reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The region, where the files name none.
    pub region: String,
    /// The account, which no file names.
    pub account: String,
    /// Values of Terraform's variables or CloudFormation's parameters, which go before all others.
    pub variables: BTreeMap<String, String>,
    /// Files of values of Terraform's variables, besides those that Terraform finds by itself. Later
    /// ones go before earlier ones.
    pub variable_files: Vec<PathBuf>,
    /// Terraform's workspace.
    pub workspace: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            variables: BTreeMap::new(),
            variable_files: Vec::new(),
            workspace: "default".to_owned(),
        }
    }
}
