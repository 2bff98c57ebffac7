//! What every store of records can do.

use crate::error::StoreError;

/// A kind of record, such as `tags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Table(pub &'static str);

/// A record: a key within its table, and bytes that mean something to whoever wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The key. By convention it begins with the scope: `ACCOUNT/REGION/...`.
    pub key: String,
    /// The contents.
    pub value: Vec<u8>,
}

/// One change of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Writes a record, over the one that may be there.
    Put(Table, Record),
    /// Removes the record with this key, if there is one.
    Delete(Table, String),
}

/// A store of small named records with transactions.
pub trait Records: Send + Sync {
    /// The contents of one record.
    ///
    /// # Errors
    /// What the store said.
    fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` records whose keys begin with `prefix` and lie above `after`, in the order of keys.
    ///
    /// # Errors
    /// What the store said.
    fn scan(&self, table: Table, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// Makes all changes or none; they are durable when the call returns.
    ///
    /// # Errors
    /// What the store said; nothing is changed then.
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError>;
}
