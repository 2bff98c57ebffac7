//! Two protocols, one meaning: requests as forms, and answers in XML.

use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{create, url};
use crate::support::{Answer, Server};

/// What the elements of a member are called in a form.
const ELEMENTS: [(&str, &str); 9] = [
    ("AWSAccountIds", "AWSAccountId"),
    ("Actions", "ActionName"),
    ("AttributeNames", "AttributeName"),
    ("Attributes", "Attribute"),
    ("MessageAttributeNames", "MessageAttributeName"),
    ("MessageAttributes", "MessageAttribute"),
    ("MessageSystemAttributes", "MessageSystemAttribute"),
    ("TagKeys", "TagKey"),
    ("Tags", "Tag"),
];

/// The form of a request of an operation.
pub(super) fn form(operation: &str, input: &Value) -> Vec<u8> {
    let mut form = vec![format!("Action={operation}"), "Version=2012-11-05".to_owned()];
    flatten(operation, "", input, &mut form);
    form.join("&").into_bytes()
}

fn flatten(operation: &str, path: &str, value: &Value, form: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let element = match ELEMENTS.iter().find(|(member, _)| member == name) {
                    Some((_, element)) => (*element).to_owned(),
                    None if name == "Entries" => format!("{operation}RequestEntry"),
                    None => name.clone(),
                };
                let path = if path.is_empty() { element } else { format!("{path}.{element}") };
                match value {
                    Value::Object(entries) if ELEMENTS.iter().any(|(member, _)| member == name) => {
                        let [key, inner] = if name == "Tags" { ["Key", "Value"] } else { ["Name", "Value"] };
                        for (n, (name, value)) in (1..).zip(entries) {
                            flatten(operation, &format!("{path}.{n}.{key}"), &json!(name), form);
                            flatten(operation, &format!("{path}.{n}.{inner}"), value, form);
                        }
                    }
                    value => flatten(operation, &path, value, form),
                }
            }
        }
        Value::Array(items) => {
            for (n, item) in (1..).zip(items) {
                flatten(operation, &format!("{path}.{n}"), item, form);
            }
        }
        Value::String(text) => {
            let text = text.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace(';', "%3B");
            form.push(format!("{path}={text}"));
        }
        other => form.push(format!("{path}={other}")),
    }
}

/// Posts a form to a path.
pub(super) async fn post_form(server: &Server, path: &str, form: Vec<u8>) -> Answer {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    server.send(request.body(form).unwrap()).await
}

/// The text of the first element of this name.
pub(super) fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}: {xml}"));
    let text = rest.split_once(&format!("</{name}>")).unwrap().0;
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn a_queue_can_be_used_with_forms_alone() {
    let server = Server::start().await;
    let ask = async |path: &str, operation: &str, input: Value| {
        let answer = post_form(&server, path, form(operation, &input)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let head = format!("<{operation}Response xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">");
        assert!(answer.text().contains(&head), "{}", answer.text());
        answer.text()
    };
    let made = ask("/", "CreateQueue", json!({"QueueName": "orders", "Attributes": {"DelaySeconds": "0"}})).await;
    assert_eq!(element(&made, "QueueUrl"), url(&server, "orders"));
    // Everything that is about a queue goes to the queue, as clients did for years, and as they do now.
    for (path, target) in [("/000000000000/orders", None), ("/", Some(url(&server, "orders")))] {
        let with_target = |mut input: Value| {
            if let Some(target) = &target {
                input["QueueUrl"] = json!(target);
            }
            input
        };
        let attributes = json!({"color": {"DataType": "String", "StringValue": "red & blue"}});
        let message = json!({"MessageBody": "a < b", "MessageAttributes": attributes});
        let sent = ask(path, "SendMessage", with_target(message)).await;
        assert_eq!(element(&sent, "MD5OfMessageBody"), "9c2309929b5d4e6d89e1f48e3e3d6ebb");
        let wanted = json!({"AttributeNames": ["All"], "MessageAttributeNames": ["All"]});
        let received = ask(path, "ReceiveMessage", with_target(wanted)).await;
        assert_eq!(element(&received, "Body"), "a < b");
        assert_eq!(element(&received, "StringValue"), "red & blue");
        assert_eq!(element(&received, "MessageId"), element(&sent, "MessageId"));
        assert_eq!(element(&received, "MD5OfMessageAttributes"), element(&sent, "MD5OfMessageAttributes"));
        let handle = element(&received, "ReceiptHandle");
        ask(path, "DeleteMessage", with_target(json!({"ReceiptHandle": handle}))).await;
        let entries = json!([{"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": ""}]);
        let batch = ask(path, "SendMessageBatch", with_target(json!({"Entries": entries}))).await;
        assert!(batch.contains("<SendMessageBatchResultEntry><Id>a</Id>"), "{batch}");
        assert!(batch.contains("<BatchResultErrorEntry><Id>b</Id>"), "{batch}");
        let counted = ask(path, "GetQueueAttributes", with_target(json!({"AttributeNames": ["All"]}))).await;
        assert!(counted.contains("<Name>ApproximateNumberOfMessages</Name><Value>1</Value>"), "{counted}");
        let received = ask(path, "ReceiveMessage", with_target(json!({}))).await;
        let handle = element(&received, "ReceiptHandle");
        let entries = json!([{"Id": "c", "ReceiptHandle": handle}]);
        let deleted = ask(path, "DeleteMessageBatch", with_target(json!({"Entries": entries}))).await;
        assert!(deleted.contains("<DeleteMessageBatchResultEntry><Id>c</Id>"), "{deleted}");
        assert!(ask(path, "ReceiveMessage", with_target(json!({}))).await.contains("<ReceiveMessageResult/>"));
    }
    ask("/000000000000/orders", "DeleteQueue", json!({})).await;
}

#[tokio::test]
async fn old_clients_also_ask_in_the_address() {
    let server = Server::start().await;
    create(&server, "orders", json!({})).await;
    let answer = server.get("/000000000000/orders?Action=GetQueueAttributes&AttributeName.1=QueueArn").await;
    assert!(answer.text().contains("<Value>arn:aws:sqs:us-east-1:000000000000:orders</Value>"), "{}", answer.text());
}
