//! The shapes of SQS, one operation a file.
//!
//! Members that awsQuery calls otherwise than JSON have the other name as an alias, and in the marker of their type.

pub mod add_permission;
mod batch;
pub mod change_message_visibility;
pub mod change_message_visibility_batch;
pub mod create_queue;
pub mod delete_message;
pub mod delete_message_batch;
pub mod delete_queue;
pub mod get_queue_attributes;
pub mod get_queue_url;
pub mod list_dead_letter_source_queues;
pub mod list_queue_tags;
pub mod list_queues;
mod message_attribute;
mod names;
pub mod purge_queue;
pub mod receive_message;
pub mod remove_permission;
pub mod send_message;
pub mod send_message_batch;
pub mod set_queue_attributes;
pub mod tag_queue;
pub mod untag_queue;

pub use batch::BatchResultErrorEntry;
pub use message_attribute::MessageAttributeValue;
pub use names::{Attributes, MessageAttributes, Strings, Tags};
