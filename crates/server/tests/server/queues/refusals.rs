//! What is refused, in which words; the same in both protocols.

use http::StatusCode;
use serde_json::{Value, json};

use super::wire::{element, form, post_form};
use super::{arn, ask, create, send, url};
use crate::support::Server;

/// An input in which `$q` is the URL of a queue, `$f` that of a FIFO queue, and `$none` that of no queue.
fn input(server: &Server, text: &str) -> Value {
    let text = ["q", "f.fifo", "none"].iter().fold(text.to_owned(), |text, queue| {
        let mark = format!("${}", queue.trim_end_matches(".fifo"));
        text.replace(&format!("\"{mark}\""), &format!("\"QueueUrl\":\"{}\"", url(server, queue)))
    });
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What a client of each protocol is told: `STATUS CODE: MESSAGE`.
async fn refusals(server: &Server, operation: &str, input: &Value) -> [String; 2] {
    let json = server.sqs(operation, input).await;
    let (code, message) = json.error();
    let path = if input.get("QueueUrl").is_some() { "/000000000000/any" } else { "/" };
    let query = post_form(server, path, form(operation, input)).await;
    let text = query.text();
    assert_ne!(query.status, StatusCode::OK, "{operation} {input}: {text}");
    [
        format!("{} {code}: {message}", json.status.as_u16()),
        format!("{} {}: {}", query.status.as_u16(), element(&text, "Code"), element(&text, "Message")),
    ]
}

const MISSING: &str = "400 MissingParameter: The request must contain the parameter";
const INVALID: &str = "400 InvalidParameterValue: Value";
const NO_QUEUE: &str = "400 AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist";

#[tokio::test]
async fn both_protocols_refuse_in_the_same_words() {
    let server = Server::start().await;
    let plain = create(&server, "q", json!({})).await;
    create(&server, "f.fifo", json!({"FifoQueue": "true"})).await;
    ask(&server, "TagQueue", json!({"QueueUrl": plain, "Tags": {"a": "1"}})).await;
    let long = "x".repeat(1_048_577);
    let cases = [
        // Names and addresses.
        ("CreateQueue", "{}", format!("{INVALID} for parameter QueueName is invalid. Reason: Must specify a queue name.")),
        (
            "CreateQueue",
            r#"{"QueueName":"a b"}"#,
            "400 InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
                .to_owned(),
        ),
        (
            "CreateQueue",
            r#"{"QueueName":"a","Attributes":{"FifoQueue":"true"}}"#,
            "400 InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters, hyphens, or \
             underscores, must end with .fifo suffix and be 1 to 80 in length."
                .to_owned(),
        ),
        (
            "CreateQueue",
            r#"{"QueueName":"q","Attributes":{"DelaySeconds":"1"}}"#,
            "400 QueueAlreadyExists: A queue already exists with the same name and a different value for attribute \
             DelaySeconds"
                .to_owned(),
        ),
        ("GetQueueUrl", "{}", format!("{INVALID} for parameter QueueName is invalid. Reason: Must specify a queue name.")),
        ("GetQueueUrl", r#"{"QueueName":"none"}"#, NO_QUEUE.to_owned()),
        ("GetQueueUrl", r#"{"QueueName":"q","QueueOwnerAWSAccountId":"111111111111"}"#, NO_QUEUE.to_owned()),
        ("DeleteQueue", r#"{"$none"}"#, NO_QUEUE.to_owned()),
        ("DeleteQueue", "{}", format!("{MISSING} QueueUrl.")),
        ("PurgeQueue", r#"{"QueueUrl":"q"}"#, "404 InvalidAddress: The address q is not valid for this endpoint.".to_owned()),
        // Attributes, tags and permissions.
        (
            "SetQueueAttributes",
            r#"{"$q","Attributes":{"DelaySeconds":"901"}}"#,
            "400 InvalidAttributeValue: Invalid value for the parameter DelaySeconds.".to_owned(),
        ),
        (
            "SetQueueAttributes",
            r#"{"$q","Attributes":{"Colour":"red"}}"#,
            "400 InvalidAttributeName: Unknown Attribute Colour.".to_owned(),
        ),
        (
            "SetQueueAttributes",
            r#"{"$q","Attributes":{"KmsMasterKeyId":"alias/aws/sqs"}}"#,
            "400 AWS.SimpleQueueService.UnsupportedOperation: ".to_owned(),
        ),
        (
            "GetQueueAttributes",
            r#"{"$q","AttributeNames":["Colour"]}"#,
            "400 InvalidAttributeName: Unknown Attribute Colour.".to_owned(),
        ),
        ("TagQueue", r#"{"$q"}"#, format!("{MISSING} Tags.")),
        ("UntagQueue", r#"{"$q"}"#, format!("{MISSING} TagKeys.")),
        (
            "AddPermission",
            r#"{"$q","Label":"l","AWSAccountIds":["1"],"Actions":["SendMessage"]}"#,
            format!("{INVALID} [1] for parameter PrincipalId is invalid. Reason: Unable to verify."),
        ),
        (
            "AddPermission",
            r#"{"$q","Label":"l","AWSAccountIds":["111111111111"],"Actions":["DeleteQueue"]}"#,
            format!(
                "{INVALID} SQS:DeleteQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed to \
                 invoke this action."
            ),
        ),
        (
            "RemovePermission",
            r#"{"$q","Label":"l"}"#,
            format!("{INVALID} l for parameter Label is invalid. Reason: can't find label."),
        ),
        ("ListQueues", r#"{"MaxResults":1001}"#, format!("{INVALID} 1001 for parameter MaxResults is invalid.")),
        ("ListDeadLetterSourceQueues", r#"{"$none"}"#, NO_QUEUE.to_owned()),
        // Messages.
        ("SendMessage", r#"{"$q"}"#, format!("{MISSING} MessageBody.")),
        ("SendMessage", r#"{"$none","MessageBody":"x"}"#, NO_QUEUE.to_owned()),
        (
            "SendMessage",
            r#"{"$q","MessageBody":"$long"}"#,
            "400 InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than 1048576 \
             bytes."
                .to_owned(),
        ),
        (
            "SendMessage",
            r#"{"$q","MessageBody":"x","DelaySeconds":901}"#,
            format!("{INVALID} 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."),
        ),
        ("SendMessage", r#"{"$f","MessageBody":"x"}"#, format!("{MISSING} MessageGroupId.")),
        (
            "SendMessage",
            r#"{"$f","MessageBody":"x","MessageGroupId":"g"}"#,
            "400 InvalidParameterValue: The queue should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly"
                .to_owned(),
        ),
        (
            "SendMessage",
            r#"{"$q","MessageBody":"x","MessageAttributes":{"a":{"DataType":"Number","StringValue":"x"}}}"#,
            "400 InvalidParameterValue: Can't cast the value of message (user) attribute 'a' to a number.".to_owned(),
        ),
        (
            "ReceiveMessage",
            r#"{"$q","MaxNumberOfMessages":11}"#,
            format!(
                "{INVALID} 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
            ),
        ),
        (
            "ReceiveMessage",
            r#"{"$q","WaitTimeSeconds":21}"#,
            format!("{INVALID} 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."),
        ),
        (
            "ReceiveMessage",
            r#"{"$q","AttributeNames":["Colour"]}"#,
            "400 InvalidAttributeName: Unknown Attribute Colour.".to_owned(),
        ),
        (
            "DeleteMessage",
            r#"{"$q","ReceiptHandle":"x"}"#,
            "404 ReceiptHandleIsInvalid: The input receipt handle \"x\" is not a valid receipt handle.".to_owned(),
        ),
        (
            "ChangeMessageVisibility",
            r#"{"$q","ReceiptHandle":"x"}"#,
            format!("{MISSING} VisibilityTimeout."),
        ),
        // Batches.
        (
            "SendMessageBatch",
            r#"{"$q","Entries":[]}"#,
            "400 AWS.SimpleQueueService.EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in \
             the request."
                .to_owned(),
        ),
        (
            "DeleteMessageBatch",
            r#"{"$q","Entries":[{"Id":"a","ReceiptHandle":"x"},{"Id":"a","ReceiptHandle":"x"}]}"#,
            "400 AWS.SimpleQueueService.BatchEntryIdsNotDistinct: Id a repeated.".to_owned(),
        ),
        (
            "ChangeMessageVisibilityBatch",
            r#"{"$q","Entries":[{"Id":"a b","ReceiptHandle":"x"}]}"#,
            "400 AWS.SimpleQueueService.InvalidBatchEntryId: A batch entry id can only contain alphanumeric characters, \
             hyphens and underscores. It can be at most 80 letters long."
                .to_owned(),
        ),
        // What is not served, by name.
        ("StartMessageMoveTask", r#"{"SourceArn":"x"}"#, "InvalidAction".to_owned()),
        ("ListMessageMoveTasks", r#"{"SourceArn":"x"}"#, "InvalidAction".to_owned()),
        ("CancelMessageMoveTask", r#"{"TaskHandle":"x"}"#, "InvalidAction".to_owned()),
    ];
    let mut wrong = Vec::new();
    for (operation, text, expect) in cases {
        let input = input(&server, &text.replace("$long", &long));
        let [json, query] = refusals(&server, operation, &input).await;
        if !json.contains(&expect) {
            wrong.push(format!("{operation} {text}: {json}"));
        }
        // The old protocol has words of its own for this one.
        let expect = match expect == NO_QUEUE {
            true => format!("{expect} for this wsdl version."),
            false => expect,
        };
        if !query.contains(&expect) {
            wrong.push(format!("{operation} {text}: {query}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn codes_have_two_spellings() {
    let server = Server::start().await;
    let answer = server.sqs("SendMessage", &json!({"QueueUrl": url(&server, "none"), "MessageBody": "x"})).await;
    assert_eq!(answer.header("x-amzn-query-error"), "AWS.SimpleQueueService.NonExistentQueue;Sender");
    assert_eq!(answer.json()["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
    let answer = server.sqs("ReceiveMessage", &json!({})).await;
    assert_eq!(answer.header("x-amzn-query-error"), "MissingParameter;Sender");
    assert_eq!(answer.json()["__type"], "com.amazon.coral.service#MissingRequiredParameterException");
    let answer = post_form(&server, "/", form("SendMessage", &json!({"QueueUrl": url(&server, "none")}))).await;
    let text = answer.text();
    assert!(text.contains("<Type>Sender</Type>") && text.contains("<Detail/>"), "{text}");
}

/// The entries that were done, and those that were refused with their codes.
fn outcome(batch: &Value) -> (Vec<&str>, Vec<String>) {
    let done = batch["Successful"].as_array().unwrap().iter().map(|entry| entry["Id"].as_str().unwrap());
    let refused = batch["Failed"].as_array().unwrap().iter().map(|entry| {
        assert_eq!(entry["SenderFault"], true);
        format!("{} {}: {}", entry["Id"].as_str().unwrap(), entry["Code"].as_str().unwrap(), entry["Message"])
    });
    (done.collect(), refused.collect())
}

#[tokio::test]
async fn a_batch_is_refused_entry_by_entry() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    let entries = json!([
        {"Id": "good", "MessageBody": "x"},
        {"Id": "empty", "MessageBody": ""},
        {"Id": "bell", "MessageBody": "\u{7}"},
        {"Id": "late", "MessageBody": "x", "DelaySeconds": 901},
    ]);
    let sent = ask(&server, "SendMessageBatch", json!({"QueueUrl": queue, "Entries": entries})).await;
    let (done, refused) = outcome(&sent);
    assert_eq!(done, ["good"]);
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused[0].starts_with("empty MissingParameter: "), "{refused:?}");
    assert!(refused[1].starts_with("bell InvalidMessageContents: "), "{refused:?}");
    assert!(refused[2].starts_with("late InvalidParameterValue: "), "{refused:?}");
    let received = super::receive(&server, &queue).await;
    let handle = &received[0]["ReceiptHandle"];
    let entries = json!([
        {"Id": "kept", "ReceiptHandle": handle, "VisibilityTimeout": 60},
        {"Id": "wrong", "ReceiptHandle": "x", "VisibilityTimeout": 60},
        {"Id": "long", "ReceiptHandle": handle, "VisibilityTimeout": 43_201},
    ]);
    let changed = ask(&server, "ChangeMessageVisibilityBatch", json!({"QueueUrl": queue, "Entries": entries})).await;
    let (done, refused) = outcome(&changed);
    assert_eq!(done, ["kept"]);
    assert!(refused[0].starts_with("wrong ReceiptHandleIsInvalid: "), "{refused:?}");
    assert!(refused[1].starts_with("long InvalidParameterValue: "), "{refused:?}");
    let entries = json!([{"Id": "1", "ReceiptHandle": handle}, {"Id": "2", "ReceiptHandle": "x"}]);
    let deleted = ask(&server, "DeleteMessageBatch", json!({"QueueUrl": queue, "Entries": entries})).await;
    assert_eq!(outcome(&deleted).0, ["1"]);
}

#[tokio::test]
async fn bodies_of_sqs_have_a_limit_of_their_own() {
    let server = Server::with(|config| config.limits.sqs_body_bytes = 3_000_000).await;
    let queue = create(&server, "q", json!({})).await;
    let body = "é".repeat(524_288);
    send(&server, &queue, &body).await;
    assert_eq!(super::bodies(&server, &queue).await, [body]);
    let too_long = server.sqs("SendMessage", &json!({"QueueUrl": queue, "MessageBody": "x".repeat(3_000_000)})).await;
    assert_eq!(too_long.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(too_long.error().1, "the body is larger than the limit of 3000000 bytes");
}

#[tokio::test]
async fn what_queues_hold_has_a_limit() {
    let server = Server::with(|config| config.limits.queue_bytes = 10_000).await;
    let queue = create(&server, "q", json!({})).await;
    send(&server, &queue, &"x".repeat(6000)).await;
    let input = json!({"QueueUrl": queue, "MessageBody": "y".repeat(6000)});
    let (code, message) = super::refused(&server, "SendMessage", input.clone()).await;
    assert_eq!(code, "OverLimit");
    assert!(message.contains("10000 bytes"), "{message}");
    assert!(server.get("/metrics").await.text().contains("nepho_queued_messages 1"), "the refused one is not held");
    let received = super::receive(&server, &queue).await;
    ask(&server, "DeleteMessage", json!({"QueueUrl": queue, "ReceiptHandle": received[0]["ReceiptHandle"]})).await;
    ask(&server, "SendMessage", input).await;
}

#[tokio::test]
async fn policies_come_back_byte_for_byte() {
    let server = Server::start().await;
    let queue = create(&server, "q", json!({})).await;
    let policy = format!(
        "{{ \"Version\":\"2012-10-17\",\t\"Statement\": [ {{\"Effect\":\"Allow\",\"Principal\":\"*\",\
         \"Action\":\"SQS:SendMessage\", \"Resource\":\"{}\"}} ] }}",
        arn("q")
    );
    let set = async |policy: &str| {
        ask(&server, "SetQueueAttributes", json!({"QueueUrl": queue, "Attributes": {"Policy": policy}})).await
    };
    set(&policy).await;
    assert_eq!(super::attribute(&server, &queue, "Policy").await, json!(policy));
    set("").await;
    assert_eq!(super::attribute(&server, &queue, "Policy").await, Value::Null);
}
