//! Typed requests and responses, under AWS's names.
//!
//! Every member of a request is optional: whether it must be there is for the reader to say, in
//! AWS's words. Members that are `None` are left out when written.

mod common;
pub mod get_caller_identity;
pub mod get_metric_data;
pub mod get_metric_statistics;
mod list;
pub mod list_metrics;
pub mod log_events;
pub mod log_groups;
pub mod log_streams;
pub mod put_metric_data;
pub mod sqs;
pub mod tags;

pub use common::{Dimension, Metric, NoOutput, Tag};
pub use list::ELEMENTS_MAX;
