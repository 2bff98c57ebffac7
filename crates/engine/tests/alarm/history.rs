//! Items of an alarm's history.

use nepho_engine::alarm::text::{
    ActionOutcome, ConfigurationChange, ConfigurationFields, HistoryItemType, MAX_HISTORY_DATA, Suppressed,
    action_item, configuration_item, state_item,
};
use nepho_engine::alarm::{AlarmStatus, MetricAlarm, StateChange, StateSnapshot};
use nepho_model::AlarmState;

use super::text::{NOON, alarm, change, time};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ops";

#[test]
fn an_update_of_the_state() {
    let alarm = alarm("threshold=21 M=1");
    let change = change(&alarm, "OK", "2024-05-01T10:05:00.123Z", "21.5");
    let item = state_item(&change, None);
    assert_eq!((item.kind, item.summary.as_str()), (HistoryItemType::StateUpdate, "Alarm updated from OK to ALARM"));
    let expected = concat!(
        r#"{"version":"1.0","oldState":{"stateValue":"OK","stateReason":"before"},"newState":{"stateValue":"ALARM","#,
        r#""stateReason":"Threshold Crossed: 1 out of the last 1 datapoints [21.5 (01/05/24 10:04:00)] was greater than "#,
        r#"the threshold (21.0) (minimum 1 datapoint for OK -> ALARM transition).","#,
        r#""stateReasonData":{"version":"1.0","queryDate":"2024-05-01T10:05:00.123+0000","#,
        r#""startDate":"2024-05-01T10:04:00.000+0000","statistic":"Average","period":60,"recentDatapoints":[21.5],"#,
        r#""threshold":21.0,"evaluatedDatapoints":[{"timestamp":"2024-05-01T10:04:00.000+0000","sampleCount":1.0,"#,
        r#""value":21.5}]}}}"#
    );
    assert_eq!(item.data, expected);
    let suppressed = Suppressed { by: "Alarm", reason: "Actions suppressed by x" };
    let item = state_item(&change, Some(suppressed));
    let end = r#"}},"actionsSuppressedBy":"Alarm","actionsSuppressedReason":"Actions suppressed by x"}"#;
    assert!(item.data.ends_with(end), "{}", item.data);
}

#[test]
fn an_update_that_is_too_long_lacks_reason_data() {
    let state = |value, length: usize| StateSnapshot {
        value,
        reason: String::new(),
        reason_data: Some(format!("\"{}\"", "x".repeat(length - 2))),
        updated: NOON,
    };
    let item = |old, new| {
        state_item(&StateChange { from: state(AlarmState::Ok, old), to: state(AlarmState::Alarm, new) }, None).data
    };
    let around = item(10, 10).len() - 20;
    let fits = MAX_HISTORY_DATA - around;
    assert_eq!(item(10, fits - 10).len(), MAX_HISTORY_DATA);
    assert!(!item(10, fits - 9).contains(r#""oldState":{"stateValue":"OK","stateReason":"","stateReasonData""#));
    assert_eq!(item(10, fits - 9).matches("stateReasonData").count(), 1);
    assert_eq!(item(10, 4095).matches("stateReasonData").count(), 0);
}

fn fields(alarm: &MetricAlarm) -> ConfigurationFields {
    ConfigurationFields::of(alarm, &AlarmStatus::created(alarm, NOON), NOON)
}

#[test]
fn an_alarm_was_created_put_anew_and_deleted() {
    let before = alarm(&format!("treat=ignore alarm={TOPIC} dimensions=Host:a"));
    let item = configuration_item("Slow", &fields(&before), ConfigurationChange::Created);
    assert_eq!((item.kind, item.summary.as_str()), (HistoryItemType::ConfigurationUpdate, "Alarm \"Slow\" created"));
    let expected = concat!(
        r#"{"version":"1.0","type":"Create","createdAlarm":{"alarmName":"Slow","#,
        r#""alarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:Slow","#,
        r#""alarmConfigurationUpdatedTimestamp":"2026-05-04T12:00:00.000+0000","namespace":"Shop","#,
        r#""metricName":"Latency","extendedStatistic":"AVERAGE","period":60,"#,
        r#""dimensions":[{"name":"Host","value":"a"}],"threshold":5.0,"comparisonOperator":"GreaterThanThreshold","#,
        r#""evaluationPeriods":1,"treatMissingData":"ignore","stateValue":"INSUFFICIENT_DATA","#,
        r#""stateUpdatedTimestamp":"2026-05-04T12:00:00.000+0000","actionsEnabled":true,"#,
        r#""alarmActions":["arn:aws:sns:us-east-1:123456789012:ops"],"insufficientDataActions":[],"okactions":[]}}"#
    );
    assert_eq!(item.data, expected);
    let after = alarm("threshold=6 M=1 dimensions=Host:a");
    let (old, new) = (fields(&before), fields(&after));
    let item = configuration_item("Slow", &new, ConfigurationChange::Updated(&old));
    assert_eq!(item.summary, "Alarm \"Slow\" updated");
    assert!(item.data.starts_with(r#"{"version":"1.0","type":"Update","updatedAlarm":{"alarmName":"Slow","#));
    let end = concat!(
        r#""originalUpdatedFields":{"threshold":5.0,"treatMissingData":"ignore","#,
        r#""alarmActions":["arn:aws:sns:us-east-1:123456789012:ops"],"datapointsToAlarm":null}}"#
    );
    assert!(item.data.ends_with(end), "{}", item.data);
    let item = configuration_item("Slow", &new, ConfigurationChange::Deleted);
    assert_eq!(item.summary, "Alarm \"Slow\" deleted");
    assert!(item.data.starts_with(r#"{"version":"1.0","type":"Delete","deletedAlarm":{"alarmName":"Slow","#));
}

#[test]
fn a_configuration_that_is_too_long_lacks_its_metrics() {
    let list = |length: usize| alarm(&format!("\n m1: Shop Errors Sum 60 hidden\n e1 = m1 * 0.{}", "1".repeat(length)));
    let data = |length| configuration_item("Slow", &fields(&list(length)), ConfigurationChange::Created).data;
    assert!(
        data(10).contains(r#""metrics":[{"id":"m1","metricStat":{"metric":{"namespace":"Shop","metricName":"Errors","#)
    );
    assert!(data(2000).contains(r#""metrics":[{"id":"m1""#));
    let (short, long) = (fields(&list(10)), fields(&list(2000)));
    let update = configuration_item("Slow", &long, ConfigurationChange::Updated(&short)).data;
    assert_eq!(update.matches(r#""metrics":"#).count(), 2);
    let parts: String = (0..2).map(|at| format!("\n e{at} = m1 * 0.{} ; hidden", "1".repeat(1900))).collect();
    let longest = alarm(&format!("\n m1: Shop Errors Sum 60{parts}"));
    let data = configuration_item("Slow", &fields(&longest), ConfigurationChange::Created).data;
    assert!(!data.contains("metrics") && data.len() < MAX_HISTORY_DATA);
}

#[test]
fn what_became_of_an_action() {
    let updated = time("2024-05-01T10:05:00.123Z");
    let item = action_item(TOPIC, updated, Some("{}"), &ActionOutcome::Succeeded, None, None);
    assert_eq!(item.kind, HistoryItemType::Action);
    assert_eq!(item.summary, format!("Successfully executed action {TOPIC}"));
    let expected = concat!(
        r#"{"actionState":"Succeeded","stateUpdateTimestamp":1714557900123,"#,
        r#""notificationResource":"arn:aws:sns:us-east-1:123456789012:ops","publishedMessage":"{}","error":null,"#,
        r#""muteWindowEndTimestamp":null}"#
    );
    assert_eq!(item.data, expected);
    let error = "Nothing delivers it.".to_owned();
    let item = action_item(TOPIC, updated, None, &ActionOutcome::Failed { error }, Some(NOON), None);
    assert_eq!(item.summary, format!("Failed to execute action {TOPIC}. Nothing delivers it."));
    let expected = concat!(
        r#"{"actionState":"Failed","stateUpdateTimestamp":1714557900123,"#,
        r#""notificationResource":"arn:aws:sns:us-east-1:123456789012:ops","publishedMessage":null,"#,
        r#""error":"Nothing delivers it.","muteWindowEndTimestamp":1777896000000}"#
    );
    assert_eq!(item.data, expected);
    let long = "x".repeat(MAX_HISTORY_DATA);
    let item = action_item(TOPIC, updated, Some(&long), &ActionOutcome::Succeeded, None, None);
    assert!(item.data.contains(r#""publishedMessage":null"#));
    let contributor = nepho_engine::alarm::Contributor::new(&[], &[]);
    let item = action_item(TOPIC, updated, None, &ActionOutcome::Succeeded, None, Some(&contributor));
    assert_eq!((item.kind, item.contributor), (HistoryItemType::AlarmContributorAction, Some(contributor)));
}

#[test]
fn kinds_of_items_have_names() {
    for kind in HistoryItemType::ALL {
        assert_eq!(HistoryItemType::parse(kind.as_str()), Some(kind));
    }
}
