//! What can go wrong with topics.

use nepho_notify::Refusal;
use nepho_store::{StoreError, Table};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why something could not be done with a topic.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TopicError {
    /// SNS does not do that.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The store has failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A record does not hold what was written to it.
    #[error("record {key:?} in {} is damaged: {detail}", table.0)]
    Damaged { table: Table, key: String, detail: String },
}

/// The contents of a record.
pub(crate) fn read<T: DeserializeOwned>(table: Table, key: &str, value: &[u8]) -> Result<T, TopicError> {
    serde_json::from_slice(value).map_err(|error| damaged(table, key, &error))
}

/// A record whose contents are not what they should be.
pub(crate) fn damaged(table: Table, key: &str, detail: &dyn std::fmt::Display) -> TopicError {
    TopicError::Damaged { table, key: key.to_owned(), detail: detail.to_string() }
}

/// The contents of a record, written.
pub(crate) fn written(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("records have only texts, numbers, lists and maps")
}
