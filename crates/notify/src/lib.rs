//! Queues, and the policies of queues and topics, as pure functions.
//!
//! [`queue`] is Amazon SQS without its edges: what a queue is told and what becomes of it, given the time. [`policy`]
//! evaluates the policies of resources.
//!
//! The crate is **not** a server: it knows no wire (see `nepho-protocol`), no disk (see `nepho-store`), no clock and
//! no randomness. Whoever drives it writes down the [`queue::Event`]s that it answers with, and may apply them again
//! to a fresh [`queue::Queues`] later: it will be the same.
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

pub mod policy;
pub mod queue;
