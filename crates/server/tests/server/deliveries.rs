//! Messages on their way to endpoints, and what becomes of them.

use http::StatusCode;
use nepho_server::Network;
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::sns::{element, entry};
use crate::support::Server;

/// A server that may send to this machine.
async fn server() -> Server {
    Server::with(|config| config.deliveries.allow = vec!["127.0.0.0/8".parse::<Network>().unwrap()]).await
}

impl Server {
    /// Subscribes an endpoint over HTTP, confirms it, and answers the subscription.
    async fn subscribed(&self, topic: &str, receiver: &Receiver, path: &str, attributes: &[(&str, &str)]) -> String {
        let before = receiver.received().len();
        let url = receiver.url(path);
        let mut parameters = vec![("TopicArn", topic), ("Protocol", "http"), ("Endpoint", url.as_str())];
        parameters.extend(attributes);
        assert_eq!(self.told("Subscribe", &parameters, "SubscriptionArn").await, "pending confirmation");
        let question = receiver.until(before + 1).await[before].json();
        let link = question["SubscribeURL"].as_str().unwrap().to_owned();
        let link = link.strip_prefix(&format!("http://{}", self.http)).unwrap();
        element(&self.get(link).await.text(), "SubscriptionArn").unwrap()
    }

    async fn publish(&self, topic: &str, message: &str) -> String {
        self.told("Publish", &[("TopicArn", topic), ("Message", message)], "MessageId").await
    }

    /// The deliveries that fit a query string, when all that is due has been tried.
    async fn deliveries(&self, query: &str) -> Vec<Value> {
        self.advance("PT0S").await;
        let answer = self.get(&format!("/deliveries?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["Deliveries"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn an_endpoint_is_asked_and_gets_messages_then() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    let arn = server.subscribed(&topic, &receiver, "/hook", &[]).await;
    let question = &receiver.received()[0];
    assert_eq!(question.path, "/hook");
    assert_eq!(question.header("x-amz-sns-message-type"), "SubscriptionConfirmation");
    assert_eq!(question.header("x-amz-sns-subscription-arn"), "");
    assert_eq!(question.header("content-type"), "text/plain; charset=UTF-8");
    assert_eq!(question.header("user-agent"), "Amazon Simple Notification Service Agent");
    let get = server.sns("GetSubscriptionAttributes", &[("SubscriptionArn", &arn)]).await;
    assert_eq!(entry(&get, "PendingConfirmation").as_deref(), Some("false"));
    assert_eq!(entry(&get, "ConfirmationWasAuthenticated").as_deref(), Some("false"));
    let id = server.publish(&topic, "The load is high.").await;
    let message = &receiver.until(2).await[1];
    assert_eq!(message.header("x-amz-sns-message-id"), id);
    assert_eq!(message.header("x-amz-sns-subscription-arn"), arn);
    assert_eq!(message.json()["Message"], "The load is high.");
    assert_eq!(
        message.json()["UnsubscribeURL"],
        format!("http://{}/?Action=Unsubscribe&SubscriptionArn={arn}", server.http)
    );
    assert!(message.body.starts_with("{\n  \"Type\" : \"Notification\",\n"), "{}", message.body);
    let certificate = message.json()["SigningCertURL"].as_str().unwrap().to_owned();
    let certificate = server.get(certificate.strip_prefix(&format!("http://{}", server.http)).unwrap()).await;
    assert!(certificate.text().starts_with("-----BEGIN CERTIFICATE-----"), "{}", certificate.text());
    let deliveries = server.deliveries("").await;
    assert_eq!(deliveries.len(), 2);
    let delivery = &deliveries[0];
    assert_eq!((&delivery["State"], &delivery["Attempts"]), (&json!("delivered"), &json!(1)));
    assert_eq!((&delivery["MessageId"], &delivery["SubscriptionArn"]), (&json!(id), &json!(arn)));
    assert_eq!(delivery["Tries"][0]["Status"], 200);
    assert_eq!(deliveries[1]["Type"], "SubscriptionConfirmation");
}

#[tokio::test]
async fn each_way_to_fail_ends_where_it_should() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    server.subscribed(&topic, &receiver, "/", &[]).await;
    let cases: [(&[u16], &[&str], &str, u64); 6] = [
        (&[500, 502, 200], &["PT20S", "PT20S"], "delivered", 3),
        (&[429, 204], &["PT20S"], "delivered", 2),
        (&[503, 503, 503, 503], &["PT20S", "PT20S", "PT20S"], "discarded", 4),
        (&[404], &[], "discarded", 1),
        (&[302], &[], "discarded", 1),
        (&[400], &["PT1H"], "discarded", 1),
    ];
    for (statuses, advances, state, attempts) in cases {
        receiver.answer(statuses);
        let before = receiver.received().len();
        let id = server.publish(&topic, "m").await;
        let query = format!("message={id}");
        for by in advances {
            if *by == "PT20S" {
                assert_eq!(server.deliveries(&query).await[0]["State"], "waiting", "{statuses:?}");
                server.advance("PT19S").await;
                server.advance("PT1S").await;
            } else {
                server.advance(by).await;
            }
        }
        let delivery = &server.deliveries(&query).await[0];
        assert_eq!(
            (delivery["State"].as_str(), delivery["Attempts"].as_u64()),
            (Some(state), Some(attempts)),
            "{delivery}"
        );
        let tried: Vec<_> =
            delivery["Tries"].as_array().unwrap().iter().map(|one| one["Status"].as_u64().unwrap()).collect();
        assert_eq!(tried, statuses.iter().map(|status| u64::from(*status)).collect::<Vec<_>>());
        assert_eq!(receiver.received().len() - before, attempts as usize);
    }
    let last = &server.deliveries("").await[0];
    assert_eq!(last["Tries"][0]["Said"], "answered 400");
}

#[tokio::test]
async fn an_alarm_tells_its_topic_and_its_history_says_so() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    server.subscribed(&topic, &receiver, "/", &[]).await;
    let alarm = json!({
        "AlarmName": "high", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [topic],
    });
    server.ask("PutMetricAlarm", &alarm).await;
    let data = json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Errors", "Value": 9}]});
    server.ask("PutMetricData", &data).await;
    server.advance("PT1M").await;
    let told = receiver.until(2).await[1].json();
    assert_eq!(told["Subject"], "ALARM: \"high\" in US East (N. Virginia)");
    let message: Value = serde_json::from_str(told["Message"].as_str().unwrap()).unwrap();
    assert_eq!((&message["AlarmName"], &message["NewStateValue"]), (&json!("high"), &json!("ALARM")));
    let asked = json!({"AlarmName": "high", "HistoryItemType": "Action"});
    let history = server.ask("DescribeAlarmHistory", &asked).await;
    let item = &history["AlarmHistoryItems"][0];
    assert_eq!(item["HistorySummary"], format!("Successfully executed action {topic}"));
    let data: Value = serde_json::from_str(item["HistoryData"].as_str().unwrap()).unwrap();
    assert_eq!((&data["actionState"], &data["notificationResource"]), (&json!("Succeeded"), &json!(topic)));
    let published: Value = serde_json::from_str(data["publishedMessage"].as_str().unwrap()).unwrap();
    assert_eq!(published["default"], told["Message"]);
    assert_eq!(server.deliveries("state=delivered").await.len(), 2);
}
