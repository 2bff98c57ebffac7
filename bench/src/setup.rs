//! What all measurements share.

use std::path::PathBuf;

use clap::Args;
use tempfile::TempDir;

use crate::Outcome;

#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// The `nepho` binary
    #[arg(long, global = true, default_value = "target/release/nepho")]
    pub(crate) nepho: PathBuf,
    /// The VictoriaMetrics binary; left out when it is not there
    #[arg(long, global = true, default_value = "/usr/bin/victoria-metrics")]
    pub(crate) victoria: PathBuf,
    /// The `moto_server` command; left out when it is not there
    #[arg(long, global = true, default_value = "target/bench-peers/bin/moto_server")]
    pub(crate) moto: PathBuf,
    /// Folder for what is written; on the disk that is to be measured
    #[arg(long, global = true, default_value = "target/bench-scratch")]
    pub(crate) scratch: PathBuf,
    /// How often each thing is measured
    #[arg(long, global = true, default_value_t = 3)]
    pub(crate) runs: usize,
    /// How long load lasts, in seconds
    #[arg(long, global = true, default_value_t = 5.0)]
    pub(crate) seconds: f64,
    /// Only ours, without the peers
    #[arg(long, global = true)]
    pub(crate) alone: bool,
}

impl Setup {
    /// An empty folder that goes when it is dropped.
    pub(crate) fn folder(&self) -> Outcome<TempDir> {
        std::fs::create_dir_all(&self.scratch)?;
        Ok(tempfile::tempdir_in(&self.scratch)?)
    }

    pub(crate) fn has_nepho(&self) -> bool {
        self.nepho.exists()
    }

    pub(crate) fn has_victoria(&self) -> bool {
        !self.alone && self.victoria.exists()
    }

    pub(crate) fn has_moto(&self) -> bool {
        !self.alone && self.moto.exists()
    }
}
