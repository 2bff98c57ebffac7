//! The operations of SQS. What they mean is in `nepho-notify`.

pub(super) mod add_permission;
mod attributes;
mod batch;
pub(super) mod change_message_visibility;
pub(super) mod change_message_visibility_batch;
pub(super) mod create_queue;
pub(super) mod delete_message;
pub(super) mod delete_message_batch;
pub(super) mod delete_queue;
mod draft;
pub(super) mod get_queue_attributes;
pub(super) mod get_queue_url;
pub(super) mod list_dead_letter_source_queues;
pub(super) mod list_queue_tags;
pub(super) mod list_queues;
mod page;
pub(super) mod purge_queue;
pub(super) mod receive_message;
mod refusal;
pub(super) mod remove_permission;
pub(super) mod send_message;
pub(super) mod send_message_batch;
pub(super) mod set_queue_attributes;
pub(super) mod tag_queue;
pub(super) mod untag_queue;
mod url;
