//! What time does to messages, and to what holds them: the clock is the tests'.

use serde_json::{Value, json};

use super::{arn, ask, attribute, bodies, create, receive, refused, send};
use crate::support::{NOON, Server};

#[tokio::test]
async fn delays_and_timeouts_end_and_messages_grow_too_old() {
    let server = Server::start().await;
    let settings = json!({"DelaySeconds": "10", "VisibilityTimeout": "30", "MessageRetentionPeriod": "60"});
    let queue = create(&server, "q", settings).await;
    let counts = async || {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let delayed = attribute(&server, &queue, "ApproximateNumberOfMessagesDelayed").await;
        let [visible, hidden] =
            [attribute(&server, &queue, names[0]).await, attribute(&server, &queue, names[1]).await];
        [visible, hidden, delayed].map(|count| count.as_str().unwrap().to_owned())
    };
    send(&server, &queue, "x").await;
    assert_eq!(counts().await, ["0", "0", "1"]);
    assert!(bodies(&server, &queue).await.is_empty());
    server.advance("PT10S").await;
    assert_eq!(counts().await, ["1", "0", "0"]);
    let first = receive(&server, &queue).await;
    let told = &first[0]["Attributes"];
    assert_eq!(told["SentTimestamp"], (NOON * 1000).to_string());
    assert_eq!(told["ApproximateFirstReceiveTimestamp"], ((NOON + 10) * 1000).to_string());
    assert_eq!(told["ApproximateReceiveCount"], "1");
    assert_eq!(counts().await, ["0", "1", "0"]);
    server.advance("PT29S").await;
    assert!(bodies(&server, &queue).await.is_empty());
    server.advance("PT1S").await;
    let second = receive(&server, &queue).await;
    assert_eq!(second[0]["Attributes"]["ApproximateReceiveCount"], "2");
    assert_eq!(second[0]["Attributes"]["ApproximateFirstReceiveTimestamp"], told["ApproximateFirstReceiveTimestamp"]);
    assert_ne!(second[0]["ReceiptHandle"], first[0]["ReceiptHandle"]);
    // It is a minute old, and gone.
    server.advance("PT20S").await;
    assert_eq!(counts().await, ["0", "0", "0"]);
    assert_eq!(server.figure("nepho_queued_messages").await, 0.0);
    let gone = json!({"QueueUrl": queue, "ReceiptHandle": second[0]["ReceiptHandle"], "VisibilityTimeout": 0});
    assert_eq!(refused(&server, "ChangeMessageVisibility", gone).await.0, "InvalidParameterValue");
}

#[tokio::test]
async fn what_is_received_too_often_is_a_dead_letter() {
    let server = Server::start().await;
    let dead = create(&server, "dead", json!({})).await;
    let redrive = format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":2}}"#, arn("dead"));
    let settings = json!({"RedrivePolicy": redrive, "VisibilityTimeout": "1"});
    let queue = create(&server, "q", settings).await;
    assert_eq!(attribute(&server, &queue, "RedrivePolicy").await, json!(redrive));
    let sources = ask(&server, "ListDeadLetterSourceQueues", json!({"QueueUrl": dead})).await;
    assert_eq!(sources, json!({"queueUrls": [queue]}));
    send(&server, &queue, "poison").await;
    let id = receive(&server, &queue).await[0]["MessageId"].clone();
    server.advance("PT1S").await;
    assert_eq!(receive(&server, &queue).await.len(), 1);
    server.advance("PT1S").await;
    assert!(receive(&server, &queue).await.is_empty());
    let letters = receive(&server, &dead).await;
    assert_eq!((letters.len(), &letters[0]["MessageId"], &letters[0]["Body"]), (1, &id, &json!("poison")));
    assert_eq!(letters[0]["Attributes"]["DeadLetterQueueSourceArn"], arn("q"));
    assert_eq!(letters[0]["Attributes"]["SentTimestamp"], (NOON * 1000).to_string());
    assert_eq!(attribute(&server, &queue, "ApproximateNumberOfMessages").await, "0");
}

#[tokio::test]
async fn groups_of_a_fifo_queue_are_received_in_their_order_and_duplicates_once() {
    let server = Server::start().await;
    let queue = create(&server, "q.fifo", json!({"FifoQueue": "true", "ContentBasedDeduplication": "true"})).await;
    let send = async |body: &str, group: &str| {
        let input = json!({"QueueUrl": queue, "MessageBody": body, "MessageGroupId": group});
        ask(&server, "SendMessage", input).await
    };
    let first = send("a1", "a").await;
    for (body, group) in [("b1", "b"), ("a2", "a"), ("b2", "b")] {
        send(body, group).await;
    }
    let again = send("a1", "a").await;
    assert_eq!((&again["MessageId"], &again["SequenceNumber"]), (&first["MessageId"], &first["SequenceNumber"]));
    let one = ask(&server, "ReceiveMessage", json!({"QueueUrl": queue})).await;
    assert_eq!(one["Messages"][0]["Body"], "a1");
    // The rest of its group has to wait.
    assert_eq!(bodies(&server, &queue).await, ["b1", "b2"]);
    let done = json!({"QueueUrl": queue, "ReceiptHandle": one["Messages"][0]["ReceiptHandle"]});
    ask(&server, "DeleteMessage", done).await;
    assert_eq!(bodies(&server, &queue).await, ["a2"]);
    server.advance("PT5M").await;
    assert_ne!(send("a1", "a").await["MessageId"], first["MessageId"], "five minutes later it is no duplicate");
}

#[tokio::test]
async fn a_purge_empties_a_queue_and_a_name_is_free_after_a_minute() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    send(&server, &queue, "x").await;
    ask(&server, "PurgeQueue", json!({"QueueUrl": queue})).await;
    assert!(bodies(&server, &queue).await.is_empty());
    let (code, message) = refused(&server, "PurgeQueue", json!({"QueueUrl": queue})).await;
    assert_eq!(code, "AWS.SimpleQueueService.PurgeQueueInProgress");
    assert_eq!(message, "Only one PurgeQueue operation on q is allowed every 60 seconds.");
    ask(&server, "DeleteQueue", json!({"QueueUrl": queue})).await;
    let again = json!({"QueueName": "q"});
    let (code, _) = refused(&server, "CreateQueue", again.clone()).await;
    assert_eq!(code, "AWS.SimpleQueueService.QueueDeletedRecently");
    server.advance("PT1M").await;
    ask(&server, "CreateQueue", again).await;
}

#[tokio::test]
async fn tags_and_permissions_stay_with_the_queue() {
    let server = Server::start().await;
    let made = ask(&server, "CreateQueue", json!({"QueueName": "q", "tags": {"team": "shop"}})).await;
    let queue = made["QueueUrl"].as_str().unwrap();
    ask(&server, "TagQueue", json!({"QueueUrl": queue, "Tags": {"stage": "test"}})).await;
    ask(&server, "UntagQueue", json!({"QueueUrl": queue, "TagKeys": ["team"]})).await;
    let tags = ask(&server, "ListQueueTags", json!({"QueueUrl": queue})).await;
    assert_eq!(tags, json!({"Tags": {"stage": "test"}}));
    let input = json!({
        "QueueUrl": queue, "Label": "partner", "AWSAccountIds": ["111111111111"], "Actions": ["SendMessage"],
    });
    ask(&server, "AddPermission", input).await;
    let policy = attribute(&server, queue, "Policy").await;
    let policy: Value = serde_json::from_str(policy.as_str().unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Principal"], json!({"AWS": "arn:aws:iam::111111111111:root"}));
    ask(&server, "RemovePermission", json!({"QueueUrl": queue, "Label": "partner"})).await;
}
