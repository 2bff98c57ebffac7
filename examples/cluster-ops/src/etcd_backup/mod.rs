//! The etcd backup function: runs the backup command and believes nothing but its last word.

mod line;

use std::time::Duration;

use nepho::{MetricsPort, Unit};
use serde::Serialize;

use crate::command::{self, CommandError};
use crate::timed::Timed;

pub use line::Backup;

/// Its namespace.
pub const NAMESPACE: &str = "K8sCluster/EtcdBackup";

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command failed, or took too long.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The command said nothing of a backup.
    #[error("the backup command ended without a line BACKUP_SUCCESS key=... size=...")]
    NotSaid,
}

/// What the function answers.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct Saved {
    key: String,
    size_bytes: u64,
}

/// Takes a backup with a command that may take so long.
///
/// # Errors
/// When there is no backup that the command vouches for.
pub async fn handle(program: &str, time: Duration, metrics: &dyn MetricsPort) -> Result<Saved, Error> {
    let _timed = Timed::start(metrics, "BackupDuration");
    let taken = take(program, time).await;
    metrics.increment(if taken.is_ok() { "BackupSuccess" } else { "BackupFailure" }, &[]);
    let Backup { key, size_bytes } = taken?;
    metrics.put_metric("BackupSizeBytes", size_bytes as f64, Unit::Bytes, &[]);
    metrics.set_property("backup_key", (&key).into());
    Ok(Saved { key, size_bytes })
}

async fn take(program: &str, time: Duration) -> Result<Backup, Error> {
    let output = command::run(program, &[], time).await?;
    Backup::parse(&output).ok_or(Error::NotSaid)
}
