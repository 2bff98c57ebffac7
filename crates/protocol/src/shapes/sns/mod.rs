//! The shapes of SNS, one operation a file.
//!
//! AWS serves SNS in awsQuery only; the shapes have a form in JSON as well.

pub mod confirm_subscription;
pub mod create_topic;
pub mod delete_topic;
pub mod get_subscription_attributes;
pub mod get_topic_attributes;
pub mod list_subscriptions;
pub mod list_subscriptions_by_topic;
pub mod list_topics;
pub mod message_attribute;
pub mod permissions;
pub mod publish;
pub mod publish_batch;
pub mod set_subscription_attributes;
pub mod set_topic_attributes;
pub mod subscribe;
pub mod subscription;
pub mod tags;
pub mod unsubscribe;
