//! What alarms publish, and what functions are invoked with.

use nepho_engine::alarm::text::{Messages, lambda_payload, messages, state_change_detail};
use nepho_engine::alarm::{MetricAlarm, Parameters, RunCause};

use super::text::{alarm, change, parameters, scope, time, zones};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ops";

fn message(alarm: &MetricAlarm, points: &str) -> Messages {
    let change = change(alarm, "OK", "2024-05-01T10:05:00.123Z", points);
    messages(alarm, &RunCause::Change(change), time("2024-05-01T10:00:00Z"), false)
}

fn described(text: &str) -> MetricAlarm {
    let parameters = Parameters {
        alarm_name: Some("High CPU & more".to_owned()),
        alarm_description: Some("Too \"busy\"".to_owned()),
        ..parameters(text)
    };
    MetricAlarm::new(&scope(), &parameters, &zones).unwrap()
}

fn cpu() -> MetricAlarm {
    described(&format!(
        "namespace=AWS/EC2 metric=CPUUtilization dimensions=InstanceId:i-1 period=300 threshold=21 treat=ignore M=1 \
         alarm={TOPIC}"
    ))
}

#[test]
fn a_message_about_one_metric() {
    let Messages { subject, default, sms, .. } = message(&cpu(), "21.5");
    assert_eq!(subject, r#"ALARM: "High CPU & more" in US East (N. Virginia)"#);
    assert_eq!(sms, subject);
    let expected = concat!(
        r#"{"AlarmName":"High CPU & more","AlarmDescription":"Too \"busy\"","AWSAccountId":"123456789012","#,
        r#""AlarmConfigurationUpdatedTimestamp":"2024-05-01T10:00:00.000+0000","NewStateValue":"ALARM","#,
        r#""NewStateReason":"Threshold Crossed: 1 out of the last 1 datapoints [21.5 (01/05/24 10:00:00)] was greater "#,
        r#"than the threshold (21.0) (minimum 1 datapoint for OK -> ALARM transition).","#,
        r#""StateChangeTime":"2024-05-01T10:05:00.123+0000","Region":"US East (N. Virginia)","#,
        r#""AlarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:High CPU & more","OldStateValue":"OK","#,
        r#""ActionExecutedAfterMuteWindow":false,"OKActions":[],"#,
        r#""AlarmActions":["arn:aws:sns:us-east-1:123456789012:ops"],"InsufficientDataActions":[],"#,
        r#""Trigger":{"MetricName":"CPUUtilization","Namespace":"AWS/EC2","StatisticType":"Statistic","#,
        r#""Statistic":"AVERAGE","Unit":null,"Dimensions":[{"value":"i-1","name":"InstanceId"}],"Period":300,"#,
        r#""EvaluationPeriods":1,"DatapointsToAlarm":1,"ComparisonOperator":"GreaterThanThreshold","Threshold":21.0,"#,
        r#""TreatMissingData":"ignore","EvaluateLowSampleCountPercentile":""}}"#
    );
    assert_eq!(default, expected);
}

fn trigger(text: &str, points: &str) -> String {
    let default = message(&alarm(text), points).default;
    default.split_once(r#""Trigger":"#).unwrap().1.strip_suffix('}').unwrap().to_owned()
}

#[test]
fn triggers_say_what_is_monitored() {
    let cases = [
        (
            "stat=SampleCount unit=Milliseconds N=2 threshold=0",
            "9 9",
            concat!(
                r#"{"MetricName":"Latency","Namespace":"Shop","StatisticType":"Statistic","Statistic":"SAMPLE_COUNT","#,
                r#""Unit":"Milliseconds","Dimensions":[],"Period":60,"EvaluationPeriods":2,"#,
                r#""ComparisonOperator":"GreaterThanThreshold","Threshold":0.0,"TreatMissingData":"","#,
                r#""EvaluateLowSampleCountPercentile":""}"#
            ),
        ),
        (
            "stat= extended=p99 low=evaluate",
            "9",
            concat!(
                r#"{"MetricName":"Latency","Namespace":"Shop","StatisticType":"ExtendedStatistic","#,
                r#""ExtendedStatistic":"p99","Unit":null,"Dimensions":[],"Period":60,"EvaluationPeriods":1,"#,
                r#""ComparisonOperator":"GreaterThanThreshold","Threshold":5.0,"TreatMissingData":"","#,
                r#""EvaluateLowSampleCountPercentile":"evaluate"}"#
            ),
        ),
        (
            "treat=missing
            m1: Shop Errors Sum 60 hidden unit=Milliseconds dimensions=Host:a account=123456789012
            e1 = m1 * 2 ; period=60 label=twice",
            "9",
            concat!(
                r#"{"Period":60,"EvaluationPeriods":1,"ComparisonOperator":"GreaterThanThreshold","Threshold":5.0,"#,
                r#""TreatMissingData":"missing","EvaluateLowSampleCountPercentile":"","Metrics":[{"Id":"m1","#,
                r#""MetricStat":{"Metric":{"Dimensions":[{"value":"a","name":"Host"}],"MetricName":"Errors","#,
                r#""Namespace":"Shop"},"Period":60,"Stat":"Sum","Unit":"Milliseconds"},"ReturnData":false,"#,
                r#""AccountId":"123456789012"},{"Expression":"m1 * 2","Id":"e1","Label":"twice","Period":60,"#,
                r#""ReturnData":true}]}"#
            ),
        ),
    ];
    for (text, points, expected) in cases {
        assert_eq!(trigger(text, points), expected, "{text}");
    }
}

#[test]
fn an_email_about_one_metric() {
    let expected = r#"You are receiving this email because your Amazon CloudWatch Alarm "High CPU & more" in the US East (N. Virginia) region has entered the ALARM state, because "Threshold Crossed: 1 out of the last 1 datapoints [21.5 (01/05/24 10:00:00)] was greater than the threshold (21.0) (minimum 1 datapoint for OK -> ALARM transition)." at "Wednesday 1 May, 2024 10:05:00 UTC".

View this alarm in the AWS Management Console:
https://us-east-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=us-east-1#alarmsV2:alarm/High%20CPU%20%26%20more

Alarm Details:
- Name:                       High CPU & more
- Description:                Too "busy"
- State Change:               OK -> ALARM
- Reason for State Change:    Threshold Crossed: 1 out of the last 1 datapoints [21.5 (01/05/24 10:00:00)] was greater than the threshold (21.0) (minimum 1 datapoint for OK -> ALARM transition).
- Timestamp:                  Wednesday 1 May, 2024 10:05:00 UTC
- AWS Account:                123456789012
- Alarm Arn:                  arn:aws:cloudwatch:us-east-1:123456789012:alarm:High CPU & more

Threshold:
- The alarm is in the ALARM state when the metric is GreaterThanThreshold 21.0 for at least 1 of the last 1 period(s) of 300 seconds. 

Monitored Metric:
- MetricNamespace:                     AWS/EC2
- MetricName:                          CPUUtilization
- Dimensions:                          [InstanceId = i-1]
- Period:                              300 seconds
- Statistic:                           Average
- Unit:                                not specified
- TreatMissingData:                    ignore


State Change Actions:
- OK: 
- ALARM: [arn:aws:sns:us-east-1:123456789012:ops]
- INSUFFICIENT_DATA: 
"#;
    assert_eq!(message(&cpu(), "21.5").email, expected);
}

#[test]
fn an_email_about_several_metrics() {
    let alarm = alarm(&format!(
        "N=3 M=2 ok={TOPIC},{TOPIC}
        m1: Shop Errors Sum 60 hidden dimensions=Host:a,Az:b unit=Milliseconds
        e1 = m1 * 2"
    ));
    let email = message(&alarm, "9 9 9").email;
    let part = email.split_once("\nThreshold:").unwrap().1;
    let expected = "
- The alarm is in the ALARM state when the metric is GreaterThanThreshold 5.0 for at least 2 of the last 3 period(s) of 60 seconds. 

Monitored Metrics:
- MetricNamespace:                     Shop
- MetricName:                          Errors
- Dimensions:                          [Az = b] [Host = a]
- Period:                              60 seconds
- Statistic:                           Sum
- Unit:                                Milliseconds
- MetricExpression:                    m1 * 2
- MetricLabel:                         e1


State Change Actions:
- OK: [arn:aws:sns:us-east-1:123456789012:ops] [arn:aws:sns:us-east-1:123456789012:ops]
- ALARM: 
- INSUFFICIENT_DATA: 
";
    assert_eq!(part, expected);
}

#[test]
fn a_message_that_a_mute_rule_has_kept() {
    let alarm = cpu();
    let change = change(&alarm, "OK", "2024-05-01T10:05:00.123Z", "21.5");
    let messages = messages(&alarm, &RunCause::Change(change), time("2024-05-01T10:00:00Z"), true);
    assert!(messages.default.contains(r#""ActionExecutedAfterMuteWindow":true,"#));
    let published: serde_json::Value = serde_json::from_str(&messages.published()).unwrap();
    assert_eq!(published["default"], messages.default);
    assert_eq!(published["sms"], messages.sms);
    assert_eq!(published["email"], messages.email);
}

#[test]
fn events_tell_of_the_states_and_the_configuration() {
    let alarm = cpu();
    let change = change(&alarm, "OK", "2024-05-01T10:05:00.123Z", "21.5");
    let detail: serde_json::Value = serde_json::from_str(&state_change_detail(&alarm, &change)).unwrap();
    let id = detail["configuration"]["metrics"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    let expected = serde_json::json!({
        "alarmName": "High CPU & more",
        "state": {
            "value": "ALARM",
            "reason": change.to.reason,
            "reasonData": change.to.reason_data,
            "timestamp": "2024-05-01T10:05:00.123+0000",
        },
        "previousState": { "value": "OK", "reason": "before", "timestamp": "2026-05-03T12:00:00.000+0000" },
        "configuration": {
            "description": "Too \"busy\"",
            "metrics": [{
                "id": id,
                "metricStat": {
                    "metric": {
                        "namespace": "AWS/EC2",
                        "name": "CPUUtilization",
                        "dimensions": { "InstanceId": "i-1" },
                    },
                    "period": 300,
                    "stat": "Average",
                },
                "returnData": true,
            }],
        },
    });
    assert_eq!(detail, expected);
    let payload = lambda_payload(&alarm, &RunCause::Change(change));
    let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
    let expected = serde_json::json!({
        "source": "aws.cloudwatch",
        "alarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:High CPU & more",
        "accountId": "123456789012",
        "time": "2024-05-01T10:05:00.123+0000",
        "region": "us-east-1",
        "alarmData": expected,
    });
    assert_eq!(payload, expected);
}
