//! What queues tell about themselves, as metrics.

use serde_json::{Value, json};

use super::{ask, bodies, create, receive, send};
use crate::support::{NOON, Server, claiming, json_request, sqs_request};

/// Samples of a metric, a minute each from noon on: `-` where there is none.
async fn minutes(server: &Server, name: &str, minutes: i64) -> String {
    let input = json!({
        "Namespace": "AWS/SQS", "MetricName": name, "Dimensions": [{"Name": "QueueName", "Value": "q"}],
        "StartTime": NOON, "EndTime": NOON + minutes * 60, "Period": 60, "Statistics": ["Sum"],
    });
    let answer = server.ask("GetMetricStatistics", &input).await;
    let points = answer["Datapoints"].as_array().unwrap();
    let at = |minute: i64| points.iter().find(|point| point["Timestamp"].as_f64() == Some((NOON + minute * 60) as f64));
    let shown = (0..minutes).map(|minute| at(minute).map_or("-".to_owned(), |point| point["Sum"].to_string()));
    shown.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_minute_is_told_with_zeros() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({"VisibilityTimeout": "150"})).await;
    server.advance("PT1M").await;
    // In the second minute.
    send(&server, &queue, "four").await;
    send(&server, &queue, "sixsix").await;
    ask(&server, "SendMessage", json!({"QueueUrl": queue, "MessageBody": "x", "DelaySeconds": 90})).await;
    server.advance("PT1M").await;
    // In the third.
    let received = ask(&server, "ReceiveMessage", json!({"QueueUrl": queue})).await;
    server.advance("PT1M").await;
    // In the fourth, the late one is there.
    ask(
        &server,
        "DeleteMessage",
        json!({"QueueUrl": queue, "ReceiptHandle": received["Messages"][0]["ReceiptHandle"]}),
    )
    .await;
    assert_eq!(receive(&server, &queue).await.len(), 2);
    assert!(bodies(&server, &queue).await.is_empty());
    server.advance("PT1M").await;
    server.advance("PT1M").await;
    let expected = [
        ("NumberOfMessagesSent", "0.0 3.0 0.0 0.0 0.0"),
        ("SentMessageSize", "- 11.0 0.0 0.0 0.0"),
        ("NumberOfMessagesReceived", "0.0 0.0 1.0 2.0 0.0"),
        ("NumberOfMessagesDeleted", "0.0 0.0 0.0 1.0 0.0"),
        ("NumberOfEmptyReceives", "0.0 0.0 0.0 1.0 0.0"),
        ("ApproximateNumberOfMessagesVisible", "0.0 2.0 2.0 0.0 0.0"),
        ("ApproximateNumberOfMessagesNotVisible", "0.0 0.0 1.0 2.0 2.0"),
        ("ApproximateNumberOfMessagesDelayed", "0.0 1.0 0.0 0.0 0.0"),
        ("ApproximateAgeOfOldestMessage", "0.0 60.0 120.0 180.0 240.0"),
    ];
    for (name, values) in expected {
        assert_eq!(minutes(&server, name, 5).await, values, "{name}");
    }
}

#[tokio::test]
async fn a_queue_that_nobody_uses_falls_silent_after_six_hours() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    server.advance("PT7H").await;
    let count = async || {
        let input = json!({
            "Namespace": "AWS/SQS", "MetricName": "NumberOfMessagesSent", "Statistics": ["SampleCount"],
            "Dimensions": [{"Name": "QueueName", "Value": "q"}],
            "StartTime": NOON, "EndTime": NOON + 86_400, "Period": 86_400,
        });
        server.ask("GetMetricStatistics", &input).await["Datapoints"][0]["SampleCount"].as_f64()
    };
    assert_eq!(count().await, Some(360.0));
    // Whoever asks wakes it.
    assert!(bodies(&server, &queue).await.is_empty());
    server.advance("PT1H").await;
    assert_eq!(count().await, Some(420.0));
    // And it stays awake while there are messages.
    send(&server, &queue, "x").await;
    server.advance("PT10H").await;
    assert_eq!(count().await, Some(1020.0));
}

#[tokio::test]
async fn each_scope_has_the_metrics_of_its_queues() {
    let server = Server::start().await;
    create(&server, "q", json!({})).await;
    let request = sqs_request("CreateQueue", &json!({"QueueName": "other"}));
    server.send(claiming(request, "111111111111", "eu-west-1")).await;
    server.advance("PT1M").await;
    let names = |listed: Value| -> Vec<String> {
        let metrics = listed["Metrics"].as_array().unwrap().iter();
        let mut names: Vec<_> =
            metrics.map(|metric| metric["Dimensions"][0]["Value"].as_str().unwrap().to_owned()).collect();
        names.dedup();
        names
    };
    let input = json!({"Namespace": "AWS/SQS"});
    assert_eq!(names(server.ask("ListMetrics", &input).await), ["q"]);
    let theirs = server.send(claiming(json_request("ListMetrics", &input), "111111111111", "eu-west-1")).await;
    assert_eq!(names(theirs.json()), ["other"]);
}
