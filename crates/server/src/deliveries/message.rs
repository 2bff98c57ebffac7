//! A published message and its record.

use std::fmt;

use nepho_model::{Scope, Timestamp};
use nepho_notify::message::Draft;
use nepho_notify::topic::{TopicArn, TopicName};
use nepho_store::{Change, Record, Table};
use serde::{Deserialize, Serialize};

use crate::topics::error::{TopicError, damaged, read, written};

/// Messages by `ACCOUNT/REGION/MILLIS-ORDER/ID`, or `ACCOUNT/REGION/MILLIS.NUMBER/ID` of FIFO topics.
pub(crate) const MESSAGES: Table = Table("sns_messages");
/// What the sequence numbers of FIFO topics begin after.
const SEQUENCE_BASE: u64 = 10_000_000_000_000_000_000;

/// Which message: when it was published, and its id. In the order of keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageKey {
    pub(crate) scope: Scope,
    pub(crate) published: Timestamp,
    pub(crate) place: Place,
    pub(crate) id: String,
}

/// The place of a message among others of the same millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// In which it was published, of a standard topic.
    Order(u32),
    /// Its number among the messages of a FIFO topic.
    Number(u64),
}

impl fmt::Display for MessageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:015}", self.scope, self.published.millis().max(0))?;
        match self.place {
            Place::Order(order) => write!(f, "-{order:010}/{}", self.id),
            Place::Number(number) => write!(f, ".{number:020}/{}", self.id),
        }
    }
}

impl MessageKey {
    /// Reads a key that may have more parts, and answers the rest.
    pub(crate) fn read(text: &str) -> Option<(Self, Option<&str>)> {
        let mut parts = text.splitn(5, '/');
        let (account, region, time, id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (millis, place) = match (time.split_once('.'), time.split_once('-')) {
            (Some((millis, number)), _) => (millis, Place::Number(number.parse().ok()?)),
            (None, Some((millis, order))) => (millis, Place::Order(order.parse().ok()?)),
            (None, None) => return None,
        };
        let published = Timestamp::from_millis(millis.parse().ok()?);
        let key = MessageKey { scope: Scope::new(account, region), published, place, id: id.to_owned() };
        Some((key, parts.next()))
    }

    /// The sequence number, of a message of a FIFO topic.
    pub(crate) fn sequence_number(&self) -> Option<String> {
        match self.place {
            Place::Number(number) => Some(sequence_number(number)),
            Place::Order(_) => None,
        }
    }

    /// Whether it has to stay behind those before it.
    pub(crate) fn is_in_order(&self) -> bool {
        matches!(self.place, Place::Number(_))
    }
}

/// The sequence number of a message by its number.
pub(crate) fn sequence_number(number: u64) -> String {
    SEQUENCE_BASE.saturating_add(number).to_string()
}

/// A message that was published.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) key: MessageKey,
    pub(crate) topic: TopicArn,
    /// The name of the alarm of the same scope that it is of, if it is of one.
    pub(crate) alarm: Option<String>,
    pub(crate) draft: Draft,
}

#[derive(Serialize, Deserialize)]
struct Kept<D> {
    topic: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alarm: Option<String>,
    #[serde(flatten)]
    draft: D,
}

impl Message {
    /// Reads a record.
    pub(crate) fn read(key: MessageKey, value: &[u8]) -> Result<Self, TopicError> {
        let text = key.to_string();
        let kept: Kept<Draft> = read(MESSAGES, &text, value)?;
        let name = TopicName::new(&kept.topic).map_err(|refusal| damaged(MESSAGES, &text, &refusal))?;
        let topic = TopicArn { scope: key.scope.clone(), name };
        Ok(Message { topic, alarm: kept.alarm, draft: kept.draft, key })
    }

    /// The change that writes the record.
    pub(crate) fn put(&self) -> Change {
        let kept = Kept { topic: self.topic.name.to_string(), alarm: self.alarm.clone(), draft: &self.draft };
        Change::Put(MESSAGES, Record { key: self.key.to_string(), value: written(&kept) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_time_and_read_again() {
        let key = |millis, place| MessageKey {
            scope: Scope::new("000000000000", "us-east-1"),
            published: Timestamp::from_millis(millis),
            place,
            id: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324".to_owned(),
        };
        use Place::{Number, Order};
        let keys = [key(9, Order(7)), key(10, Order(9)), key(10, Order(10)), key(10, Number(9)), key(10, Number(10))];
        let texts: Vec<_> = keys.iter().map(MessageKey::to_string).collect();
        assert!(texts.is_sorted(), "{texts:?}");
        for (key, text) in keys.iter().zip(&texts) {
            assert_eq!(MessageKey::read(text), Some((key.clone(), None)));
            assert_eq!(MessageKey::read(&format!("{text}/sub")), Some((key.clone(), Some("sub"))));
        }
        assert_eq!(keys[3].sequence_number().as_deref(), Some("10000000000000000009"));
        assert_eq!(MessageKey::read("a/b/c/d"), None);
    }
}
