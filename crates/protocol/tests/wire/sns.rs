//! The operations of SNS: forms as botocore 1.43 writes them, and answers in XML.

use std::collections::BTreeMap;

use nepho_protocol::codec::{decode, encode, encode_error, json};
use nepho_protocol::error::sns;
use nepho_protocol::shapes::sns::create_topic::CreateTopicInput;
use nepho_protocol::shapes::sns::get_topic_attributes::GetTopicAttributesOutput;
use nepho_protocol::shapes::sns::list_topics::{ListTopicsOutput, Topic};
use nepho_protocol::shapes::sns::message_attribute::MessageAttributeValue;
use nepho_protocol::shapes::sns::permissions::AddPermissionInput;
use nepho_protocol::shapes::sns::publish::{PublishInput, PublishOutput};
use nepho_protocol::shapes::sns::publish_batch::{PublishBatchInput, PublishBatchOutput, PublishBatchRequestEntry};
use nepho_protocol::shapes::sns::subscribe::SubscribeInput;
use nepho_protocol::shapes::sns::tags::TagResourceOutput;
use nepho_protocol::shapes::{NoOutput, Tag};
use nepho_protocol::{Protocol, Route, Service};
use serde::{Deserialize, Serialize};

use crate::fixtures::REQUEST_ID;

/// A request as a query client writes it.
macro_rules! form {
    ($name:literal) => {
        include_bytes!(concat!("../golden/requests/Sns", $name, ".form"))
    };
}

pub(crate) const PUBLISH: &[u8] = form!("Publish");
pub(crate) const PUBLISH_BATCH: &[u8] = form!("PublishBatch");
pub(crate) const SUBSCRIBE: &[u8] = form!("Subscribe");

const ROUTE: Route = Route { protocol: Protocol::Query, service: Service::Sns, query_mode: false };
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alerts";

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn map(pairs: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    Some(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

fn attribute(data_type: &str, string: Option<&str>, binary: Option<&str>) -> MessageAttributeValue {
    MessageAttributeValue {
        data_type: text(data_type),
        string_value: string.map(str::to_owned),
        binary_value: binary.map(str::to_owned),
    }
}

/// The form is this shape, and so is what JSON makes of the shape.
#[track_caller]
fn check<T: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug>(form: &[u8], expect: &T) {
    assert_eq!(&decode::<T>(Protocol::Query, form).unwrap(), expect);
    let bytes = json::to_vec(expect).unwrap();
    assert_eq!(&decode::<T>(Protocol::Json10, &bytes).unwrap(), expect);
}

#[test]
fn requests_are_read() {
    let attributes = BTreeMap::from([
        ("level".to_owned(), attribute("Number", Some("3"), None)),
        ("raw".to_owned(), attribute("Binary", None, Some("AgME"))),
    ]);
    let publish = PublishInput {
        topic_arn: text(TOPIC),
        message: text("disk & \"fire\"\nü"),
        subject: text("ALARM"),
        message_structure: text("json"),
        message_attributes: Some(attributes),
        message_deduplication_id: text("d"),
        message_group_id: text("g"),
        ..PublishInput::default()
    };
    check(PUBLISH, &publish);
    let entry = |id, message| PublishBatchRequestEntry { id: text(id), message: text(message), ..Default::default() };
    let second = PublishBatchRequestEntry {
        subject: text("s"),
        message_attributes: Some(BTreeMap::from([("a".to_owned(), attribute("String", Some("v"), None))])),
        ..entry("2", "two")
    };
    let entries = Some(vec![entry("1", "one"), second]);
    check(PUBLISH_BATCH, &PublishBatchInput { topic_arn: text(TOPIC), publish_batch_request_entries: entries });
    let subscribe = SubscribeInput {
        topic_arn: text(TOPIC),
        protocol: text("https"),
        endpoint: text("https://example.com/a?b=c"),
        attributes: map(&[("FilterPolicy", "{\"a\":[\"b\"]}"), ("RawMessageDelivery", "true")]),
        return_subscription_arn: Some(true),
    };
    check(SUBSCRIBE, &subscribe);
    let create = CreateTopicInput {
        name: text("alerts.fifo"),
        attributes: map(&[("FifoTopic", "true"), ("DisplayName", "Alerts")]),
        tags: Some(vec![Tag { key: text("team"), value: text("web") }]),
        ..CreateTopicInput::default()
    };
    check(form!("CreateTopic"), &create);
    let add = AddPermissionInput {
        topic_arn: text(TOPIC),
        label: text("l"),
        aws_account_id: Some(vec!["123456789012".to_owned()]),
        action_name: Some(vec!["Publish".to_owned(), "Subscribe".to_owned()]),
    };
    check(form!("AddPermission"), &add);
}

#[track_caller]
fn answers(operation: &str, output: &impl Serialize, result: &str) {
    let response = encode(ROUTE, operation, output, REQUEST_ID);
    let expect = format!(
        "<{operation}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">{result}<ResponseMetadata><RequestId>\
         {REQUEST_ID}</RequestId></ResponseMetadata></{operation}Response>"
    );
    assert_eq!(String::from_utf8_lossy(response.body()), expect);
}

#[test]
fn answers_are_written() {
    let published = PublishOutput { message_id: text("m"), sequence_number: None };
    answers("Publish", &published, "<PublishResult><MessageId>m</MessageId></PublishResult>");
    let none = PublishBatchOutput { successful: Some(Vec::new()), failed: Some(Vec::new()) };
    answers("PublishBatch", &none, "<PublishBatchResult><Successful/><Failed/></PublishBatchResult>");
    let topics = ListTopicsOutput { topics: Some(vec![Topic { topic_arn: text(TOPIC) }]), next_token: None };
    let listed =
        format!("<ListTopicsResult><Topics><member><TopicArn>{TOPIC}</TopicArn></member></Topics></ListTopicsResult>");
    answers("ListTopics", &topics, &listed);
    let attributes = GetTopicAttributesOutput { attributes: map(&[("Policy", "{\"a\":\"<b>\"}")]) };
    let written = "<GetTopicAttributesResult><Attributes><entry><key>Policy</key><value>{\"a\":\"&lt;b&gt;\"}</value>\
                   </entry></Attributes></GetTopicAttributesResult>";
    answers("GetTopicAttributes", &attributes, written);
    answers("DeleteTopic", &NoOutput, "");
    answers("TagResource", &TagResourceOutput {}, "<TagResourceResult/>");
}

#[test]
fn refusals_have_their_codes() {
    let response = encode_error(ROUTE, &sns::NOT_FOUND.message("Topic does not exist"), REQUEST_ID);
    assert_eq!(response.status(), 404);
    let expect = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>NotFound</Code>\
         <Message>Topic does not exist</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    );
    assert_eq!(String::from_utf8_lossy(response.body()), expect);
}
