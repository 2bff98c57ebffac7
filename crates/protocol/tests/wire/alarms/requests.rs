//! The same request through three protocols is the same shape.

use nepho_protocol::shapes::describe_alarm_contributors::DescribeAlarmContributorsInput;
use nepho_protocol::shapes::describe_alarm_history::DescribeAlarmHistoryInput;
use nepho_protocol::shapes::describe_alarms::DescribeAlarmsInput;
use nepho_protocol::shapes::describe_alarms_for_metric::DescribeAlarmsForMetricInput;
use nepho_protocol::shapes::evaluation::{AlarmPromQLCriteria, EvaluationCriteria};
use nepho_protocol::shapes::get_metric_data::{MetricDataQuery, MetricStat};
use nepho_protocol::shapes::mute_rules::{
    DeleteAlarmMuteRuleInput, GetAlarmMuteRuleInput, ListAlarmMuteRulesInput, MuteTargets, PutAlarmMuteRuleInput, Rule,
    Schedule,
};
use nepho_protocol::shapes::named_alarms::{DeleteAlarmsInput, DisableAlarmActionsInput, EnableAlarmActionsInput};
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use nepho_protocol::shapes::set_alarm_state::SetAlarmStateInput;
use nepho_protocol::shapes::{Dimension, Metric, Tag};
use nepho_protocol::value::Double;

use super::samples::{NOON, text, texts};
use crate::fixtures::{
    DESCRIBE_ALARM_HISTORY, DESCRIBE_ALARMS, PUT_ALARM_MUTE_RULE, PUT_COMPOSITE_ALARM, PUT_METRIC_ALARM,
    PUT_METRIC_ALARM_BAND, Recorded,
};
use crate::requests::check;

#[test]
fn put_metric_alarm() {
    let expect = PutMetricAlarmInput {
        alarm_name: text("queue <depth> & \"more\""),
        alarm_description: text("Runbook: see \"wiki\"\n1 < 2"),
        actions_enabled: Some(true),
        ok_actions: texts(&[]),
        alarm_actions: texts(&["arn:aws:sns:us-east-1:123456789012:ops"]),
        insufficient_data_actions: texts(&[]),
        metric_name: text("Depth"),
        namespace: text("Shop"),
        extended_statistic: text("p99.9"),
        dimensions: Some(vec![Dimension { name: text("Queue"), value: text("orders") }]),
        period: Some(60),
        unit: text("Count"),
        evaluation_periods: Some(3),
        datapoints_to_alarm: Some(2),
        threshold: Some(Double(10.5)),
        comparison_operator: text("GreaterThanThreshold"),
        treat_missing_data: text("notBreaching"),
        evaluate_low_sample_count_percentile: text("ignore"),
        tags: Some(vec![Tag { key: text("team"), value: text("") }]),
        ..PutMetricAlarmInput::default()
    };
    check(&PUT_METRIC_ALARM, &expect);
}

#[test]
fn put_metric_alarm_on_a_band() {
    let metric = MetricDataQuery {
        id: text("m1"),
        metric_stat: Some(MetricStat {
            metric: Some(Metric {
                namespace: text("Shop"),
                metric_name: text("Errors"),
                dimensions: Some(vec![Dimension { name: text("a"), value: text("b") }]),
            }),
            period: Some(300),
            stat: text("Sum"),
            unit: text("Count"),
        }),
        return_data: Some(true),
        account_id: text("123456789012"),
        ..MetricDataQuery::default()
    };
    let band = MetricDataQuery {
        id: text("ad1"),
        expression: text("ANOMALY_DETECTION_BAND(m1, 2)"),
        label: text("band"),
        return_data: Some(true),
        period: Some(300),
        ..MetricDataQuery::default()
    };
    let query = AlarmPromQLCriteria { query: text("up == 0"), pending_period: Some(60), recovery_period: Some(0) };
    let expect = PutMetricAlarmInput {
        alarm_name: text("error rate"),
        evaluation_periods: Some(2),
        comparison_operator: text("LessThanLowerOrGreaterThanUpperThreshold"),
        metrics: Some(vec![metric, band]),
        threshold_metric_id: text("ad1"),
        evaluation_criteria: Some(EvaluationCriteria { prom_ql_criteria: Some(query) }),
        evaluation_interval: Some(60),
        ..PutMetricAlarmInput::default()
    };
    check(&PUT_METRIC_ALARM_BAND, &expect);
}

#[test]
fn put_composite_alarm() {
    let expect = PutCompositeAlarmInput {
        alarm_name: text("shop"),
        alarm_rule: text("ALARM(\"queue depth\") AND NOT OK(b)"),
        alarm_description: text(""),
        actions_enabled: Some(false),
        alarm_actions: texts(&["arn:a", "arn:b"]),
        ok_actions: texts(&["arn:a"]),
        insufficient_data_actions: texts(&[]),
        actions_suppressor: text("arn:aws:cloudwatch:us-east-1:123456789012:alarm:deploy"),
        actions_suppressor_wait_period: Some(120),
        actions_suppressor_extension_period: Some(0),
        tags: Some(vec![Tag { key: text("k"), value: text("v") }]),
        action_configuration: None,
    };
    check(&PUT_COMPOSITE_ALARM, &expect);
}

#[test]
fn describe_alarms() {
    let expect = DescribeAlarmsInput {
        alarm_names: texts(&["a", "b c"]),
        alarm_types: texts(&["MetricAlarm", "CompositeAlarm"]),
        state_value: text("ALARM"),
        action_prefix: text("arn:aws:sns"),
        max_records: Some(100),
        next_token: text("x=="),
        ..DescribeAlarmsInput::default()
    };
    check(&DESCRIBE_ALARMS, &expect);
}

#[test]
fn describe_alarms_around_an_alarm() {
    let expect = DescribeAlarmsInput {
        children_of_alarm_name: text("a"),
        parents_of_alarm_name: text("b"),
        alarm_name_prefix: text("c"),
        ..DescribeAlarmsInput::default()
    };
    check(
        &Recorded {
            form: b"ChildrenOfAlarmName=a&ParentsOfAlarmName=b&AlarmNamePrefix=c",
            json: br#"{"ChildrenOfAlarmName":"a","ParentsOfAlarmName":"b","AlarmNamePrefix":"c"}"#,
            cbor: b"\xa3\x73ChildrenOfAlarmName\x61a\x72ParentsOfAlarmName\x61b\x6fAlarmNamePrefix\x61c",
        },
        &expect,
    );
}

#[test]
fn describe_alarms_for_metric() {
    let expect = DescribeAlarmsForMetricInput {
        metric_name: text("Depth"),
        namespace: text("Shop"),
        statistic: text("Sum"),
        extended_statistic: text("p90"),
        dimensions: Some(vec![Dimension { name: text("a"), value: text("b") }]),
        period: Some(60),
        unit: text("Count"),
    };
    check(
        &Recorded {
            form: b"MetricName=Depth&Namespace=Shop&Statistic=Sum&ExtendedStatistic=p90&Period=60&Unit=Count\
                    &Dimensions.member.1.Name=a&Dimensions.member.1.Value=b",
            json: br#"{"MetricName":"Depth","Namespace":"Shop","Statistic":"Sum","ExtendedStatistic":"p90",
                       "Dimensions":[{"Name":"a","Value":"b"}],"Period":60,"Unit":"Count"}"#,
            cbor: b"\xa7\x6aMetricName\x65Depth\x69Namespace\x64Shop\x69Statistic\x63Sum\
                    \x71ExtendedStatistic\x63p90\x6aDimensions\x81\xa2\x64Name\x61a\x65Value\x61b\
                    \x66Period\x18\x3c\x64Unit\x65Count",
        },
        &expect,
    );
}

#[test]
fn describe_alarm_history() {
    let expect = DescribeAlarmHistoryInput {
        alarm_name: text("a"),
        alarm_contributor_id: text("6d442278dba546f6"),
        alarm_types: texts(&["CompositeAlarm"]),
        history_item_type: text("StateUpdate"),
        start_date: Some(NOON),
        end_date: Some(NOON),
        max_records: Some(1),
        scan_by: text("TimestampAscending"),
        next_token: None,
    };
    check(&DESCRIBE_ALARM_HISTORY, &expect);
}

#[test]
fn describe_alarm_contributors() {
    check(
        &Recorded {
            form: b"AlarmName=a&NextToken=t",
            json: br#"{"AlarmName":"a","NextToken":"t"}"#,
            cbor: b"\xa2\x69AlarmName\x61a\x69NextToken\x61t",
        },
        &DescribeAlarmContributorsInput { alarm_name: text("a"), next_token: text("t") },
    );
}

#[test]
fn set_alarm_state() {
    let expect = SetAlarmStateInput {
        alarm_name: text("a"),
        state_value: text("OK"),
        state_reason: text("test"),
        state_reason_data: text("{}"),
    };
    check(
        &Recorded {
            form: b"AlarmName=a&StateValue=OK&StateReason=test&StateReasonData=%7B%7D",
            json: br#"{"AlarmName":"a","StateValue":"OK","StateReason":"test","StateReasonData":"{}"}"#,
            cbor: b"\xa4\x69AlarmName\x61a\x6aStateValue\x62OK\x6bStateReason\x64test\x6fStateReasonData\x62{}",
        },
        &expect,
    );
}

#[test]
fn alarms_by_name() {
    let recorded = Recorded {
        form: b"AlarmNames.member.1=a&AlarmNames.member.2=b",
        json: br#"{"AlarmNames":["a","b"]}"#,
        cbor: b"\xa1\x6aAlarmNames\x82\x61a\x61b",
    };
    check(&recorded, &DeleteAlarmsInput { alarm_names: texts(&["a", "b"]) });
    check(&recorded, &EnableAlarmActionsInput { alarm_names: texts(&["a", "b"]) });
    check(&recorded, &DisableAlarmActionsInput { alarm_names: texts(&["a", "b"]) });
}

#[test]
fn put_alarm_mute_rule() {
    let expect = PutAlarmMuteRuleInput {
        name: text("nights"),
        description: text("no calls at night"),
        rule: Some(Rule {
            schedule: Some(Schedule {
                expression: text("cron(0 22 * * MON-FRI)"),
                duration: text("PT8H"),
                timezone: text("Europe/Berlin"),
            }),
        }),
        mute_targets: Some(MuteTargets { alarm_names: texts(&["a", "b"]) }),
        tags: Some(vec![Tag { key: text("k"), value: text("v") }]),
        start_date: Some(NOON),
        expire_date: Some(NOON),
    };
    check(&PUT_ALARM_MUTE_RULE, &expect);
}

#[test]
fn mute_rules_by_name() {
    let recorded = Recorded {
        form: b"AlarmMuteRuleName=nights",
        json: br#"{"AlarmMuteRuleName":"nights"}"#,
        cbor: b"\xa1\x71AlarmMuteRuleName\x66nights",
    };
    check(&recorded, &GetAlarmMuteRuleInput { alarm_mute_rule_name: text("nights") });
    check(&recorded, &DeleteAlarmMuteRuleInput { alarm_mute_rule_name: text("nights") });
}

#[test]
fn list_alarm_mute_rules() {
    let expect = ListAlarmMuteRulesInput {
        alarm_name: text("a"),
        statuses: texts(&["ACTIVE"]),
        max_records: Some(5),
        next_token: text("t"),
    };
    check(
        &Recorded {
            form: b"AlarmName=a&Statuses.member.1=ACTIVE&MaxRecords=5&NextToken=t",
            json: br#"{"AlarmName":"a","Statuses":["ACTIVE"],"MaxRecords":5,"NextToken":"t"}"#,
            cbor: b"\xa4\x69AlarmName\x61a\x68Statuses\x81\x66ACTIVE\x6aMaxRecords\x05\x69NextToken\x61t",
        },
        &expect,
    );
}
