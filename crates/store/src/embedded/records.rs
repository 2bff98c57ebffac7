//! Records in a redb file: small, named, with transactions.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, TableDefinition, TableError};

use crate::error::StoreError;
use crate::records::{Change, Record, Records, Table};

/// The file's name in the store's folder.
const FILE: &str = "records.redb";

/// Records in a folder.
pub struct EmbeddedRecords {
    path: PathBuf,
    database: Database,
}

fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static [u8]> {
    TableDefinition::new(table.0)
}

impl EmbeddedRecords {
    /// Opens the records in `folder`, and makes a new file where there is none.
    ///
    /// # Errors
    /// The file cannot be opened, or is damaged.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::io("create", folder, source))?;
        let path = folder.join(FILE);
        let database = Database::create(&path).map_err(|error| failed(&path, error))?;
        Ok(EmbeddedRecords { path, database })
    }

    fn failed(&self, error: impl Display) -> StoreError {
        failed(&self.path, error)
    }
}

fn failed(path: &Path, error: impl Display) -> StoreError {
    StoreError::Records { path: path.to_owned(), detail: error.to_string() }
}

impl Records for EmbeddedRecords {
    fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let read = self.database.begin_read().map_err(|error| self.failed(error))?;
        let table = match read.open_table(definition(table)) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let value = table.get(key).map_err(|error| self.failed(error))?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    fn scan(&self, table: Table, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Record>, StoreError> {
        let read = self.database.begin_read().map_err(|error| self.failed(error))?;
        let table = match read.open_table(definition(table)) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let from = after.unwrap_or(prefix).max(prefix);
        let mut records = Vec::new();
        for entry in table.range(from..).map_err(|error| self.failed(error))? {
            let (key, value) = entry.map_err(|error| self.failed(error))?;
            let key = key.value();
            if !key.starts_with(prefix) || records.len() == limit {
                break;
            }
            if after.is_none_or(|after| key > after) {
                records.push(Record { key: key.to_owned(), value: value.value().to_vec() });
            }
        }
        Ok(records)
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        let write = self.database.begin_write().map_err(|error| self.failed(error))?;
        for change in changes {
            match change {
                Change::Put(table, record) => {
                    let mut table = write.open_table(definition(*table)).map_err(|error| self.failed(error))?;
                    table.insert(&*record.key, &*record.value).map_err(|error| self.failed(error))?;
                }
                Change::Delete(table, key) => {
                    let mut table = write.open_table(definition(*table)).map_err(|error| self.failed(error))?;
                    table.remove(&**key).map_err(|error| self.failed(error))?;
                }
            }
        }
        write.commit().map_err(|error| self.failed(error))
    }
}
