//! Responses, byte for byte.

use nepho_protocol::Protocol;
use nepho_protocol::codec::encode;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::composite_alarm::CompositeAlarm;
use nepho_protocol::shapes::describe_alarm_contributors::{AlarmContributor, DescribeAlarmContributorsOutput};
use nepho_protocol::shapes::describe_alarm_history::{AlarmHistoryItem, DescribeAlarmHistoryOutput};
use nepho_protocol::shapes::describe_alarms::DescribeAlarmsOutput;
use nepho_protocol::shapes::describe_alarms_for_metric::DescribeAlarmsForMetricOutput;
use nepho_protocol::shapes::get_metric_data::MetricDataQuery;
use nepho_protocol::shapes::metric_alarm::MetricAlarm;
use nepho_protocol::shapes::mute_rules::{
    AlarmMuteRuleSummary, GetAlarmMuteRuleOutput, ListAlarmMuteRulesOutput, MuteTargets, Rule, Schedule,
};
use nepho_protocol::value::Double;

use super::samples::{NOON, QUARTER_PAST, attributes, minimal_alarm, suppressed_alarm, text, texts};
use crate::fixtures::{REQUEST_ID, cloudwatch};
use crate::responses::{check, golden};

/// What was not set is absent in all three protocols; lists of actions, dimensions and alarms are
/// there and empty.
#[test]
fn describe_alarms_that_are_minimal() {
    let output = DescribeAlarmsOutput {
        composite_alarms: Some(Vec::new()),
        metric_alarms: Some(vec![minimal_alarm()]),
        log_alarms: Some(Vec::new()),
        next_token: None,
    };
    check("DescribeAlarms", &output, golden!("DescribeAlarms-minimal"));
}

#[test]
fn describe_alarms_of_all_kinds() {
    let math = MetricAlarm {
        alarm_name: text("rate"),
        metrics: Some(vec![MetricDataQuery {
            id: text("e1"),
            expression: text("100 * m1 / m2"),
            return_data: Some(true),
            ..MetricDataQuery::default()
        }]),
        threshold: Some(Double(0.5)),
        treat_missing_data: text("ignore"),
        datapoints_to_alarm: Some(2),
        evaluation_state: text("PARTIAL_DATA"),
        state_reason_data: text("{\"version\":\"1.0\"}"),
        ..MetricAlarm::default()
    };
    let output = DescribeAlarmsOutput {
        composite_alarms: Some(vec![suppressed_alarm()]),
        metric_alarms: Some(vec![math]),
        log_alarms: Some(Vec::new()),
        next_token: text("t"),
    };
    check("DescribeAlarms", &output, golden!("DescribeAlarms"));
}

/// Children say in which state they are, parents only who they are.
#[test]
fn describe_alarms_around_an_alarm() {
    let parent = CompositeAlarm { alarm_name: text("p"), alarm_arn: text("arn:p"), ..CompositeAlarm::default() };
    let child = MetricAlarm {
        alarm_name: text("c"),
        alarm_arn: text("arn:c"),
        state_value: text("OK"),
        state_updated_timestamp: Some(NOON),
        ..MetricAlarm::default()
    };
    let output = DescribeAlarmsOutput {
        composite_alarms: Some(vec![parent]),
        metric_alarms: Some(vec![child]),
        ..DescribeAlarmsOutput::default()
    };
    for (protocol, expect) in [
        (
            Protocol::Query,
            "<DescribeAlarmsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><DescribeAlarmsResult>\
             <CompositeAlarms><member><AlarmArn>arn:p</AlarmArn><AlarmName>p</AlarmName></member></CompositeAlarms>\
             <MetricAlarms><member><AlarmName>c</AlarmName><AlarmArn>arn:c</AlarmArn><StateValue>OK</StateValue>\
             <StateUpdatedTimestamp>2026-05-04T12:00:00Z</StateUpdatedTimestamp></member></MetricAlarms>\
             </DescribeAlarmsResult><ResponseMetadata><RequestId>4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4</RequestId>\
             </ResponseMetadata></DescribeAlarmsResponse>",
        ),
        (
            Protocol::Json10,
            r#"{"CompositeAlarms":[{"AlarmArn":"arn:p","AlarmName":"p"}],"MetricAlarms":[{"AlarmName":"c","AlarmArn":"arn:c","StateValue":"OK","StateUpdatedTimestamp":1777896000.0}]}"#,
        ),
    ] {
        let response = encode(cloudwatch(protocol), "DescribeAlarms", &output, REQUEST_ID);
        assert_eq!(String::from_utf8_lossy(response.body()), expect);
    }
}

#[test]
fn describe_alarms_for_metric() {
    let output = DescribeAlarmsForMetricOutput { metric_alarms: Some(vec![minimal_alarm()]) };
    check("DescribeAlarmsForMetric", &output, golden!("DescribeAlarmsForMetric"));
}

#[test]
fn describe_alarm_history() {
    let of_alarm = AlarmHistoryItem {
        alarm_name: text("depth"),
        alarm_type: text("MetricAlarm"),
        timestamp: Some(QUARTER_PAST),
        history_item_type: text("StateUpdate"),
        history_summary: text("Alarm updated from OK to ALARM"),
        history_data: text(r#"{"version":"1.0","oldState":{"stateValue":"OK"}}"#),
        ..AlarmHistoryItem::default()
    };
    let of_contributor = AlarmHistoryItem {
        alarm_contributor_id: text("6d442278dba546f6"),
        alarm_contributor_attributes: attributes(&[("QueueName", "orders"), ("Zone", "a")]),
        history_item_type: text("AlarmContributorStateUpdate"),
        ..AlarmHistoryItem::default()
    };
    let output =
        DescribeAlarmHistoryOutput { alarm_history_items: Some(vec![of_alarm, of_contributor]), next_token: text("t") };
    check("DescribeAlarmHistory", &output, golden!("DescribeAlarmHistory"));
}

#[test]
fn describe_alarm_contributors() {
    let contributor = AlarmContributor {
        contributor_id: text("6d442278dba546f6"),
        contributor_attributes: attributes(&[("QueueName", "orders")]),
        state_reason: text("Threshold Crossed: 1 datapoint was less than the threshold (1.0)."),
        state_transitioned_timestamp: Some(NOON),
    };
    let output = DescribeAlarmContributorsOutput { alarm_contributors: Some(vec![contributor]), next_token: None };
    check("DescribeAlarmContributors", &output, golden!("DescribeAlarmContributors"));
}

#[test]
fn get_alarm_mute_rule() {
    let output = GetAlarmMuteRuleOutput {
        name: text("nights"),
        alarm_mute_rule_arn: text("arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:nights"),
        rule: Some(Rule {
            schedule: Some(Schedule {
                expression: text("cron(0 22 * * *)"),
                duration: text("PT8H"),
                timezone: text("UTC"),
            }),
        }),
        mute_targets: Some(MuteTargets { alarm_names: texts(&["depth"]) }),
        start_date: Some(NOON),
        status: text("SCHEDULED"),
        last_updated_timestamp: Some(QUARTER_PAST),
        mute_type: text("RECURRING"),
        ..GetAlarmMuteRuleOutput::default()
    };
    check("GetAlarmMuteRule", &output, golden!("GetAlarmMuteRule"));
}

#[test]
fn list_alarm_mute_rules() {
    let summary = AlarmMuteRuleSummary {
        alarm_mute_rule_arn: text("arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:nights"),
        expire_date: Some(NOON),
        status: text("ACTIVE"),
        mute_type: text("ONE_TIME"),
        last_updated_timestamp: Some(NOON),
    };
    let output = ListAlarmMuteRulesOutput { alarm_mute_rule_summaries: Some(vec![summary]), next_token: text("t") };
    check("ListAlarmMuteRules", &output, golden!("ListAlarmMuteRules"));
}

#[test]
fn operations_without_output_answer_nothing() {
    for operation in [
        "PutMetricAlarm",
        "PutCompositeAlarm",
        "SetAlarmState",
        "DeleteAlarms",
        "EnableAlarmActions",
        "DisableAlarmActions",
        "PutAlarmMuteRule",
        "DeleteAlarmMuteRule",
    ] {
        for protocol in [Protocol::Json10, Protocol::Cbor] {
            let response = encode(cloudwatch(protocol), operation, &NoOutput, REQUEST_ID);
            assert_eq!((response.status().as_u16(), response.body().len()), (200, 0), "{operation} {protocol:?}");
        }
        let response = encode(cloudwatch(Protocol::Query), operation, &NoOutput, REQUEST_ID);
        let expect = format!(
            "<{operation}Response xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><ResponseMetadata>\
             <RequestId>{REQUEST_ID}</RequestId></ResponseMetadata></{operation}Response>"
        );
        assert_eq!(String::from_utf8_lossy(response.body()), expect);
    }
}
