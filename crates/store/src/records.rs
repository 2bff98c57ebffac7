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

/// Where the keys that begin with `prefix` end, exclusive; `None` if no key lies behind them.
pub(crate) fn end_of(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
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

    /// At most `limit` records whose keys begin with `prefix` and lie below `before`, the last first.
    ///
    /// # Errors
    /// What the store said.
    fn scan_back(
        &self,
        table: Table,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError>;

    /// Makes all changes or none; they are durable when the call returns.
    ///
    /// # Errors
    /// What the store said; nothing is changed then.
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_a_prefix_end_before_the_next_character() {
        assert_eq!(end_of("a/b").as_deref(), Some("a/c"));
        assert_eq!(end_of("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(end_of("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(end_of("\u{10ffff}"), None);
        assert_eq!(end_of(""), None);
    }
}
