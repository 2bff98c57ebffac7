//! Operations on alarms: one file each.

pub(super) mod delete_alarm_mute_rule;
pub(super) mod delete_alarms;
pub(super) mod describe_alarm_contributors;
pub(super) mod describe_alarm_history;
pub(super) mod describe_alarms;
pub(super) mod describe_alarms_for_metric;
pub(super) mod enable_alarm_actions;
pub(super) mod get_alarm_mute_rule;
pub(super) mod list_alarm_mute_rules;
mod page;
pub(super) mod put_alarm_mute_rule;
pub(super) mod put_composite_alarm;
pub(super) mod put_metric_alarm;
pub(super) mod set_alarm_state;
