//! What the batches of three operations have in common.

use super::draft::BATCH_BYTES_MAX;
use super::fault::{Fault, FaultKind};
use crate::name::is_plain;

/// The most entries of a batch.
pub const ENTRIES_MAX: usize = 10;
/// The most characters of the id of an entry.
pub const ENTRY_ID_MAX: usize = 80;

/// Checks the ids of a batch whose entries are called `entry`, such as `SendMessageBatchRequestEntry`.
///
/// # Errors
///
/// No entries or too many, an id that is missing, not legal, or there twice.
pub fn check_entries(entry: &str, ids: &[Option<&str>]) -> Result<(), Fault> {
    if ids.is_empty() {
        let message = format!("There should be at least one {entry} in the request.");
        return Err(Fault::new(FaultKind::EmptyBatchRequest, message));
    }
    if ids.len() > ENTRIES_MAX {
        let found = ids.len();
        let message = format!("Maximum number of entries per request are {ENTRIES_MAX}. You have sent {found}.");
        return Err(Fault::new(FaultKind::TooManyEntriesInBatchRequest, message));
    }
    for (at, id) in ids.iter().enumerate() {
        let id = id.ok_or_else(|| Fault::missing(&format!("{entry}.{}.Id", at + 1)))?;
        if !is_plain(id, ENTRY_ID_MAX) {
            let message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at \
                           most 80 letters long.";
            return Err(Fault::new(FaultKind::InvalidBatchEntryId, message));
        }
        if ids[..at].contains(&Some(id)) {
            return Err(Fault::new(FaultKind::BatchEntryIdsNotDistinct, format!("Id {id} repeated.")));
        }
    }
    Ok(())
}

/// Checks the bytes of all messages of a batch.
///
/// # Errors
///
/// They are too many.
pub fn check_batch_bytes(bytes: usize) -> Result<(), Fault> {
    match bytes > BATCH_BYTES_MAX {
        true => {
            let message =
                format!("Batch requests cannot be longer than {BATCH_BYTES_MAX} bytes. You have sent {bytes} bytes.");
            Err(Fault::new(FaultKind::BatchRequestTooLong, message))
        }
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(ids: &[Option<&str>]) -> String {
        check_entries("Entry", ids).err().map(|fault| fault.message).unwrap_or_default()
    }

    #[test]
    fn ids_are_legal_and_distinct() {
        let rule = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most \
                    80 letters long.";
        let (longest, longer) = ("a".repeat(ENTRY_ID_MAX), "a".repeat(ENTRY_ID_MAX + 1));
        let many: Vec<String> = (0..=ENTRIES_MAX).map(|n| n.to_string()).collect();
        let many: Vec<_> = many.iter().map(|id| Some(id.as_str())).collect();
        let cases = [
            (&[Some("a"), Some("A-_1"), Some(longest.as_str())][..], ""),
            (&[], "There should be at least one Entry in the request."),
            (&many[..ENTRIES_MAX], ""),
            (&many, "Maximum number of entries per request are 10. You have sent 11."),
            (&[Some("a"), None], "The request must contain the parameter Entry.2.Id."),
            (&[Some("")], rule),
            (&[Some("a b")], rule),
            (&[Some("invalid:id")], rule),
            (&[Some(&longer)], rule),
            (&[Some("a"), Some("b"), Some("a")], "Id a repeated."),
        ];
        for (ids, expect) in cases {
            assert_eq!(said(ids), expect, "{ids:?}");
        }
    }

    #[test]
    fn messages_of_a_batch_are_a_mebibyte_together() {
        assert_eq!(check_batch_bytes(1_048_576), Ok(()));
        let message = check_batch_bytes(1_048_577).unwrap_err().message;
        assert_eq!(message, "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.");
    }
}
