//! How FIFO topics count their messages, and know those that were published before.

use std::collections::HashMap;

use nepho_model::Timestamp;
use nepho_notify::message::Draft;
use nepho_store::{Change, Record, Records, Table};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{TopicError, read, written};
use super::outbox::Published;
use super::topic::{self, Topic};
use crate::deliveries::message::sequence_number;

/// How far topics have counted, by `ACCOUNT/REGION/TOPIC`.
pub(crate) const COUNTS: Table = Table("sns_fifo");
/// Messages by what tells duplicates, by `ACCOUNT/REGION/TOPIC/DIGEST`.
pub(crate) const DUPLICATES: Table = Table("sns_duplicates");
/// How long a message keeps its duplicates out, in milliseconds: five minutes.
pub(crate) const WINDOW_MS: i64 = 5 * 60 * 1000;

/// Counts the messages of one transaction, which do not see each other in the records yet.
pub(super) struct Counting<'a> {
    records: &'a dyn Records,
    /// How far each topic has come, by the key of its record.
    lasts: HashMap<String, u64>,
    known: HashMap<String, Original>,
}

impl std::fmt::Debug for Counting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counting").field("lasts", &self.lasts).finish_non_exhaustive()
    }
}

/// What a message is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Counter {
    /// A new one, with its number.
    New(u64),
    /// One that was published before.
    Duplicate(Published),
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptCount {
    last: u64,
}

/// A message that keeps its duplicates out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Original {
    pub(crate) at: i64,
    message: String,
    number: u64,
}

impl Original {
    /// Whether it still keeps its duplicates out.
    pub(crate) fn counts(&self, now: Timestamp) -> bool {
        now.millis() < self.at.saturating_add(WINDOW_MS)
    }
}

impl<'a> Counting<'a> {
    pub(super) fn new(records: &'a dyn Records) -> Self {
        Counting { records, lasts: HashMap::new(), known: HashMap::new() }
    }

    /// Counts a message, unless it is a duplicate. Answers with what has to be committed for that.
    pub(super) fn count(
        &mut self,
        topic: &Topic,
        draft: &Draft,
        id: &str,
        now: Timestamp,
    ) -> Result<(Counter, Vec<Change>), TopicError> {
        let key = topic::key(&topic.arn);
        let duplicate = format!("{key}/{}", digest(topic, draft));
        if let Some(original) = self.original(&duplicate)?.filter(|original| original.counts(now)) {
            let published =
                Published { message_id: original.message, sequence_number: Some(sequence_number(original.number)) };
            return Ok((Counter::Duplicate(published), Vec::new()));
        }
        let number = self.last(&key)? + 1;
        self.lasts.insert(key.clone(), number);
        let original = Original { at: now.millis(), message: id.to_owned(), number };
        self.known.insert(duplicate.clone(), original.clone());
        let changes = vec![
            Change::Put(COUNTS, Record { key, value: written(&KeptCount { last: number }) }),
            Change::Put(DUPLICATES, Record { key: duplicate, value: written(&original) }),
        ];
        Ok((Counter::New(number), changes))
    }

    fn original(&self, key: &str) -> Result<Option<Original>, TopicError> {
        if let Some(original) = self.known.get(key) {
            return Ok(Some(original.clone()));
        }
        let value = self.records.get(DUPLICATES, key)?;
        value.map(|value| read(DUPLICATES, key, &value)).transpose()
    }

    fn last(&self, key: &str) -> Result<u64, TopicError> {
        if let Some(last) = self.lasts.get(key) {
            return Ok(*last);
        }
        let value = self.records.get(COUNTS, key)?;
        Ok(value.map(|value| read::<KeptCount>(COUNTS, key, &value)).transpose()?.map_or(0, |kept| kept.last))
    }
}

/// What is the same for a message and its duplicates.
fn digest(topic: &Topic, draft: &Draft) -> String {
    let id = draft.deduplication.as_deref().unwrap_or_default();
    match &draft.group {
        Some(group) if topic.settings.deduplicates_in_group() => hex::encode(Sha256::digest(format!("{group}\0{id}"))),
        _ => hex::encode(Sha256::digest(id)),
    }
}
