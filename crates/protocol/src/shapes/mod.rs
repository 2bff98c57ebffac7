//! Typed requests and responses, under AWS's names.
//!
//! Every member of a request is optional: whether it must be there is for the reader to say, in
//! AWS's words. Members that are `None` are left out when written.

pub mod action_configuration;
pub mod anomaly_detector;
mod common;
pub mod composite_alarm;
pub mod delete_anomaly_detector;
pub mod describe_alarm_contributors;
pub mod describe_alarm_history;
pub mod describe_alarms;
pub mod describe_alarms_for_metric;
pub mod describe_anomaly_detectors;
pub mod evaluation;
pub mod get_caller_identity;
pub mod get_metric_data;
pub mod get_metric_statistics;
mod list;
pub mod list_metrics;
pub mod log_alarm;
pub mod log_events;
pub mod log_groups;
pub mod log_streams;
pub mod metric_alarm;
pub mod mute_rules;
pub mod named_alarms;
pub mod put_anomaly_detector;
pub mod put_composite_alarm;
pub mod put_metric_alarm;
pub mod put_metric_data;
pub mod set_alarm_state;
pub mod sns;
pub mod sqs;
pub mod tags;

pub use common::{Dimension, Metric, NoOutput, Tag};
pub use list::ELEMENTS_MAX;
