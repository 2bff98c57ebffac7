//! Queues, as Amazon SQS has them.
//!
//! [`Queues`] holds all of them in memory. A request is a function of what is there and of the time; it answers with a
//! [`Step`]: the answer, and the [`Event`]s that were applied. Who drives it writes the events down with [`encode`] before it
//! tells anybody the answer, and makes the same queues of them later with [`decode`] and [`Queues::apply`].
//!
//! ```
//! use nepho_model::{Scope, Timestamp};
//! use nepho_notify::queue::{Draft, Queues, Wish, decode, encode};
//! use uuid::Uuid;
//!
//! let scope = Scope::new("000000000000", "us-east-1");
//! let now = Timestamp::from_seconds(1_767_225_600);
//! let mut queues = Queues::new(1 << 20);
//! let created = queues.create(&scope, "orders", &Default::default(), Default::default(), now)?;
//! let sent = queues.send(created.value, Draft::of_body(Uuid::nil(), "me", "three apples"), now)?;
//!
//! // The same queues, made of what was written down.
//! let mut again = Queues::new(1 << 20);
//! for entry in [encode(&created.events), encode(&sent.events)] {
//!     for event in decode(&entry)? {
//!         again.apply(&event)?;
//!     }
//! }
//! let wish = Wish::check(None, None, None, None)?;
//! let received = again.receive(created.value, &wish, now)?.value;
//! assert_eq!(received[0].content.body, "three apples");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access;
mod apply;
mod batch;
mod configure;
mod decode;
mod deduplication;
mod digest;
mod draft;
mod encode;
mod event;
mod fault;
mod handover;
mod homes;
mod message;
mod message_attribute;
mod name;
mod one;
mod order;
mod permission;
mod queues;
mod receipt;
mod receive;
mod redrive;
mod send;
mod settings;
mod settle;
mod tags;
mod tally;

pub use batch::{ENTRIES_MAX, ENTRY_ID_MAX, check_batch_bytes, check_entries};
pub use configure::QUEUES_MAX;
pub use decode::decode;
pub use deduplication::WINDOW_MILLIS;
pub use digest::{md5_of_attributes, md5_of_body};
pub use draft::{BATCH_BYTES_MAX, Draft, TOKEN_MAX, trace_header};
pub use encode::encode;
pub use event::{Definition, Event};
pub use fault::{Fault, FaultKind};
pub use handover::HANDED_OVER_MAX;
pub use message::{Content, Message, State};
pub use message_attribute::{
    ATTRIBUTE_NAME_MAX, ATTRIBUTES_MAX, AttributeValue, GivenAttribute, MessageAttribute, check as check_attributes,
};
pub use name::{ArnFault, NAME_MAX, QueueArn, QueueName};
pub use one::Queue;
pub use permission::{ACTIONS_MAX, LABEL_MAX};
pub use queues::{Queues, Step};
pub use receipt::Receipt;
pub use receive::{Delivery, IN_FLIGHT_MAX, MESSAGES_MAX, Wish};
pub use redrive::{RECEIVES_MAX, RedriveAllowPolicy, RedrivePolicy, SOURCES_MAX};
pub use send::Sent;
pub use settings::{
    DELAY_SECONDS_MAX, Given, MESSAGE_BYTES, QueuePolicy, RETENTION_SECONDS, Settings, VISIBILITY_SECONDS_MAX,
    WAIT_SECONDS_MAX,
};
pub use settle::{visibility, visibility_of_entry};
pub use tags::{TAG_KEY_MAX, TAG_VALUE_MAX, TAGS_MAX, Tags};
pub use tally::{Counts, Report, Tally};

#[cfg(test)]
mod tests;
