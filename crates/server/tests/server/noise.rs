//! Subscriptions that want to be spared some of what alarms say.

use http::StatusCode;
use serde_json::{Value, json};

use crate::sns::entry;
use crate::support::{NOON, Server};

const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";
const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:alerts";

impl Server {
    /// A topic with a queue that gets its messages by a noise policy. Answers the subscription.
    pub(crate) async fn spared(&self, policy: &str) -> String {
        assert_eq!(self.topic("alerts").await, TOPIC);
        let allow = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}});
        let queue = json!({"QueueName": "q", "Attributes": {"Policy": allow.to_string()}});
        assert_eq!(self.sqs("CreateQueue", &queue).await.status, StatusCode::OK);
        let parameters = [
            ("TopicArn", TOPIC),
            ("Protocol", "sqs"),
            ("Endpoint", QUEUE),
            ("Attributes.entry.1.key", "RawMessageDelivery"),
            ("Attributes.entry.1.value", "true"),
            ("Attributes.entry.2.key", "NoisePolicy"),
            ("Attributes.entry.2.value", policy),
        ];
        self.told("Subscribe", &parameters, "SubscriptionArn").await
    }

    /// An alarm that keeps the state which it is put into.
    pub(crate) async fn alarm(&self, name: &str, description: &str) {
        let alarm = json!({
            "AlarmName": name, "AlarmDescription": description, "Namespace": "Shop", "MetricName": "Errors",
            "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "TreatMissingData": "ignore",
            "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [TOPIC], "OKActions": [TOPIC],
        });
        self.ask("PutMetricAlarm", &alarm).await;
    }

    async fn change(&self, name: &str, state: &str) {
        let change = json!({"AlarmName": name, "StateValue": state, "StateReason": "testing"});
        self.ask("SetAlarmState", &change).await;
        self.advance("PT0S").await;
    }

    /// What has come to the queue since this was asked last: name, state and kind of note of each message.
    async fn come(&self) -> Vec<String> {
        let url = "/000000000000/q";
        let receive = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
        let received = self.sqs("ReceiveMessage", &receive).await.json();
        let mut come = Vec::new();
        for message in received["Messages"].as_array().into_iter().flatten() {
            let alarm: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let kinds = [&alarm["NephoscopeNoise"]["Kind"], &alarm["NephoscopeGroup"]["Kind"]].map(text).concat();
            come.push(format!("{} {} {kinds}", text(&alarm["AlarmName"]), text(&alarm["NewStateValue"])));
            let gone = json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]});
            self.sqs("DeleteMessage", &gone).await;
        }
        come.sort();
        come.iter().map(|line| line.trim_end().to_owned()).collect()
    }

    /// How many deliveries stand so.
    pub(crate) async fn standing(&self, state: &str) -> usize {
        let answer = self.get(&format!("/deliveries?state={state}")).await;
        answer.json()["Deliveries"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn repeats_are_folded_and_the_ledger_says_into_what_also_after_a_restart() {
    let server = Server::start().await;
    let arn = server.spared(r#"{"deduplicationPolicy": {"windowSeconds": 300}}"#).await;
    let get = server.sns("GetSubscriptionAttributes", &[("SubscriptionArn", &arn)]).await;
    let shown = entry(&get, "NoisePolicy").unwrap();
    assert_eq!(shown, r#"{"deduplicationPolicy": {"windowSeconds": 300}}"#);
    server.alarm("load", "").await;
    for state in ["ALARM", "OK", "ALARM", "OK"] {
        server.change("load", state).await;
    }
    assert_eq!(server.come().await, ["load ALARM", "load OK"]);
    assert_eq!(server.standing("held").await, 2);
    // What somebody publishes is no alarm's.
    server.told("Publish", &[("TopicArn", TOPIC), ("Message", "{}")], "MessageId").await;
    server.advance("PT0S").await;
    assert_eq!(server.come().await, [""]);

    let server = server.again(NOON + 60).await;
    server.advance("PT239S").await;
    assert_eq!(server.come().await, [""; 0]);
    server.advance("PT1S").await;
    assert_eq!(server.come().await, ["load OK Repeats"]);
    let folded = server.get("/deliveries?state=folded").await.json()["Deliveries"].clone();
    let newest = server.get("/deliveries?limit=1").await.json()["Deliveries"][0].clone();
    assert_eq!((newest["State"].as_str(), folded.as_array().unwrap().len()), (Some("delivered"), 2));
    assert!(newest["Subject"].as_str().unwrap().ends_with(" (2 changes)"), "{newest}");
    for one in folded.as_array().unwrap() {
        assert_eq!(one["FoldedInto"], newest["MessageId"]);
    }
    server.advance("PT1H").await;
    assert_eq!((server.come().await.len(), server.standing("held").await), (0, 0));
}

#[tokio::test]
async fn alarms_of_a_group_arrive_together() {
    let server = Server::start().await;
    server.spared(r#"{"groupingPolicy": {"waitSeconds": 30, "by": ["Severity"]}}"#).await;
    for (name, severity) in [("a", "error"), ("b", "error"), ("c", "critical")] {
        server.alarm(name, &format!("Severity: {severity}")).await;
        server.change(name, "ALARM").await;
    }
    assert_eq!((server.come().await.len(), server.standing("held").await), (0, 3));
    server.advance("PT30S").await;
    // One leads, who says that there is another; who is alone comes as it is.
    assert_eq!(server.come().await, ["a ALARM Group", "c ALARM"]);
    assert_eq!((server.standing("held").await, server.standing("folded").await), (0, 2));
}

#[tokio::test]
async fn what_is_open_reminds_until_it_is_not() {
    let server = Server::start().await;
    server.spared(r#"{"reminderPolicy": {"everyHours": 1}}"#).await;
    for name in ["ends", "goes"] {
        server.alarm(name, "Severity: critical").await;
        server.change(name, "ALARM").await;
    }
    server.alarm("minor", "Severity: warning").await;
    server.change("minor", "ALARM").await;
    assert_eq!(server.come().await, ["ends ALARM", "goes ALARM", "minor ALARM"]);
    server.advance("PT1H").await;
    assert_eq!(server.come().await, ["ends ALARM Reminder", "goes ALARM Reminder"]);
    server.change("ends", "OK").await;
    server.ask("DeleteAlarms", &json!({"AlarmNames": ["goes"]})).await;
    server.advance("PT3H").await;
    assert_eq!(server.come().await, ["ends OK"]);
}

#[tokio::test]
async fn what_is_muted_does_not_remind_until_the_window_ends() {
    let server = Server::start().await;
    server.spared(r#"{"reminderPolicy": {"everyHours": 1}}"#).await;
    for name in ["muted", "freed", "loud"] {
        server.alarm(name, "Severity: critical").await;
        server.change(name, "ALARM").await;
    }
    assert_eq!(server.come().await.len(), 3);
    for (rule, name) in [("deploy", "muted"), ("other", "freed")] {
        let schedule = json!({"Expression": "at(2026-05-04T12:30)", "Duration": "PT2H"});
        let rule = json!({"Name": rule, "Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": [name]}});
        server.ask("PutAlarmMuteRule", &rule).await;
    }
    server.advance("PT1H").await;
    assert_eq!(server.come().await, ["loud ALARM Reminder"]);
    server.ask("DeleteAlarmMuteRule", &json!({"AlarmMuteRuleName": "other"})).await;
    server.advance("PT10M").await;
    assert_eq!(server.come().await, ["freed ALARM Reminder"]);
    server.advance("PT79M").await;
    assert_eq!(server.come().await, ["freed ALARM Reminder", "loud ALARM Reminder"]);
    server.advance("PT1M").await;
    assert_eq!(server.come().await, ["muted ALARM Reminder"]);
}

#[tokio::test]
async fn flapping_is_summed_up_and_ends_with_the_policy() {
    let server = Server::start().await;
    let arn = server.spared(r#"{"flappingPolicy": {"changes": 3, "windowSeconds": 600}}"#).await;
    server.alarm("load", "").await;
    for state in ["ALARM", "OK", "ALARM", "OK"] {
        server.change("load", state).await;
    }
    assert_eq!(server.come().await, ["load ALARM", "load ALARM Flapping", "load OK"]);
    server.advance("PT10M").await;
    assert_eq!(server.come().await, ["load OK Settled"]);
    for state in ["ALARM", "OK", "ALARM", "OK"] {
        server.change("load", state).await;
    }
    assert_eq!((server.come().await.len(), server.standing("held").await), (3, 1));
    let unset = [("SubscriptionArn", arn.as_str()), ("AttributeName", "NoisePolicy"), ("AttributeValue", "")];
    assert_eq!(server.sns("SetSubscriptionAttributes", &unset).await.status, StatusCode::OK);
    server.advance("PT1S").await;
    assert_eq!((server.come().await, server.standing("held").await), (vec!["load OK Repeats".to_owned()], 0));
    for state in ["ALARM", "OK", "ALARM"] {
        server.change("load", state).await;
    }
    assert_eq!(server.come().await, ["load ALARM", "load ALARM", "load OK"]);
}

#[tokio::test]
async fn what_was_kept_for_a_subscription_that_is_gone_is_discarded() {
    let server = Server::start().await;
    let arn = server.spared(r#"{"groupingPolicy": {"waitSeconds": 30}}"#).await;
    server.alarm("load", "").await;
    server.change("load", "ALARM").await;
    assert_eq!(server.standing("held").await, 1);
    server.sns("Unsubscribe", &[("SubscriptionArn", &arn)]).await;
    server.advance("PT30S").await;
    let discarded = server.get("/deliveries?state=discarded").await.json()["Deliveries"][0].clone();
    assert_eq!(discarded["Tries"][0]["Said"], "the subscription was given up");
}
