//! Records in a redb file: small, named, with transactions.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, ReadableDatabase, TableDefinition, TableError};

use crate::disk::{create_private_folder, is_open_to_others, private_file};
use crate::error::StoreError;
use crate::records::{Change, Record, Records, Table, end_of};

/// The file's name in the store's folder.
const FILE: &str = "records.redb";

/// Records in a folder.
pub struct EmbeddedRecords {
    path: PathBuf,
    open: Open,
    /// `None` while it could not be opened again.
    database: RwLock<Option<Database>>,
}

/// How a file is opened; a test has its own way.
type Open = fn(&Path) -> Result<Database, DatabaseError>;

fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static [u8]> {
    TableDefinition::new(table.0)
}

impl EmbeddedRecords {
    /// Opens the records in `folder`, and makes a new file where there is none.
    ///
    /// # Errors
    /// The file cannot be opened, or is damaged.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let records = Self::open_by(open_private, folder)?;
        warn_of_readers(&records.path);
        Ok(records)
    }

    fn open_by(open: Open, folder: &Path) -> Result<Self, StoreError> {
        create_private_folder(folder).map_err(|source| StoreError::io("create", folder, source))?;
        let path = folder.join(FILE);
        let database = open(&path).map_err(|error| failed(&path, error))?;
        Ok(EmbeddedRecords { path, open, database: RwLock::new(Some(database)) })
    }

    /// Does `work`. After an error of the disk the file has to be opened anew, which is tried once.
    fn with<T>(&self, work: impl Fn(&Database) -> Result<T, redb::Error>) -> Result<T, StoreError> {
        let first = self.database.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(&work);
        let again = match first {
            Some(Err(redb::Error::PreviousIo)) | None => self.reopen().map(|()| self.database.read()),
            Some(outcome) => return outcome.map_err(|error| failed(&self.path, error)),
        };
        let database = again?.unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or_else(|| failed(&self.path, "it could not be opened again"))?;
        work(database).map_err(|error| failed(&self.path, error))
    }

    fn reopen(&self) -> Result<(), StoreError> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // The file is locked for as long as the old one lives.
        drop(database.take());
        *database = Some((self.open)(&self.path).map_err(|error| failed(&self.path, error))?);
        Ok(())
    }
}

fn open_private(path: &Path) -> Result<Database, DatabaseError> {
    let file = private_file().read(true).write(true).create(true).truncate(false).open(path)?;
    Database::builder().create_with_backend(FileBackend::new(file)?)
}

/// Says so when a file that somebody else made, or its folder, lets others read what messages are signed with.
fn warn_of_readers(path: &Path) {
    if is_open_to_others(path).unwrap_or(false) {
        let shown = path.display();
        tracing::warn!("others may read {shown}, with the key that messages are signed with: chmod 600 it");
    }
}

fn failed(path: &Path, error: impl Display) -> StoreError {
    StoreError::Records { path: path.to_owned(), detail: error.to_string() }
}

impl Records for EmbeddedRecords {
    fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|database| {
            let Some(table) = existing(database, table)? else { return Ok(None) };
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        })
    }

    fn scan(&self, table: Table, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Record>, StoreError> {
        let from = after.unwrap_or(prefix).max(prefix);
        self.with(|database| {
            let mut records = Vec::new();
            let Some(table) = existing(database, table)? else { return Ok(records) };
            for entry in table.range(from..)? {
                let (key, value) = entry?;
                let key = key.value();
                if !key.starts_with(prefix) || records.len() == limit {
                    break;
                }
                if after.is_none_or(|after| key > after) {
                    records.push(Record { key: key.to_owned(), value: value.value().to_vec() });
                }
            }
            Ok(records)
        })
    }

    fn scan_back(
        &self,
        table: Table,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let end = end_of(prefix);
        let end = before.into_iter().chain(end.as_deref()).min();
        self.with(|database| {
            let mut records = Vec::new();
            let Some(table) = existing(database, table)? else { return Ok(records) };
            if end.is_some_and(|end| end <= prefix) {
                return Ok(records);
            }
            let range = match end {
                Some(end) => table.range(prefix..end)?,
                None => table.range(prefix..)?,
            };
            for entry in range.rev().take(limit) {
                let (key, value) = entry?;
                records.push(Record { key: key.value().to_owned(), value: value.value().to_vec() });
            }
            Ok(records)
        })
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        self.with(|database| {
            let write = database.begin_write()?;
            for change in changes {
                match change {
                    Change::Put(table, record) => {
                        write.open_table(definition(*table))?.insert(&*record.key, &*record.value)?;
                    }
                    Change::Delete(table, key) => {
                        write.open_table(definition(*table))?.remove(&**key)?;
                    }
                }
            }
            Ok(write.commit()?)
        })
    }
}

type ReadTable = redb::ReadOnlyTable<&'static str, &'static [u8]>;

/// A table, if anything was ever written to it.
fn existing(database: &Database, table: Table) -> Result<Option<ReadTable>, redb::Error> {
    match database.begin_read()?.open_table(definition(table)) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicBool, Ordering};

    use redb::StorageBackend;

    use super::*;

    /// Whether the disk is full. One test uses it.
    static IS_FULL: AtomicBool = AtomicBool::new(false);

    #[derive(Debug)]
    struct Filling(FileBackend);

    fn check() -> io::Result<()> {
        if IS_FULL.load(Ordering::Relaxed) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    impl StorageBackend for Filling {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            check().and_then(|()| self.0.set_len(len))
        }

        fn sync_data(&self) -> io::Result<()> {
            check().and_then(|()| self.0.sync_data())
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            check().and_then(|()| self.0.write(offset, data))
        }

        fn close(&self) -> io::Result<()> {
            self.0.close()
        }
    }

    fn open_filling(path: &Path) -> Result<Database, DatabaseError> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        Database::builder().create_with_backend(Filling(FileBackend::new(file)?))
    }

    #[test]
    fn records_are_read_by_their_owner_only() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data");
        drop(EmbeddedRecords::open(&folder).unwrap());
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join(FILE))), (0o700, 0o600));
        drop(EmbeddedRecords::open(&folder).unwrap());
        assert_eq!(mode(&folder.join(FILE)), 0o600);
    }

    #[test]
    fn a_full_disk_refuses_and_recovers() {
        let folder = tempfile::tempdir().unwrap();
        let records = EmbeddedRecords::open_by(open_filling, folder.path()).unwrap();
        let put = |key: &str| {
            let record = Record { key: key.to_owned(), value: b"v".to_vec() };
            records.commit(&[Change::Put(Table("tags"), record)])
        };
        put("before").unwrap();
        IS_FULL.store(true, Ordering::Relaxed);
        assert!(put("full").is_err());
        assert!(put("still full").is_err());
        IS_FULL.store(false, Ordering::Relaxed);
        put("after").unwrap();
        let keys = records.scan(Table("tags"), "", None, 10).unwrap().into_iter().map(|record| record.key);
        assert_eq!(keys.collect::<Vec<_>>(), ["after", "before"]);
    }
}
