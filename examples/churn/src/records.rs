//! Records of uploads and of predictions, as files in a folder: `uploads/ID.json` and `predictions/ID.csv`.
//!
//! A file is written as a whole, so a record is the old or the new one, and whoever does the same work again writes the
//! same file again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::customers::Faults as FileFaults;
use crate::faults::Faults;
use crate::storage::write;

/// An upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// What the file was called.
    pub file: String,
    /// Which columns of it are which features, as far as somebody said so.
    pub columns: BTreeMap<String, String>,
    /// Where it is.
    pub status: Status,
}

/// Where an upload is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// It waits for the worker.
    Queued,
    /// There are predictions.
    Completed {
        /// For how many rows.
        rows: usize,
        /// By which model.
        model: String,
    },
    /// The file is wrong: it has to be put right and uploaded again.
    Refused {
        /// What is wrong.
        faults: FileFaults,
    },
    /// It did not get into the queue.
    Failed {
        /// Why.
        reason: String,
    },
}

/// The records. Their operations `uploads-insert`, `uploads-update` and `predictions-insert` can be made to fail
/// ([`Faults`]).
#[derive(Debug, Clone)]
pub struct Records {
    folder: PathBuf,
    faults: Faults,
}

impl Records {
    /// Opens the folder, or makes it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, clock: &Clock) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Records { folder: folder.to_owned(), faults: Faults::of(folder, clock) })
    }

    /// Their failures.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Records an upload.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn insert(&self, upload: &Upload) -> io::Result<()> {
        self.faults.check("uploads-insert")?;
        self.put(upload)
    }

    /// Records where an upload is now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn update(&self, upload: &Upload, status: Status) -> io::Result<()> {
        self.faults.check("uploads-update")?;
        self.put(&Upload { status, ..upload.clone() })
    }

    /// The upload of this id, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn upload(&self, id: &str) -> io::Result<Option<Upload>> {
        let Some(path) = self.path("uploads", id, "json") else { return Ok(None) };
        match fs::read(path) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Records the predictions of an upload.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn insert_predictions(&self, id: &str, file: &[u8]) -> io::Result<()> {
        self.faults.check("predictions-insert")?;
        let path = self.path("predictions", id, "csv").ok_or_else(|| io::Error::other(format!("{id:?} is no id")))?;
        write(&path, file)
    }

    /// The predictions of an upload, if there are some.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn predictions(&self, id: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(path) = self.path("predictions", id, "csv") else { return Ok(None) };
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn put(&self, upload: &Upload) -> io::Result<()> {
        let path = self.path("uploads", &upload.id, "json");
        let path = path.ok_or_else(|| io::Error::other(format!("{:?} is no id", upload.id)))?;
        write(&path, &serde_json::to_vec(upload)?)
    }

    /// Ids are UUIDs: nothing else becomes a path.
    fn path(&self, table: &str, id: &str, ending: &str) -> Option<PathBuf> {
        let id = uuid::Uuid::try_parse(id).ok()?;
        Some(self.folder.join(table).join(format!("{}.{ending}", id.hyphenated())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0d4f7f0c-6d0e-4b6c-9a53-3b6a7f8f2c11";

    #[test]
    fn records_are_kept_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path(), &Clock::System).unwrap();
        let columns = BTreeMap::from([("contract".to_owned(), "Term".to_owned())]);
        let (id, user_id, file) = (ID.to_owned(), "ada".to_owned(), "a.csv".to_owned());
        let upload = Upload { id, user_id, file, columns, status: Status::Queued };
        records.insert(&upload).unwrap();
        let completed = Status::Completed { rows: 2, model: "churn-1".to_owned() };
        records.update(&upload, completed.clone()).unwrap();
        let again = Records::open(folder.path(), &Clock::System).unwrap();
        assert_eq!(again.upload(ID).unwrap(), Some(Upload { status: completed, ..upload }));
        assert_eq!(again.predictions(ID).unwrap(), None);
        again.insert_predictions(ID, b"row\n").unwrap();
        assert_eq!(again.predictions(ID).unwrap().unwrap(), b"row\n");
    }

    #[test]
    fn what_is_no_id_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path(), &Clock::System).unwrap();
        for id in ["", "../uploads", "a/b", "0d4f7f0c"] {
            assert_eq!((records.upload(id).unwrap(), records.predictions(id).unwrap()), (None, None), "{id}");
            assert!(records.insert_predictions(id, b"").is_err());
        }
    }
}
