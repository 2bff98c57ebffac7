//! What is encoded and decoded again is what it was, whichever members are there.

use std::fmt::Debug;

use nepho_protocol::codec::{decode, query};
use nepho_protocol::shapes::action_configuration::ActionConfiguration;
use nepho_protocol::shapes::describe_alarm_contributors::{AlarmContributor, DescribeAlarmContributorsOutput};
use nepho_protocol::shapes::describe_alarm_history::{
    AlarmHistoryItem, DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput,
};
use nepho_protocol::shapes::describe_alarms::{DescribeAlarmsInput, DescribeAlarmsOutput};
use nepho_protocol::shapes::evaluation::{EvaluationWindow, SlidingWindow, WallClockWindow, WarmUpConfiguration};
use nepho_protocol::shapes::log_alarm::{LogAlarm, ScheduleConfiguration, ScheduledQueryConfiguration};
use nepho_protocol::shapes::metric_alarm::MetricAlarm;
use nepho_protocol::shapes::mute_rules::PutAlarmMuteRuleInput;
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use nepho_protocol::value::Double;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::samples::{NOON, QUARTER_PAST, attributes, minimal_alarm, suppressed_alarm, text, texts};
use crate::fixtures::{
    DESCRIBE_ALARM_HISTORY, DESCRIBE_ALARMS, PUT_ALARM_MUTE_RULE, PUT_COMPOSITE_ALARM, PUT_METRIC_ALARM,
    PUT_METRIC_ALARM_BAND, Recorded,
};
use crate::form::form;
use crate::round_trip::through_json_and_cbor;

/// What becomes of the members of a shape, in the order in which they are met.
type Fates = Vec<Fate>;

#[derive(Debug, Clone)]
enum Fate {
    Stays,
    Goes,
    /// A text becomes this one.
    Text(String),
}

fn fates() -> impl Strategy<Value = Fates> {
    let fate = prop_oneof![3 => Just(Fate::Stays), 2 => Just(Fate::Goes), 2 => any::<String>().prop_map(Fate::Text)];
    proptest::collection::vec(fate, 1..40)
}

/// The shape with members left out and texts replaced.
fn changed<T: Serialize + for<'de> Deserialize<'de>>(shape: &T, fates: &Fates) -> T {
    let mut value = serde_json::to_value(shape).unwrap();
    change(&mut value, &mut fates.iter().cycle());
    serde_json::from_value(value).unwrap()
}

fn change<'a>(value: &mut Value, fates: &mut impl Iterator<Item = &'a Fate>) {
    let is_time = |name: &str| name.ends_with("Date") || name.ends_with("Timestamp");
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, fates)),
        Value::Object(members) => members.retain(|name, member| match (fates.next(), &member) {
            (Some(Fate::Goes), _) => false,
            (Some(Fate::Text(text)), Value::String(_)) if !is_time(name) => {
                *member = Value::String(text.clone());
                true
            }
            _ => {
                change(member, fates);
                true
            }
        }),
        _ => {}
    }
}

/// A recorded request as a shape.
fn shape<T: Deserialize<'static>>(recorded: &Recorded) -> T {
    let (protocol, body) = recorded.all()[1];
    decode(protocol, body).unwrap()
}

#[track_caller]
fn through_all_three<T>(input: &T)
where
    T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug,
{
    through_json_and_cbor(input);
    let form = form(input);
    assert_eq!(&query::from_slice::<T>(form.as_bytes()).unwrap(), input, "{form}");
}

/// Requests on alarms with every member that there is.
fn full_metric_alarm() -> PutMetricAlarmInput {
    let band: PutMetricAlarmInput = shape(&PUT_METRIC_ALARM_BAND);
    PutMetricAlarmInput {
        statistic: text("Sum"),
        metrics: band.metrics,
        threshold_metric_id: band.threshold_metric_id,
        evaluation_criteria: band.evaluation_criteria,
        evaluation_interval: band.evaluation_interval,
        evaluation_window: Some(EvaluationWindow {
            sliding_window: Some(SlidingWindow {}),
            wall_clock_window: Some(WallClockWindow { timezone: text("UTC") }),
        }),
        warm_up_configuration: Some(WarmUpConfiguration {
            warm_up_period_duration_in_minutes: Some(1),
            only_start_evaluating_after_warm_up_period_ends: Some(true),
        }),
        action_configuration: Some(ActionConfiguration::default()),
        ..shape(&PUT_METRIC_ALARM)
    }
}

fn full_describe_alarms() -> DescribeAlarmsOutput {
    let put = full_metric_alarm();
    let metric_alarm = MetricAlarm {
        alarm_description: put.alarm_description,
        extended_statistic: put.extended_statistic,
        unit: put.unit,
        metrics: put.metrics,
        datapoints_to_alarm: Some(1),
        evaluation_window: put.evaluation_window,
        warm_up_configuration: put.warm_up_configuration.clone(),
        ..minimal_alarm()
    };
    let log_alarm = LogAlarm {
        alarm_name: text("log"),
        threshold: Some(Double(1.5)),
        state_updated_timestamp: Some(QUARTER_PAST),
        scheduled_query_configuration: Some(ScheduledQueryConfiguration {
            query_string: text("filter level = 'ERROR'"),
            log_group_identifiers: texts(&["/a", "/b"]),
            query_arn: text("arn:q"),
            scheduled_query_role_arn: text("arn:r"),
            schedule_configuration: Some(ScheduleConfiguration {
                schedule_expression: text("rate(5 minutes)"),
                start_time_offset: Some(-300),
                end_time_offset: None,
            }),
            aggregation_expression: text("count(*)"),
            tags: Some(Vec::new()),
        }),
        query_results_to_alarm: Some(1),
        warm_up_configuration: put.warm_up_configuration,
        ..LogAlarm::default()
    };
    DescribeAlarmsOutput {
        composite_alarms: Some(vec![suppressed_alarm()]),
        metric_alarms: Some(vec![metric_alarm]),
        log_alarms: Some(vec![log_alarm]),
        next_token: text("t"),
    }
}

fn full_history() -> DescribeAlarmHistoryOutput {
    let item = AlarmHistoryItem {
        alarm_name: text("a"),
        alarm_contributor_id: text("6d442278dba546f6"),
        alarm_type: text("MetricAlarm"),
        timestamp: Some(NOON),
        history_item_type: text("Action"),
        history_summary: text("Successfully executed action arn"),
        history_data: text("{}"),
        alarm_contributor_attributes: attributes(&[("a", "b"), ("c", "d")]),
    };
    DescribeAlarmHistoryOutput { alarm_history_items: Some(vec![item.clone(), item]), next_token: text("t") }
}

fn full_contributors() -> DescribeAlarmContributorsOutput {
    let contributor = AlarmContributor {
        contributor_id: text("6d442278dba546f6"),
        contributor_attributes: attributes(&[("a", "b")]),
        state_reason: text("because"),
        state_transitioned_timestamp: Some(QUARTER_PAST),
    };
    DescribeAlarmContributorsOutput { alarm_contributors: Some(vec![contributor]), next_token: text("t") }
}

proptest! {
    #[test]
    fn requests(fates in fates()) {
        through_all_three(&changed(&full_metric_alarm(), &fates));
        through_all_three(&changed::<PutCompositeAlarmInput>(&shape(&PUT_COMPOSITE_ALARM), &fates));
        through_all_three(&changed::<DescribeAlarmsInput>(&shape(&DESCRIBE_ALARMS), &fates));
        through_all_three(&changed::<DescribeAlarmHistoryInput>(&shape(&DESCRIBE_ALARM_HISTORY), &fates));
        through_all_three(&changed::<PutAlarmMuteRuleInput>(&shape(&PUT_ALARM_MUTE_RULE), &fates));
    }

    #[test]
    fn responses(fates in fates()) {
        through_json_and_cbor(&changed(&full_describe_alarms(), &fates));
        through_json_and_cbor(&changed(&full_history(), &fates));
        through_json_and_cbor(&changed(&full_contributors(), &fates));
    }
}
