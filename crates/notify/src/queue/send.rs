//! Sending messages.

use std::sync::Arc;

use nepho_model::Timestamp;
use uuid::Uuid;

use super::digest;
use super::draft::Draft;
use super::event::Event;
use super::fault::{Fault, FaultKind};
use super::message::{Content, Message, State, sequence_of};
use super::one::Queue;
use super::queues::{Queues, Step};

/// What a sender is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message's id.
    pub id: Uuid,
    /// The MD5 of the body.
    pub md5_of_body: String,
    /// The MD5 of the attributes, when there are any.
    pub md5_of_attributes: Option<String>,
    /// The MD5 of the attributes of the system, when there are any.
    pub md5_of_trace_header: Option<String>,
    /// The sequence number, of a FIFO queue.
    pub sequence: Option<u64>,
}

impl Sent {
    pub(super) fn of(draft: &Draft) -> Self {
        let attributes = draft.attributes.iter().map(|(name, attribute)| (name.as_str(), attribute));
        Sent {
            id: draft.id,
            md5_of_body: digest::md5_of_body(&draft.body),
            md5_of_attributes: (!draft.attributes.is_empty()).then(|| digest::md5_of_attributes(attributes)),
            md5_of_trace_header: super::draft::md5_of_trace_header(draft.trace_header.as_deref()),
            sequence: None,
        }
    }
}

impl Queue {
    /// Whether a message can be sent to the queue, room aside.
    ///
    /// # Errors
    ///
    /// It cannot be.
    pub fn check(&self, draft: &Draft) -> Result<(), Fault> {
        match draft.check(&self.settings) {
            Ok(_) => Ok(()),
            // In a batch it is another error: as recorded.
            Err(fault) if fault.kind == FaultKind::MissingParameter && draft.group.is_none() => {
                Err(Fault::new(FaultKind::InvalidParameterValue, fault.message))
            }
            Err(fault) => Err(fault),
        }
    }
}

impl Queues {
    /// SendMessage: puts a message into a queue, unless it is a duplicate.
    ///
    /// # Errors
    ///
    /// The message cannot be, or there is no room for it.
    pub fn send(&mut self, id: u64, draft: Draft, now: Timestamp) -> Result<Step<Sent>, Fault> {
        let queue = self.settled(id, now)?;
        queue.active = queue.active.max(now);
        let deduplication = draft.check(&queue.settings)?;
        let mut sent = Sent::of(&draft);
        queue.originals.forget(now);
        if let Some(duplicate) = &deduplication {
            let group = draft.group.clone().filter(|_| queue.settings.deduplicates_in_group);
            if let Some((_, original)) = queue.originals.find(&(group, duplicate.clone()), now) {
                sent.id = original.id;
                sent.sequence = Some(sequence_of(original.number));
                return Ok(Step { value: sent, events: Vec::new() });
            }
        }
        let size = draft.size();
        let delay = draft.delay_seconds.filter(|_| !queue.settings.is_fifo);
        let delay = delay.unwrap_or_else(|| i64::from(queue.settings.delay_seconds));
        let until = Timestamp::from_millis(now.millis() + delay * 1000);
        let window = deduplication.is_some().then_some(now);
        let message = Message {
            number: self.next_number,
            content: Arc::new(Content::of(draft, deduplication)),
            sent: now,
            entered: now,
            source: None,
            receives_before: 0,
            receives: 0,
            first_received: None,
            state: if delay > 0 { State::Delayed { until } } else { State::Ready },
        };
        self.check_room(message.weight())?;
        let queue = self.settled(id, now)?;
        queue.tally.send(size);
        sent.sequence = queue.settings.is_fifo.then(|| sequence_of(message.number));
        Ok(self.done(sent, vec![Event::Put { queue: id, message, window }]))
    }

    fn check_room(&self, bytes: usize) -> Result<(), Fault> {
        let (held, limit) = (self.stock.bytes, self.bytes_max);
        match held.saturating_add(bytes) > limit {
            true => Err(Fault::new(
                FaultKind::OverLimit,
                format!(
                    "The queues hold {held} bytes of messages, and with this one would exceed the limit of {limit} bytes."
                ),
            )),
            false => Ok(()),
        }
    }
}
