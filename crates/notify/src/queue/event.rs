//! What happens to queues. The events of a log, applied in order, make them what they are.

use std::collections::BTreeMap;

use nepho_model::Timestamp;
use uuid::Uuid;

use super::message::Message;
use super::name::QueueArn;

/// Something that happens to a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Which ids come next.
    Next {
        /// The next queue's.
        queue: u64,
        /// The next message's number.
        number: u64,
    },
    /// A queue is made, or what is set about it is replaced.
    Define(Definition),
    /// A queue goes, with all that is in it.
    Remove {
        /// Its id.
        queue: u64,
        /// When.
        at: Timestamp,
    },
    /// A queue has gone: its name is not to be used for a while.
    Removed {
        /// Whose it was, and its name.
        arn: QueueArn,
        /// When it went.
        at: Timestamp,
    },
    /// A message comes in, or is replaced by what it is by now.
    Put {
        /// The queue's id.
        queue: u64,
        /// The message.
        message: Message,
        /// From when others are its duplicates.
        window: Option<Timestamp>,
    },
    /// Messages are received.
    Receive {
        /// The queue's id.
        queue: u64,
        /// When.
        at: Timestamp,
        /// Until when they are hidden.
        until: Timestamp,
        /// Which.
        numbers: Vec<u64>,
        /// By what the client names this receive, to be able to try it again.
        attempt: Option<String>,
    },
    /// A message that is in flight is hidden until another time.
    Hide {
        /// The queue's id.
        queue: u64,
        /// Which.
        number: u64,
        /// Until when.
        until: Timestamp,
        /// The receive that is tried again with it.
        attempt: Option<String>,
    },
    /// Messages go.
    Delete {
        /// The queue's id.
        queue: u64,
        /// Which.
        numbers: Vec<u64>,
    },
    /// All messages go.
    Purge {
        /// The queue's id.
        queue: u64,
        /// When.
        at: Timestamp,
    },
    /// A message was put in by somebody who may do so again.
    HandedOver {
        /// The queue's id.
        queue: u64,
        /// The message's id.
        id: Uuid,
    },
    /// A message that was handed over will not be again.
    Settled {
        /// The queue's id.
        queue: u64,
        /// The message's id.
        id: Uuid,
    },
}

/// What is known of a queue besides its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub id: u64,
    /// Whose it is, and its name.
    pub arn: QueueArn,
    /// What is set about it.
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
    /// When something was last set about it.
    pub modified: Timestamp,
    /// When it was last purged.
    pub purged: Option<Timestamp>,
}
