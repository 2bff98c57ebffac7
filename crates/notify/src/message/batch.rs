//! PublishBatch: what holds for its entries together.

use std::collections::HashSet;

use super::draft::MESSAGE_MAX;
use crate::name::is_plain;
use crate::refusal::{Refusal, RefusalKind};

/// The most entries of a batch.
pub const BATCH_ENTRIES_MAX: usize = 10;
/// The most characters of an entry's id.
pub const ENTRY_ID_MAX: usize = 80;

/// Checks the ids of a batch.
///
/// # Errors
/// There are none or too many, or they are no ids, or two are the same.
pub fn check_batch(ids: &[&str]) -> Result<(), Refusal> {
    if ids.is_empty() {
        let message = "The batch request doesn't contain any entries.";
        return Err(Refusal::new(RefusalKind::EmptyBatchRequest, message));
    }
    if ids.len() > BATCH_ENTRIES_MAX {
        let message = "The batch request contains more entries than permissible.";
        return Err(Refusal::new(RefusalKind::TooManyEntriesInBatchRequest, message));
    }
    if !ids.iter().all(|id| is_plain(id, ENTRY_ID_MAX)) {
        let message = "The Id of a batch entry in a batch request doesn't abide by the specification.";
        return Err(Refusal::new(RefusalKind::InvalidBatchEntryId, message));
    }
    match ids.iter().collect::<HashSet<_>>().len() < ids.len() {
        true => {
            let message = "Two or more batch entries in the request have the same Id.";
            Err(Refusal::new(RefusalKind::BatchEntryIdsNotDistinct, message))
        }
        false => Ok(()),
    }
}

/// Checks the size of all messages of a batch together.
///
/// # Errors
/// They are too long.
pub fn check_batch_size(bytes: usize) -> Result<(), Refusal> {
    match bytes > MESSAGE_MAX {
        true => {
            let message = "The length of all the messages put together is more than the limit.";
            Err(Refusal::new(RefusalKind::BatchRequestTooLong, message))
        }
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct_and_few() {
        use RefusalKind::{
            BatchEntryIdsNotDistinct, EmptyBatchRequest, InvalidBatchEntryId, TooManyEntriesInBatchRequest,
        };
        let eleven: Vec<_> = (0..=BATCH_ENTRIES_MAX).map(|n| n.to_string()).collect();
        let eleven: Vec<_> = eleven.iter().map(String::as_str).collect();
        let longest = "i".repeat(ENTRY_ID_MAX);
        let too_long = "i".repeat(ENTRY_ID_MAX + 1);
        let cases: [(&[&str], Option<RefusalKind>); 8] = [
            (&eleven[1..], None),
            (&eleven, Some(TooManyEntriesInBatchRequest)),
            (&[], Some(EmptyBatchRequest)),
            (&["a", "b", "a"], Some(BatchEntryIdsNotDistinct)),
            (&["a b"], Some(InvalidBatchEntryId)),
            (&[""], Some(InvalidBatchEntryId)),
            (&[&longest], None),
            (&[&too_long], Some(InvalidBatchEntryId)),
        ];
        for (ids, expected) in cases {
            assert_eq!(check_batch(ids).err().map(|refusal| refusal.kind), expected, "{ids:?}");
        }
        assert!(check_batch_size(MESSAGE_MAX).is_ok());
        assert_eq!(check_batch_size(MESSAGE_MAX + 1).unwrap_err().kind, RefusalKind::BatchRequestTooLong);
    }
}
