//! Definitions in AWS's shapes, from members in either spelling.

mod composite_alarm;
mod metric_alarm;
mod mute_rule;
mod notification;
mod query;

pub(crate) use composite_alarm::composite_alarm;
pub(crate) use metric_alarm::metric_alarm;
pub(crate) use mute_rule::mute_rule;
pub(crate) use notification::{queue, subscription, topic, topic_policy};
