//! SQS: one shape for JSON's lists and maps and for awsQuery's, which have no parent.

use std::fmt::Debug;

use nepho_protocol::codec::{decode, encode, encode_error};
use nepho_protocol::error::sqs;
use nepho_protocol::shapes::ELEMENTS_MAX;
use nepho_protocol::shapes::sqs::add_permission::AddPermissionRequest;
use nepho_protocol::shapes::sqs::change_message_visibility_batch::ChangeMessageVisibilityBatchRequest;
use nepho_protocol::shapes::sqs::create_queue::CreateQueueRequest;
use nepho_protocol::shapes::sqs::delete_message_batch::{
    DeleteMessageBatchRequest, DeleteMessageBatchResult, DeleteMessageBatchResultEntry,
};
use nepho_protocol::shapes::sqs::get_queue_attributes::{GetQueueAttributesRequest, GetQueueAttributesResult};
use nepho_protocol::shapes::sqs::list_dead_letter_source_queues::ListDeadLetterSourceQueuesResult;
use nepho_protocol::shapes::sqs::receive_message::{Message, ReceiveMessageRequest, ReceiveMessageResult};
use nepho_protocol::shapes::sqs::send_message::SendMessageRequest;
use nepho_protocol::shapes::sqs::send_message_batch::SendMessageBatchRequest;
use nepho_protocol::shapes::sqs::untag_queue::UntagQueueRequest;
use nepho_protocol::shapes::sqs::{BatchResultErrorEntry, MessageAttributeValue};
use nepho_protocol::value::{Blob, FlatMap};
use nepho_protocol::{Protocol, Route, Service};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::fixtures::REQUEST_ID;
use crate::mutation::{damage, inflict};

/// A request as botocore writes it: today's in JSON, and the form of the years before.
struct Recorded {
    form: &'static [u8],
    json: &'static [u8],
}

macro_rules! recorded {
    ($name:literal) => {
        Recorded {
            form: include_bytes!(concat!("../golden/requests/sqs/", $name, ".form")),
            json: include_bytes!(concat!("../golden/requests/sqs/", $name, ".json")),
        }
    };
}

const RECORDED: [Recorded; 9] = [
    recorded!("AddPermission"),
    recorded!("ChangeMessageVisibilityBatch"),
    recorded!("CreateQueue"),
    recorded!("DeleteMessageBatch"),
    recorded!("GetQueueAttributes"),
    recorded!("ReceiveMessage"),
    recorded!("SendMessage"),
    recorded!("SendMessageBatch"),
    recorded!("UntagQueue"),
];
const URL: &str = "http://127.0.0.1:4582/000000000000/orders.fifo";

/// Reads a recorded request, which is the same shape in both protocols.
#[track_caller]
fn read<T: Deserialize<'static> + PartialEq + Debug>(at: usize) -> T {
    let json: T = decode(Protocol::Json10, RECORDED[at].json).unwrap();
    let form: T = decode(Protocol::Query, RECORDED[at].form).unwrap();
    assert_eq!(form, json);
    json
}

fn own(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn map<N, V>(entries: impl IntoIterator<Item = (&'static str, V)>) -> Option<FlatMap<N, V>> {
    let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value));
    Some(entries.collect::<std::collections::BTreeMap<_, _>>().into())
}

fn strings<N>(texts: &[&str]) -> Option<nepho_protocol::value::FlatList<N, String>> {
    Some(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().into())
}

fn text(data_type: &str, value: &str) -> MessageAttributeValue {
    MessageAttributeValue { data_type: own(data_type), string_value: own(value), ..MessageAttributeValue::default() }
}

#[test]
fn requests() {
    let expect = AddPermissionRequest {
        queue_url: own(URL),
        label: own("l"),
        aws_account_ids: strings(&["111111111111"]),
        actions: strings(&["SendMessage", "ReceiveMessage"]),
    };
    assert_eq!(read::<AddPermissionRequest>(0), expect);
    let entries = read::<ChangeMessageVisibilityBatchRequest>(1).entries.unwrap().0;
    let entry = &entries[0];
    assert_eq!((&entry.id, &entry.receipt_handle, entry.visibility_timeout), (&own("one"), &own("h=="), Some(30)));
    let expect = CreateQueueRequest {
        queue_name: own("orders.fifo"),
        attributes: map([("DelaySeconds", "5".to_owned()), ("FifoQueue", "true".to_owned())]),
        tags: map([("team", "a & b".to_owned()), ("empty", String::new())]),
    };
    assert_eq!(read::<CreateQueueRequest>(2), expect);
    assert_eq!(read::<DeleteMessageBatchRequest>(3).entries.unwrap().0[0].id, own("one"));
    assert_eq!(read::<GetQueueAttributesRequest>(4).attribute_names, strings(&["QueueArn", "Policy"]));
    let expect = ReceiveMessageRequest {
        queue_url: own(URL),
        attribute_names: strings(&["All"]),
        message_system_attribute_names: None,
        message_attribute_names: strings(&["colour", "r.*"]),
        max_number_of_messages: Some(10),
        visibility_timeout: Some(0),
        wait_time_seconds: Some(20),
        receive_request_attempt_id: own("again"),
    };
    assert_eq!(read::<ReceiveMessageRequest>(5), expect);
    let raw = MessageAttributeValue {
        data_type: own("Binary.gz"),
        binary_value: Some(Blob(vec![0, 255])),
        ..MessageAttributeValue::default()
    };
    let expect = SendMessageRequest {
        queue_url: own(URL),
        message_body: own("three \"apples\"\n & é"),
        delay_seconds: Some(7),
        message_attributes: map([("colour", text("String", "red")), ("raw", raw)]),
        message_system_attributes: map([("AWSTraceHeader", text("String", "Root=1"))]),
        message_deduplication_id: own("d"),
        message_group_id: own("g"),
    };
    assert_eq!(read::<SendMessageRequest>(6), expect);
    let entries = read::<SendMessageBatchRequest>(7).entries.unwrap().0;
    assert_eq!((entries[0].message_body.as_deref(), entries[1].delay_seconds), (Some("1"), Some(0)));
    assert_eq!(entries[0].message_attributes, map([("n", text("Number", "1"))]));
    assert_eq!(read::<UntagQueueRequest>(8).tag_keys, strings(&["a", "b"]));
}

#[test]
fn lists_without_a_parent_are_ordered_by_number() {
    for (form, expect) in [
        ("TagKey.10=c&TagKey.9=b&TagKey.1=a", Ok(&["a", "b", "c"][..])),
        ("TagKey=", Ok(&[])),
        ("TagKey.0=a", Err("TagKey: expected an index from 1 to 10000, found `0`")),
        ("TagKey.member.1=a", Err("TagKey: expected an index from 1 to 10000, found `member`")),
        ("TagKey=a", Err("TagKey: invalid value: string \"a\", expected members")),
    ] {
        let keys = decode::<UntagQueueRequest>(Protocol::Query, form.as_bytes());
        let found = match &keys {
            Ok(keys) => Ok(keys.tag_keys.iter().flat_map(|keys| &keys.0).map(String::as_str).collect::<Vec<_>>()),
            Err(error) => Err(error.message.as_deref().unwrap()),
        };
        assert_eq!(found, expect.map(<[&str]>::to_vec), "{form}");
    }
}

#[test]
fn maps_without_a_parent_have_entries_of_two() {
    for (form, expect) in [
        ("Attribute.1.Name=a", "Attribute: expected a `Name` and a `Value` in entry 1"),
        ("Attribute.1.key=a&Attribute.1.value=b", "Attribute: expected a `Name` and a `Value` in entry 1"),
        (
            "Attribute.1.Name=a&Attribute.1.Value=b&Attribute.1.X=c",
            "Attribute: expected a `Name` and a `Value` in entry 1",
        ),
    ] {
        let error = decode::<CreateQueueRequest>(Protocol::Query, form.as_bytes()).unwrap_err();
        assert_eq!(error.message.as_deref(), Some(expect), "{form}");
    }
    let twice = "Attribute.1.Name=a&Attribute.1.Value=1&Attribute.2.Name=a&Attribute.2.Value=2";
    let input: CreateQueueRequest = decode(Protocol::Query, twice.as_bytes()).unwrap();
    assert_eq!(input.attributes, map([("a", "2".to_owned())]));
}

#[test]
fn lists_and_maps_are_bounded() {
    let list = |count: usize| format!(r#"{{"Entries":[{}{{}}]}}"#, "{},".repeat(count - 1));
    let map = |count: usize| {
        let entries: Vec<_> = (0..count).map(|n| format!("\"{n}\":\"\"")).collect();
        format!(r#"{{"Attributes":{{{}}}}}"#, entries.join(","))
    };
    for (count, is_ok) in [(ELEMENTS_MAX, true), (ELEMENTS_MAX + 1, false)] {
        let entries = decode::<SendMessageBatchRequest>(Protocol::Json10, list(count).as_bytes());
        assert_eq!(entries.is_ok(), is_ok);
        assert_eq!(decode::<CreateQueueRequest>(Protocol::Json10, map(count).as_bytes()).is_ok(), is_ok);
    }
}

fn answer<T: Serialize>(protocol: Protocol, operation: &str, output: &T) -> String {
    let route = Route { protocol, service: Service::Sqs, query_mode: true };
    String::from_utf8(encode(route, operation, output, REQUEST_ID).into_body()).unwrap()
}

#[track_caller]
fn check<T: Serialize>(operation: &str, output: &T, json: &str, xml: &str) {
    assert_eq!(answer(Protocol::Json10, operation, output), json);
    let xml = format!(
        "<{operation}Response xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">{xml}<ResponseMetadata><RequestId>\
         {REQUEST_ID}</RequestId></ResponseMetadata></{operation}Response>"
    );
    assert_eq!(answer(Protocol::Query, operation, output), xml);
}

#[test]
fn responses() {
    let message = Message {
        message_id: own("m"),
        receipt_handle: own("h=="),
        md5_of_body: own("5"),
        body: own("a & b"),
        attributes: map([("SenderId", "me".to_owned()), ("SentTimestamp", "1".to_owned())]),
        md5_of_message_attributes: own("6"),
        message_attributes: map([("colour", text("String", "red"))]),
    };
    let received = ReceiveMessageResult { messages: Some(vec![message, Message::default()].into()) };
    check(
        "ReceiveMessage",
        &received,
        r#"{"Messages":[{"MessageId":"m","ReceiptHandle":"h==","MD5OfBody":"5","Body":"a & b","Attributes":{"SenderId":"me","SentTimestamp":"1"},"MD5OfMessageAttributes":"6","MessageAttributes":{"colour":{"StringValue":"red","DataType":"String"}}},{}]}"#,
        "<ReceiveMessageResult><Message><MessageId>m</MessageId><ReceiptHandle>h==</ReceiptHandle><MD5OfBody>5</MD5OfBody>\
         <Body>a &amp; b</Body><Attribute><Name>SenderId</Name><Value>me</Value></Attribute><Attribute><Name>SentTimestamp\
         </Name><Value>1</Value></Attribute><MD5OfMessageAttributes>6</MD5OfMessageAttributes><MessageAttribute><Name>colour\
         </Name><Value><StringValue>red</StringValue><DataType>String</DataType></Value></MessageAttribute></Message>\
         <Message/></ReceiveMessageResult>",
    );
    check("ReceiveMessage", &ReceiveMessageResult::default(), "{}", "<ReceiveMessageResult/>");
    let entry = DeleteMessageBatchResultEntry { id: own("one") };
    let failed = BatchResultErrorEntry { id: own("two"), sender_fault: Some(true), code: own("C"), message: own("M") };
    check(
        "DeleteMessageBatch",
        &DeleteMessageBatchResult { successful: Some(vec![entry].into()), failed: Some(vec![failed].into()) },
        r#"{"Successful":[{"Id":"one"}],"Failed":[{"Id":"two","SenderFault":true,"Code":"C","Message":"M"}]}"#,
        "<DeleteMessageBatchResult><DeleteMessageBatchResultEntry><Id>one</Id></DeleteMessageBatchResultEntry>\
         <BatchResultErrorEntry><Id>two</Id><SenderFault>true</SenderFault><Code>C</Code><Message>M</Message>\
         </BatchResultErrorEntry></DeleteMessageBatchResult>",
    );
    check(
        "DeleteMessageBatch",
        &DeleteMessageBatchResult { successful: Some(Vec::new().into()), failed: Some(Vec::new().into()) },
        r#"{"Successful":[],"Failed":[]}"#,
        "<DeleteMessageBatchResult/>",
    );
    check(
        "GetQueueAttributes",
        &GetQueueAttributesResult { attributes: map([("Policy", "{\"a\": 1}".to_owned())]) },
        r#"{"Attributes":{"Policy":"{\"a\": 1}"}}"#,
        "<GetQueueAttributesResult><Attribute><Name>Policy</Name><Value>{\"a\": 1}</Value></Attribute></GetQueueAttributesResult>",
    );
    check(
        "ListDeadLetterSourceQueues",
        &ListDeadLetterSourceQueuesResult { queue_urls: strings(&["u"]), next_token: None },
        r#"{"queueUrls":["u"]}"#,
        "<ListDeadLetterSourceQueuesResult><QueueUrl>u</QueueUrl></ListDeadLetterSourceQueuesResult>",
    );
}

#[test]
fn errors() {
    let error = sqs::QUEUE_DOES_NOT_EXIST.message("No.");
    let said = |protocol| {
        let route = Route { protocol, service: Service::Sqs, query_mode: protocol != Protocol::Query };
        let response = encode_error(route, &error, REQUEST_ID);
        let code = response.headers().get("x-amzn-query-error").map(|code| code.to_str().unwrap().to_owned());
        (response.status().as_u16(), code, String::from_utf8(response.into_body()).unwrap())
    };
    let code = "AWS.SimpleQueueService.NonExistentQueue";
    assert_eq!(
        said(Protocol::Json10),
        (
            400,
            Some(format!("{code};Sender")),
            r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"No."}"#.to_owned()
        )
    );
    let xml = format!(
        "<ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>No.</Message><Detail/></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    );
    assert_eq!(said(Protocol::Query), (400, None, xml));
}

fn read_all(protocol: Protocol, body: &[u8]) {
    let outcomes = [
        decode::<AddPermissionRequest>(protocol, body).err(),
        decode::<ChangeMessageVisibilityBatchRequest>(protocol, body).err(),
        decode::<CreateQueueRequest>(protocol, body).err(),
        decode::<ReceiveMessageRequest>(protocol, body).err(),
        decode::<SendMessageRequest>(protocol, body).err(),
        decode::<SendMessageBatchRequest>(protocol, body).err(),
    ];
    for error in outcomes.into_iter().flatten() {
        assert!(error.message.is_some_and(|message| !message.is_empty()));
    }
}

proptest! {
    #[test]
    fn damaged_requests(at in 0..RECORDED.len(), damages in proptest::collection::vec(damage(), 1..12)) {
        for (protocol, body) in [(Protocol::Query, RECORDED[at].form), (Protocol::Json10, RECORDED[at].json)] {
            let mut body = body.to_vec();
            damages.iter().for_each(|damage| inflict(&mut body, damage));
            read_all(protocol, &body);
        }
    }
}
