//! Restarts, and disks that are full.

use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::json;

use super::{ask, attribute, bodies, create, receive, send};
use crate::support::{NOON, Server};

#[tokio::test]
async fn queues_are_after_a_restart_what_they_were_before() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({"VisibilityTimeout": "60", "DelaySeconds": "0"})).await;
    for body in ["deleted", "hidden", "visible"] {
        send(&server, &queue, body).await;
    }
    let one =
        async |server: &Server| ask(server, "ReceiveMessage", json!({"QueueUrl": queue})).await["Messages"][0].clone();
    let deleted = one(&server).await;
    ask(&server, "DeleteMessage", json!({"QueueUrl": queue, "ReceiptHandle": deleted["ReceiptHandle"]})).await;
    let hidden = one(&server).await;
    let server = server.again(NOON + 30).await;
    let received = receive(&server, &queue).await;
    assert_eq!((received.len(), &received[0]["Body"]), (1, &json!("visible")));
    assert_eq!(attribute(&server, &queue, "VisibilityTimeout").await, "60");
    // Handles from before are as good as ever.
    let longer = json!({"QueueUrl": queue, "ReceiptHandle": hidden["ReceiptHandle"], "VisibilityTimeout": 100});
    ask(&server, "ChangeMessageVisibility", longer).await;
    let server = server.again(NOON + 129).await;
    assert_eq!(bodies(&server, &queue).await, ["visible"]);
    server.advance("PT1S").await;
    let received = receive(&server, &queue).await;
    assert_eq!((received.len(), &received[0]["Body"]), (1, &json!("hidden")));
    assert_eq!(received[0]["Attributes"]["ApproximateReceiveCount"], "2");
    ask(&server, "DeleteMessage", json!({"QueueUrl": queue, "ReceiptHandle": hidden["ReceiptHandle"]})).await;
    server.again(NOON + 100_000).await;
}

#[tokio::test]
async fn a_full_disk_refuses_and_what_was_refused_is_not_there() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({"VisibilityTimeout": "0"})).await;
    send(&server, &queue, "before").await;
    server.queue_log.is_disk_full.store(true, Ordering::SeqCst);
    let handle = "any";
    for (operation, input) in [
        ("SendMessage", json!({"QueueUrl": queue, "MessageBody": "lost"})),
        ("SendMessageBatch", json!({"QueueUrl": queue, "Entries": [{"Id": "a", "MessageBody": "lost"}]})),
        ("ReceiveMessage", json!({"QueueUrl": queue})),
        ("DeleteMessage", json!({"QueueUrl": queue, "ReceiptHandle": handle})),
        ("CreateQueue", json!({"QueueName": "lost"})),
        ("DeleteQueue", json!({"QueueUrl": queue})),
        ("PurgeQueue", json!({"QueueUrl": queue})),
    ] {
        let answer = server.sqs(operation, &input).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{operation}: {}", answer.text());
        assert_eq!(answer.error().1, "The store has failed; the server's log says why.");
    }
    let health = server.get("/health").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.text().contains("queues take nothing"), "{}", health.text());
    // What is durable can still be looked at.
    assert_eq!(attribute(&server, &queue, "ApproximateNumberOfMessages").await, "1");
    server.queue_log.is_disk_full.store(false, Ordering::SeqCst);
    send(&server, &queue, "after").await;
    assert_eq!(bodies(&server, &queue).await, ["before", "after"]);
    // Health remembers for five minutes.
    server.advance("PT5M").await;
    assert_eq!(server.get("/health").await.status, StatusCode::OK);
    let server = server.again(NOON + 301).await;
    assert_eq!(bodies(&server, &queue).await, ["before", "after"]);
    let listed = ask(&server, "ListQueues", json!({})).await;
    assert_eq!(listed["QueueUrls"], json!([super::url(&server, "q")]));
}
