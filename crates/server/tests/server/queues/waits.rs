//! Receives that wait: what ends them, and that they are no burden.

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{ask, create, receive, send};
use crate::support::{Answer, Server, send_to, sqs_request};

/// Begins a receive that waits for twenty seconds, and goes on when the server has it.
async fn waiting(server: &Server, queue: &str) -> JoinHandle<Answer> {
    let before = server.figure("nepho_queue_waits").await;
    let request = sqs_request("ReceiveMessage", &json!({"QueueUrl": queue, "WaitTimeSeconds": 20}));
    let task = tokio::spawn(send_to(server.http, request));
    server.until("nepho_queue_waits", before + 1.0).await;
    task
}

async fn body(task: JoinHandle<Answer>) -> Value {
    let answer = task.await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["Messages"][0]["Body"].clone()
}

#[tokio::test]
async fn a_message_ends_the_wait() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    let task = waiting(&server, &queue).await;
    send(&server, &queue, "x").await;
    assert_eq!(body(task).await, "x");
    assert_eq!(server.figure("nepho_queue_waits").await, 0.0);
}

#[tokio::test]
async fn the_clock_ends_the_wait() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    let task = waiting(&server, &queue).await;
    server.advance("PT19S").await;
    assert!(!task.is_finished());
    server.advance("PT1S").await;
    assert_eq!(body(task).await, Value::Null);
}

#[tokio::test]
async fn a_message_whose_delay_or_timeout_ends_ends_the_wait() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({"VisibilityTimeout": "5"})).await;
    ask(&server, "SendMessage", json!({"QueueUrl": queue, "MessageBody": "x", "DelaySeconds": 10})).await;
    let task = waiting(&server, &queue).await;
    server.advance("PT10S").await;
    assert_eq!(body(task).await, "x", "the delay is over");
    let task = waiting(&server, &queue).await;
    server.advance("PT5S").await;
    assert_eq!(body(task).await, "x", "the timeout is over");
    let task = waiting(&server, &queue).await;
    let handle = server.sqs("ReceiveMessage", &json!({"QueueUrl": queue})).await;
    assert_eq!(handle.text(), "{}");
    server.advance("PT4S").await;
    send(&server, &queue, "sooner").await;
    assert_eq!(body(task).await, "sooner");
}

#[tokio::test]
async fn a_message_that_is_given_back_ends_the_wait() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    send(&server, &queue, "x").await;
    let handle = receive(&server, &queue).await[0]["ReceiptHandle"].clone();
    let task = waiting(&server, &queue).await;
    let back = json!({"QueueUrl": queue, "ReceiptHandle": handle, "VisibilityTimeout": 0});
    ask(&server, "ChangeMessageVisibility", back).await;
    assert_eq!(body(task).await, "x");
}

#[tokio::test]
async fn a_deleted_queue_ends_the_wait() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    let task = waiting(&server, &queue).await;
    ask(&server, "DeleteQueue", json!({"QueueUrl": queue})).await;
    assert_eq!(task.await.unwrap().error().0, "AWS.SimpleQueueService.NonExistentQueue");
}

#[tokio::test]
async fn a_stop_ends_the_wait_with_nothing() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({"ReceiveMessageWaitTimeSeconds": "20"})).await;
    let task = waiting(&server, &queue).await;
    server.stop().await;
    assert_eq!(body(task).await, Value::Null);
}

#[tokio::test]
async fn each_of_many_waits_gets_one_message_and_none_is_lost_with_a_client() {
    const WAITS: usize = 100;
    let server = Server::start().await;
    let queue = create(&server, "q", json!({"VisibilityTimeout": "3600"})).await;
    let mut tasks = Vec::new();
    for _ in 0..WAITS + 1 {
        tasks.push(waiting(&server, &queue).await);
    }
    // One of them goes away.
    tasks.remove(0).abort();
    server.until("nepho_queue_waits", WAITS as f64).await;
    for number in 0..WAITS {
        send(&server, &queue, &number.to_string()).await;
    }
    let mut got = Vec::new();
    for task in tasks {
        got.push(body(task).await.as_str().unwrap().parse::<usize>().unwrap());
    }
    got.sort_unstable();
    assert_eq!(got, (0..WAITS).collect::<Vec<_>>());
}
