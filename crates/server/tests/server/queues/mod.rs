//! Queues, as clients of SQS see them.

mod disk;
mod publish;
mod refusals;
mod time;
mod urls;
mod waits;
mod wire;

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Server};

/// The URL of a queue, by the name that the tests call the server.
fn url(server: &Server, queue: &str) -> String {
    format!("http://{}/{ACCOUNT}/{queue}", server.http)
}

/// The ARN of a queue.
fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}")
}

/// Calls an operation of SQS that has to succeed.
async fn ask(server: &Server, operation: &str, input: Value) -> Value {
    let answer = server.sqs(operation, &input).await;
    assert_eq!(answer.status, StatusCode::OK, "{operation}: {}", answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// The code, in the old protocol, and the message of a refusal.
async fn refused(server: &Server, operation: &str, input: Value) -> (String, String) {
    let answer = server.sqs(operation, &input).await;
    assert_ne!(answer.status, StatusCode::OK, "{operation}: {}", answer.text());
    answer.error()
}

async fn create(server: &Server, queue: &str, attributes: Value) -> String {
    let made = ask(server, "CreateQueue", json!({"QueueName": queue, "Attributes": attributes})).await;
    made["QueueUrl"].as_str().unwrap().to_owned()
}

async fn send(server: &Server, url: &str, body: &str) {
    ask(server, "SendMessage", json!({"QueueUrl": url, "MessageBody": body})).await;
}

/// Receives messages of a queue without waiting.
async fn receive(server: &Server, url: &str) -> Vec<Value> {
    let input = json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"]});
    let received = ask(server, "ReceiveMessage", input).await;
    received["Messages"].as_array().cloned().unwrap_or_default()
}

/// The bodies of the messages that can be received now.
async fn bodies(server: &Server, url: &str) -> Vec<String> {
    receive(server, url).await.iter().map(|message| message["Body"].as_str().unwrap().to_owned()).collect()
}

/// An attribute of a queue.
async fn attribute(server: &Server, url: &str, name: &str) -> Value {
    let found = ask(server, "GetQueueAttributes", json!({"QueueUrl": url, "AttributeNames": [name]})).await;
    found["Attributes"][name].clone()
}
