//! Alarms and rules as the service shows them.

use std::collections::BTreeMap;

use nepho_protocol::shapes::composite_alarm::CompositeAlarm;
use nepho_protocol::shapes::metric_alarm::MetricAlarm;
use nepho_protocol::value::{Double, Timestamp};

pub(super) const NOON: Timestamp = Timestamp::from_ms(1_777_896_000_000);
pub(super) const QUARTER_PAST: Timestamp = Timestamp::from_ms(1_777_896_000_250);

pub(super) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ops";

pub(super) fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

pub(super) fn texts(values: &[&str]) -> Option<Vec<String>> {
    Some(values.iter().copied().map(str::to_owned).collect())
}

pub(super) fn attributes(pairs: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    Some(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

/// A new alarm for which nothing was set that need not be.
pub(super) fn minimal_alarm() -> MetricAlarm {
    MetricAlarm {
        alarm_name: text("depth"),
        alarm_arn: text("arn:aws:cloudwatch:us-east-1:123456789012:alarm:depth"),
        alarm_configuration_updated_timestamp: Some(NOON),
        actions_enabled: Some(true),
        ok_actions: texts(&[]),
        alarm_actions: texts(&[]),
        insufficient_data_actions: texts(&[]),
        state_value: text("INSUFFICIENT_DATA"),
        state_reason: text("Unchecked: Initial alarm creation"),
        state_updated_timestamp: Some(NOON),
        metric_name: text("Depth"),
        namespace: text("Shop"),
        statistic: text("Average"),
        dimensions: Some(Vec::new()),
        period: Some(60),
        evaluation_periods: Some(1),
        threshold: Some(Double(10.0)),
        comparison_operator: text("GreaterThanThreshold"),
        state_transitioned_timestamp: Some(NOON),
        ..MetricAlarm::default()
    }
}

/// A composite alarm whose actions are held back.
pub(super) fn suppressed_alarm() -> CompositeAlarm {
    CompositeAlarm {
        actions_enabled: Some(true),
        alarm_actions: texts(&[TOPIC]),
        alarm_arn: text("arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop"),
        alarm_configuration_updated_timestamp: Some(NOON),
        alarm_description: text("a <b> & \"c\""),
        alarm_name: text("shop"),
        alarm_rule: text("ALARM(depth)"),
        insufficient_data_actions: texts(&[]),
        ok_actions: texts(&[]),
        state_reason: text(
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:depth transitioned to ALARM at Monday 4 May, 2026 12:00:00 UTC",
        ),
        state_reason_data: text(
            r#"{"triggeringAlarms":[{"arn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:depth","state":{"value":"ALARM","timestamp":"2026-05-04T12:00:00.000+0000"}}]}"#,
        ),
        state_updated_timestamp: Some(QUARTER_PAST),
        state_value: text("ALARM"),
        state_transitioned_timestamp: Some(QUARTER_PAST),
        actions_suppressed_by: text("WaitPeriod"),
        actions_suppressed_reason: text("Actions suppressed by WaitPeriod"),
        actions_suppressor: text("deploy"),
        actions_suppressor_wait_period: Some(120),
        actions_suppressor_extension_period: Some(60),
        action_configuration: None,
    }
}
