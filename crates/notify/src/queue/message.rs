//! A message in a queue.

use std::sync::Arc;

use nepho_model::Timestamp;
use uuid::Uuid;

use super::draft::Draft;
use super::message_attribute::MessageAttribute;

/// What a message takes in memory besides its text.
const OVERHEAD: usize = 512;
/// What the first sequence number is added to, so that all of them have twenty digits.
const SEQUENCE_BASE: u64 = 18_000_000_000_000_000_000;

/// What never changes about a message, wherever it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its id.
    pub id: Uuid,
    /// The text.
    pub body: String,
    /// Its attributes, sorted by name.
    pub attributes: Vec<(String, MessageAttribute)>,
    /// What a tracer wants to be told again.
    pub trace_header: Option<String>,
    /// Who sent it.
    pub sender: String,
    /// Its message group.
    pub group: Option<String>,
    /// Its deduplication id.
    pub deduplication: Option<String>,
}

impl Content {
    pub(super) fn of(draft: Draft, deduplication: Option<String>) -> Self {
        let Draft { id, sender, body, attributes, trace_header, group, .. } = draft;
        Content { id, body, attributes, trace_header, sender, group, deduplication }
    }
}

/// Whether a message can be received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can be.
    Ready,
    /// Not yet.
    Delayed {
        /// From then on it can be.
        until: Timestamp,
    },
    /// Somebody has received it, and may still delete it.
    InFlight {
        /// When it was received.
        since: Timestamp,
        /// From then on it can be received again.
        until: Timestamp,
    },
}

/// A message in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number, which no other message has or had. A message that goes to another queue gets a new one.
    pub number: u64,
    /// What never changes.
    pub content: Arc<Content>,
    /// When it was sent. It is kept for a time from then.
    pub sent: Timestamp,
    /// When it came into this queue.
    pub entered: Timestamp,
    /// The ARN of the queue whose dead letter it is.
    pub source: Option<Arc<str>>,
    /// How often it was received from queues it was in before.
    pub receives_before: u32,
    /// How often it was received from this queue.
    pub receives: u32,
    /// When it was first received from this queue.
    pub first_received: Option<Timestamp>,
    /// Whether it can be received.
    pub state: State,
}

impl Message {
    /// When its state changes by itself.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Ready => None,
            State::Delayed { until } | State::InFlight { until, .. } => Some(until),
        }
    }

    /// What it takes in memory, roughly.
    pub(super) fn weight(&self) -> usize {
        let Content { body, attributes, trace_header, sender, group, deduplication, .. } = &*self.content;
        let attributes = attributes.iter().map(|(name, attribute)| {
            name.len() + attribute.data_type.len() + attribute.value.as_bytes().len() + size_of::<MessageAttribute>()
        });
        let texts = [trace_header, group, deduplication].map(|text| text.as_ref().map_or(0, String::len));
        OVERHEAD + body.len() + sender.len() + attributes.sum::<usize>() + texts.iter().sum::<usize>()
    }
}

/// The sequence number that clients of a FIFO queue see of the message with this number.
pub(super) fn sequence_of(number: u64) -> u64 {
    SEQUENCE_BASE + number
}
