//! Messages on their way to endpoints, and what becomes of them.

use std::sync::atomic::Ordering;

use http::StatusCode;
use nepho_server::{Config, Network};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::receiver::Receiver;
use crate::sns::{element, entry};
use crate::support::{NOON, Server};

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

/// The deliveries to an endpoint, as they stand now.
async fn to_endpoint(server: &Server, endpoint: &str) -> Vec<Value> {
    let answer = server.get(&format!("/deliveries?endpoint={}", utf8_percent_encode(endpoint, NON_ALPHANUMERIC))).await;
    answer.json()["Deliveries"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_up_in_time_and_tried_again() {
    let server = Server::with(|config| {
        config.deliveries.allow = vec!["127.0.0.0/8".parse::<Network>().unwrap()];
        config.deliveries.timeout_ms = 50;
    })
    .await;
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", hanging.local_addr().unwrap());
    let topic = server.topic("alerts").await;
    server
        .told("Subscribe", &[("TopicArn", &topic), ("Protocol", "http"), ("Endpoint", &url)], "SubscriptionArn")
        .await;
    for _ in 0..4 {
        server.advance("PT20S").await;
    }
    let delivery = &server.deliveries("").await[0];
    assert_eq!((&delivery["State"], &delivery["Attempts"]), (&json!("discarded"), &json!(4)), "{delivery}");
    for tried in delivery["Tries"].as_array().unwrap() {
        assert_eq!((&tried["Outcome"], &tried["Said"]), (&json!("failed"), &json!("no answer within 50 ms")));
    }
}

#[tokio::test]
async fn endpoints_that_are_slow_hold_up_nobody_else() {
    let server = server().await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    let topic = server.topic("alerts").await;
    let held = server.subscribed(&topic, &slow, "/", &[]).await;
    server.subscribed(&topic, &quick, "/", &[]).await;
    slow.hold();
    for n in 0..20 {
        server.publish(&topic, &format!("message {n}")).await;
    }
    // All of the quick one's are there while the first of the slow one's is still on its way.
    quick.until(21).await;
    let waiting = to_endpoint(&server, &slow.url("/")).await;
    assert_eq!(waiting.iter().filter(|one| one["State"] == "waiting").count(), 20);
    slow.until(2).await;
    assert_eq!(slow.received().len(), 2, "the question, and one to see whether it answers");
    slow.go_on();
    slow.until(21).await;
    let delivered = server.deliveries("state=delivered").await;
    assert_eq!(delivered.iter().filter(|one| one["SubscriptionArn"] == held.as_str()).count(), 21);
}

#[tokio::test]
async fn an_endpoint_that_wants_to_be_left_alone_is() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    server.subscribed(&topic, &receiver, "/", &[]).await;
    receiver.answer(&[429, 503]);
    receiver.retry_after("120");
    let id = server.publish(&topic, "news").await;
    receiver.until(2).await;
    server.advance("PT119S").await;
    assert_eq!(receiver.received().len(), 2);
    // By the clock of the endpoint, which has nothing to do with this one.
    let later = jiff::Timestamp::from_second(nepho_server::system_time().seconds() + 600).unwrap();
    let later = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&later).unwrap();
    receiver.retry_after(&later);
    server.advance("PT1S").await;
    assert_eq!(receiver.until(3).await.len(), 3);
    server.advance("PT9M").await;
    assert_eq!(receiver.received().len(), 3);
    server.advance("PT1M").await;
    receiver.until(4).await;
    let delivery = &server.deliveries(&format!("message={id}")).await[0];
    assert_eq!((&delivery["State"], &delivery["Attempts"]), (&json!("delivered"), &json!(3)));
}

#[tokio::test]
async fn a_restart_loses_nothing_and_repeats_nothing_that_was_confirmed() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    server.subscribed(&topic, &receiver, "/", &[]).await;
    server.publish(&topic, "delivered").await;
    receiver.until(2).await;
    receiver.answer(&[500]);
    let failing = server.publish(&topic, "failing").await;
    assert_eq!(server.deliveries(&format!("message={failing}")).await[0]["State"], "waiting");
    // The next run knows the same addresses, and has the same time between attempts.
    let allow = |config: &mut Config| config.deliveries.allow = vec!["127.0.0.0/8".parse::<Network>().unwrap()];
    let server = server.again_with(NOON + 19, allow).await;
    server.advance("PT0S").await;
    assert_eq!(receiver.received().len(), 3, "nothing is due yet");
    server.advance("PT1S").await;
    let texts: Vec<_> = receiver.until(4).await[1..].iter().map(|one| one.json()["Message"].clone()).collect();
    assert_eq!(texts, ["delivered", "failing", "failing"]);
    let delivery = &server.deliveries(&format!("message={failing}")).await[0];
    assert_eq!((&delivery["State"], &delivery["Attempts"]), (&json!("delivered"), &json!(2)));
    assert_eq!(server.deliveries("state=delivered").await.len(), 3);
    let same = receiver.received()[2].json();
    let again = receiver.received()[3].json();
    assert_eq!((&same["MessageId"], &same["Timestamp"]), (&again["MessageId"], &again["Timestamp"]));
}

#[tokio::test]
async fn with_a_full_disk_nothing_is_published_and_what_was_is_settled_later() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    server.subscribed(&topic, &receiver, "/", &[]).await;
    receiver.hold();
    let id = server.publish(&topic, "before").await;
    receiver.until(2).await;
    server.records.fail_commit.store(true, Ordering::SeqCst);
    let refused = server.refusal("Publish", &[("TopicArn", &topic), ("Message", "lost")]).await;
    assert_eq!((refused.0, refused.1.as_str()), (500, "InternalError"));
    // The endpoint has taken the first message, but that cannot be written down yet.
    receiver.go_on();
    while !server.get("/health").await.text().contains("what came of a delivery could not be written") {
        tokio::task::yield_now().await;
    }
    assert_eq!(to_endpoint(&server, &receiver.url("/")).await[0]["State"], "waiting");
    server.records.fail_commit.store(false, Ordering::SeqCst);
    let delivery = &server.deliveries(&format!("message={id}")).await[0];
    assert_eq!((&delivery["State"], &delivery["Attempts"]), (&json!("delivered"), &json!(1)));
    server.publish(&topic, "after").await;
    let texts: Vec<_> = receiver.until(3).await[1..].iter().map(|one| one.json()["Message"].clone()).collect();
    assert_eq!(texts, ["before", "after"]);
}

#[tokio::test]
async fn what_an_endpoint_does_not_take_goes_to_the_dead_letters_as_it_would_have_come() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    let open = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
        "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}]});
    let queue = json!({"QueueName": "dead", "Attributes": {"Policy": open.to_string()}});
    let url = server.sqs("CreateQueue", &queue).await.json()["QueueUrl"].clone();
    let redrive = json!({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead"}).to_string();
    let attributes = [("Attributes.entry.1.key", "RedrivePolicy"), ("Attributes.entry.1.value", redrive.as_str())];
    server.subscribed(&topic, &receiver, "/", &attributes).await;
    receiver.answer(&[410]);
    let id = server.publish(&topic, "lost").await;
    let delivery = &server.deliveries(&format!("message={id}")).await[0];
    assert_eq!((&delivery["State"], &delivery["Attempts"]), (&json!("dead-lettered"), &json!(1)), "{delivery}");
    let received = server.sqs("ReceiveMessage", &json!({"QueueUrl": url})).await.json();
    assert_eq!(received["Messages"][0]["Body"], receiver.received()[1].body, "the same body");
    server.advance("PT1M").await;
    let redriven = server.sum("AWS/SNS", "NumberOfNotificationsRedrivenToDlq", &[("TopicName", "alerts")]).await;
    assert_eq!(redriven, Some(1.0));
}

#[tokio::test]
async fn topics_tell_of_themselves_each_minute() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    server.subscribed(&topic, &receiver, "/", &[]).await;
    let filter = [("Attributes.entry.1.key", "FilterPolicy"), ("Attributes.entry.1.value", "{\"team\":[\"shop\"]}")];
    server.subscribed(&topic, &receiver, "/filtered", &filter).await;
    receiver.answer(&[200, 404]);
    server.publish(&topic, "12345").await;
    server.publish(&topic, "123456789").await;
    server.advance("PT1M").await;
    let expected = [
        ("NumberOfMessagesPublished", Some(2.0)),
        ("PublishSize", Some(14.0)),
        ("NumberOfNotificationsDelivered", Some(1.0)),
        ("NumberOfNotificationsFailed", Some(1.0)),
        ("NumberOfNotificationsFilteredOut", Some(2.0)),
        ("NumberOfNotificationsFilteredOut-NoMessageAttributes", Some(2.0)),
        ("NumberOfNotificationsFilteredOut-InvalidMessageBody", None),
    ];
    for (name, sum) in expected {
        assert_eq!(server.sum("AWS/SNS", name, &[("TopicName", "alerts")]).await, sum, "{name}");
    }
}

#[tokio::test]
async fn what_an_alarm_watched_is_drawn_for_whoever_was_told() {
    let server = server().await;
    let receiver = Receiver::start().await;
    let topic = server.topic("alerts").await;
    let slack = receiver.url("/slack");
    server
        .told("Subscribe", &[("TopicArn", &topic), ("Protocol", "slack"), ("Endpoint", &slack)], "SubscriptionArn")
        .await;
    let alarm = json!({
        "AlarmName": "high", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [topic],
    });
    server.ask("PutMetricAlarm", &alarm).await;
    for errors in [1, 2, 9] {
        let data = json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Errors", "Value": errors}]});
        server.ask("PutMetricData", &data).await;
        server.advance("PT1M").await;
    }
    let told = receiver.until(1).await[0].body.clone();
    let (_, link) = told.split_once(&format!("<http://{}/graphs/", server.http)).expect(&told);
    let path = format!("/graphs/{}", link.split_once("|Graph>").unwrap().0);
    let picture = server.get(&path).await;
    assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    let svg = picture.text();
    assert!(svg.contains("<title>threshold 5</title>") && svg.contains("<title>9</title>"), "{svg}");
    assert!(svg.contains(">Shop Errors Sum, 60 s, until 2026-05-04 12:03 UTC</text>"), "{svg}");
    for wrong in ["/graphs/eA.svg", "/graphs/!.svg"] {
        assert_eq!(server.get(wrong).await.status, StatusCode::NOT_FOUND);
    }
    server.ask("DeleteAlarms", &json!({"AlarmNames": ["high"]})).await;
    assert_eq!(server.get(&path).await.status, StatusCode::NOT_FOUND);
}
