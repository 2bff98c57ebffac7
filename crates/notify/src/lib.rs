//! What becomes of a message: topics, queues and deliveries, as functions from values to values.
//!
//! The crate decides; it opens no socket, reads no clock and keeps nothing: `now` is an argument, and what is to be done comes
//! back as a value. Behaviour is that of Amazon SNS and SQS as far as metrics and alarms need them.
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

mod arn;
pub mod delivery;
pub mod filter;
pub mod message;
mod refusal;
pub mod retry;
pub mod subscription;
pub mod topic;

pub use arn::Arn;
pub use refusal::{Refusal, RefusalKind};
