//! Subscriptions to topics: what they deliver to, and which messages.

mod arn;
mod endpoint;
mod protocol;
mod settings;
mod token;

pub use arn::SubscriptionArn;
pub use endpoint::{ENDPOINT_MAX, check_endpoint};
pub use protocol::Protocol;
pub use settings::{Subscriber, SubscriptionSettings};
pub use token::Token;

/// How long a subscription waits for being confirmed, in seconds: two days.
pub const PENDING_SECONDS: i64 = 2 * 24 * 3600;
/// The most subscriptions of a standard topic. AWS allows 12,500,000; each message is one transaction here.
pub const SUBSCRIPTIONS_MAX: usize = 10_000;
/// The most subscriptions of a FIFO topic.
pub const FIFO_SUBSCRIPTIONS_MAX: usize = 100;
/// The most subscriptions of a topic that have a filter policy.
pub const FILTERS_MAX: usize = 200;
