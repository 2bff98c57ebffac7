//! What becomes of a message: topics, queues and deliveries, as functions from values to values.
//!
//! The crate decides; it opens no socket, reads no clock and keeps nothing: `now` is an argument, and what is to be done comes
//! back as a value. Behaviour is that of Amazon SNS and SQS as far as metrics and alarms need them.
//!
//! [`queue`] is Amazon SQS without its edges: what a queue is told and what becomes of it. Whoever drives it writes down
//! the [`queue::Event`]s that it answers with, and may apply them again to a fresh [`queue::Queues`] later: it will be
//! the same. [`topic`] and [`subscription`] say what Amazon SNS knows of those, [`message`] what is published and what
//! endpoints get of it, [`notice`] what Slack and PagerDuty do, and [`delivery`] what is next after an attempt.
//! [`policy`] says what the policies of queues and topics allow, [`filter`] which messages a subscription is meant for,
//! [`retry`] when a delivery is tried again, and [`noise`] which messages of alarms a
//! subscription is spared.
//!
//! ```
//! use nepho_notify::filter::{FilterPolicy, Scope};
//! use serde_json::json;
//!
//! let policy = FilterPolicy::parse(r#"{"severity": ["critical", {"prefix": "page-"}]}"#, Scope::MessageBody)?;
//! assert!(policy.matches_body(r#"{"severity": "critical", "service": "web"}"#));
//! assert!(!policy.matches_body(r#"{"severity": "info"}"#));
//! # Ok::<(), nepho_notify::filter::FilterFault>(())
//! ```
//!
//! ```
//! use nepho_notify::policy::{Decision, Policy, Principal, Request};
//!
//! let policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": {
//!         "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*",
//!         "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:000000000000:alarms"}}
//!     }}"#,
//! )?;
//! let request = Request {
//!     principal: Principal::Service("sns.amazonaws.com"),
//!     action: "SQS:SendMessage",
//!     resource: "arn:aws:sqs:us-east-1:000000000000:orders",
//!     context: &[("aws:SourceArn", "arn:aws:sns:us-east-1:000000000000:alarms")],
//! };
//! assert_eq!(policy.decide(&request), Decision::Allow);
//! # Ok::<(), nepho_notify::policy::PolicyFault>(())
//! ```

mod arn;
pub mod delivery;
pub mod filter;
mod links;
pub mod message;
mod name;
pub mod noise;
pub mod notice;
pub mod policy;
pub mod queue;
mod refusal;
pub mod retry;
pub mod subscription;
pub mod topic;

pub use arn::Arn;
pub use name::FIFO_SUFFIX;
pub use refusal::{Refusal, RefusalKind};
