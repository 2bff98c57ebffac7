//! Topics and subscriptions, through the query protocol.

use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{Answer, Server};

/// What an answer has between the first pair of these tags.
pub(crate) fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
}

/// What a map in an answer has under a key.
pub(crate) fn entry(answer: &Answer, key: &str) -> Option<String> {
    let text = answer.text();
    let (_, rest) = text.split_once(&format!("<key>{key}</key>"))?;
    rest.starts_with("<value>").then(|| element(rest, "value")).flatten()
}

impl Server {
    /// Calls an operation of SNS, as its query clients do.
    pub(crate) async fn sns(&self, operation: &str, parameters: &[(&str, &str)]) -> Answer {
        let escape = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut form = format!("Action={operation}&Version=2010-03-31");
        for (name, value) in parameters {
            form.push_str(&format!("&{}={}", escape(name).replace("%2E", "."), escape(value)));
        }
        let request = http::Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(form.into_bytes()).unwrap()).await
    }

    /// Calls an operation that has to succeed, and answers what is in an element.
    pub(crate) async fn told(&self, operation: &str, parameters: &[(&str, &str)], name: &str) -> String {
        let answer = self.sns(operation, parameters).await;
        assert_eq!(answer.status, StatusCode::OK, "{operation}: {}", answer.text());
        element(&answer.text(), name).unwrap_or_else(|| panic!("{operation}: {}", answer.text()))
    }

    /// Calls an operation that has to fail: status, code and message.
    pub(crate) async fn refusal(&self, operation: &str, parameters: &[(&str, &str)]) -> (u16, String, String) {
        let answer = self.sns(operation, parameters).await;
        let text = answer.text();
        let part = |name| element(&text, name).unwrap_or_default();
        (answer.status.as_u16(), part("Code"), part("Message"))
    }

    pub(crate) async fn topic(&self, name: &str) -> String {
        self.told("CreateTopic", &[("Name", name)], "TopicArn").await
    }
}

const NO_TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:none";
const NO_SUBSCRIPTION: &str = "arn:aws:sns:us-east-1:000000000000:none:8a21d249-4329-4871-acc6-7be709c6ea7f";

#[tokio::test]
async fn of_a_batch_is_published_what_can_be() {
    const E: &str = "PublishBatchRequestEntries.member";
    let server = Server::start().await;
    let (topic, subject) = (server.topic("alerts").await, "s".repeat(101));
    let names: Vec<String> =
        (1..=5).flat_map(|n| ["Id", "Message", "Subject"].map(|member| format!("{E}.{n}.{member}"))).collect();
    let values = ["a", "1", "", "b", "", "", "c", "3", &subject, "d", "4", "fine", "e", "5", "fine"];
    let mut parameters = vec![("TopicArn", topic.as_str())];
    parameters.extend(names.iter().map(String::as_str).zip(values).filter(|(name, value)| {
        // The subject may be left out; an empty message is a message that is wrong.
        !(name.ends_with("Subject") && value.is_empty())
    }));
    let (value, wrong) = (format!("{E}.5.MessageAttributes.entry.1.Value"), "no base64");
    let attribute = [
        (format!("{E}.5.MessageAttributes.entry.1.Name"), "n"),
        (format!("{value}.DataType"), "Binary"),
        (format!("{value}.BinaryValue"), wrong),
    ];
    parameters.extend(attribute.iter().map(|(name, value)| (name.as_str(), *value)));
    let answer = server.sns("PublishBatch", &parameters).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let (successful, failed) = (element(&answer.text(), "Successful"), element(&answer.text(), "Failed").unwrap());
    let ids = |text: &str| {
        let members = text.split("<member>").skip(1);
        members.map(|member| element(member, "Id").unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(&successful.unwrap()), ids(&failed)),
        (vec!["a".into(), "d".into()], vec!["b".into(), "c".into(), "e".into()])
    );
    let told: Vec<_> = failed
        .split("<member>")
        .skip(1)
        .map(|member| ["Code", "Message", "SenderFault"].map(|name| element(member, name).unwrap()).join(" "))
        .collect();
    assert_eq!(
        told,
        [
            "InvalidParameter Invalid parameter: Empty message true",
            "InvalidParameter Invalid parameter: Subject true",
            "ParameterValueInvalid The value of the message attribute 'n' is no base64. true",
        ]
    );
    // One wrong message and no other is no fault of the batch either.
    let alone = [parameters[0], (&names[0], "a"), (&names[1], "")];
    assert_eq!(server.told("PublishBatch", &alone, "Code").await, "InvalidParameter");

    // A FIFO topic takes all or nothing.
    let fifo = server
        .told(
            "CreateTopic",
            &[
                ("Name", "alerts.fifo"),
                ("Attributes.entry.1.key", "FifoTopic"),
                ("Attributes.entry.1.value", "true"),
                ("Attributes.entry.2.key", "ContentBasedDeduplication"),
                ("Attributes.entry.2.value", "true"),
            ],
            "TopicArn",
        )
        .await;
    let group = format!("{E}.1.MessageGroupId");
    let batch = [
        ("TopicArn", fifo.as_str()),
        (&names[0], "a"),
        (&names[1], "1"),
        (&group, "g"),
        (&names[3], "b"),
        (&names[4], "2"),
    ];
    let expected = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics";
    assert_eq!(server.refusal("PublishBatch", &batch).await, (400, "InvalidParameter".to_owned(), expected.to_owned()));
}

#[tokio::test]
async fn topics_come_and_go() {
    let server = Server::start().await;
    let arn = server.topic("alerts").await;
    assert_eq!(arn, "arn:aws:sns:us-east-1:000000000000:alerts");
    assert_eq!(server.topic("alerts").await, arn, "once more is the same");
    let get = server.sns("GetTopicAttributes", &[("TopicArn", &arn)]).await;
    assert_eq!(entry(&get, "TopicArn"), Some(arn.clone()));
    assert_eq!(entry(&get, "SubscriptionsConfirmed").as_deref(), Some("0"));
    let policy = "{ \"http\" : {\"defaultHealthyRetryPolicy\": {\"numRetries\": 5} } }";
    let set = [("TopicArn", arn.as_str()), ("AttributeName", "DeliveryPolicy"), ("AttributeValue", policy)];
    assert_eq!(server.sns("SetTopicAttributes", &set).await.status, StatusCode::OK);
    let get = server.sns("GetTopicAttributes", &[("TopicArn", &arn)]).await;
    assert_eq!(entry(&get, "DeliveryPolicy").as_deref(), Some(policy), "byte for byte");
    assert!(entry(&get, "EffectiveDeliveryPolicy").unwrap().contains("\"numRetries\":5"));
    let other = [("Name", "alerts"), ("Attributes.entry.1.key", "DisplayName"), ("Attributes.entry.1.value", "A")];
    let different = "Invalid parameter: Attributes Reason: Topic already exists with different attributes";
    let expected = (400, "InvalidParameter".to_owned(), different.to_owned());
    assert_eq!(server.refusal("CreateTopic", &other).await, expected);
    for _ in 0..2 {
        assert_eq!(server.sns("DeleteTopic", &[("TopicArn", &arn)]).await.status, StatusCode::OK);
    }
    let gone = (404, "NotFound".to_owned(), "Topic does not exist".to_owned());
    assert_eq!(server.refusal("GetTopicAttributes", &[("TopicArn", &arn)]).await, gone);
}

#[tokio::test]
async fn lists_have_pages() {
    let server = Server::start().await;
    for n in 0..101 {
        server.topic(&format!("t{n:03}")).await;
    }
    let first = server.sns("ListTopics", &[]).await.text();
    assert_eq!(first.matches("<member>").count(), 100);
    let token = element(&first, "NextToken").unwrap();
    let second = server.sns("ListTopics", &[("NextToken", &token)]).await.text();
    assert!(second.contains("<member><TopicArn>arn:aws:sns:us-east-1:000000000000:t100</TopicArn></member>"));
    assert!(!second.contains("NextToken"), "{second}");
    let wrong = server.refusal("ListTopics", &[("NextToken", "!")]).await;
    assert_eq!(wrong.2, "Invalid parameter: NextToken Reason: it is not one of ours");
}

#[tokio::test]
async fn what_is_not_there_is_said_as_aws_says_it() {
    let server = Server::start().await;
    let arn = server.topic("alerts").await;
    let elements = "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1";
    type Parameters<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&str, Parameters<'_>, u16, &str, &str); 13] = [
        ("GetTopicAttributes", &[("TopicArn", "alerts")], 400, "InvalidParameter", elements),
        ("GetTopicAttributes", &[("TopicArn", NO_TOPIC)], 404, "NotFound", "Topic does not exist"),
        ("Publish", &[("TopicArn", NO_TOPIC), ("Message", "m")], 404, "NotFound", "Topic does not exist"),
        (
            "Publish",
            &[("Message", "m")],
            400,
            "InvalidParameter",
            "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter",
        ),
        (
            "Publish",
            &[("TopicArn", &arn), ("Message", "")],
            400,
            "InvalidParameter",
            "Invalid parameter: Empty message",
        ),
        (
            "Publish",
            &[("PhoneNumber", "+4912345"), ("Message", "m")],
            400,
            "InvalidParameter",
            "Invalid parameter: PhoneNumber Reason: sms is not implemented here",
        ),
        (
            "Subscribe",
            &[("TopicArn", &arn), ("Protocol", "pigeon"), ("Endpoint", "coop")],
            400,
            "InvalidParameter",
            "Invalid parameter: Amazon SNS does not support this protocol string: pigeon",
        ),
        (
            "GetSubscriptionAttributes",
            &[("SubscriptionArn", NO_SUBSCRIPTION)],
            404,
            "NotFound",
            "Subscription does not exist",
        ),
        ("ConfirmSubscription", &[("TopicArn", &arn), ("Token", "x")], 400, "InvalidParameter", "Invalid token"),
        (
            "Unsubscribe",
            &[("SubscriptionArn", "alerts")],
            400,
            "InvalidParameter",
            "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1",
        ),
        ("ListTagsForResource", &[("ResourceArn", NO_TOPIC)], 404, "ResourceNotFound", "Resource does not exist"),
        ("CreateTopic", &[("Name", "a b")], 400, "InvalidParameter", "Invalid parameter: Topic Name"),
        (
            "GetTopicAttributes",
            &[("TopicArn", "arn:aws:sns:eu-west-1:000000000000:alerts")],
            400,
            "InvalidParameter",
            "Invalid parameter: TopicArn",
        ),
    ];
    for (operation, parameters, status, code, message) in cases {
        let expected = (status, code.to_owned(), message.to_owned());
        assert_eq!(server.refusal(operation, parameters).await, expected, "{operation} {parameters:?}");
    }
    let unknown = [("SubscriptionArn", NO_SUBSCRIPTION)];
    assert_eq!(server.sns("Unsubscribe", &unknown).await.status, StatusCode::OK);
}

#[tokio::test]
async fn tags_belong_to_topics() {
    let server = Server::start().await;
    let tags = [("Name", "alerts"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "web")];
    let arn = server.told("CreateTopic", &tags, "TopicArn").await;
    let others = [("Name", "alerts"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "shop")];
    let different = "Invalid parameter: Tags Reason: Topic already exists with different tags";
    assert_eq!(server.refusal("CreateTopic", &others).await.2, different);
    let more = [("ResourceArn", arn.as_str()), ("Tags.member.1.Key", "stage"), ("Tags.member.1.Value", "")];
    assert!(server.sns("TagResource", &more).await.text().contains("<TagResourceResult/>"));
    let less = [("ResourceArn", arn.as_str()), ("TagKeys.member.1", "team")];
    assert_eq!(server.sns("UntagResource", &less).await.status, StatusCode::OK);
    let listed = server.sns("ListTagsForResource", &[("ResourceArn", &arn)]).await.text();
    assert!(listed.contains("<Tags><member><Key>stage</Key><Value/></member></Tags>"), "{listed}");
}

#[tokio::test]
async fn permissions_are_statements_of_the_policy() {
    let server = Server::start().await;
    let arn = server.topic("alerts").await;
    let add = [
        ("TopicArn", arn.as_str()),
        ("Label", "friends"),
        ("AWSAccountId.member.1", "123456789012"),
        ("ActionName.member.1", "Publish"),
    ];
    assert_eq!(server.sns("AddPermission", &add).await.status, StatusCode::OK);
    let policy = entry(&server.sns("GetTopicAttributes", &[("TopicArn", &arn)]).await, "Policy").unwrap();
    assert!(policy.contains("\"Sid\":\"friends\"") && policy.contains("__default_statement_ID"), "{policy}");
    assert_eq!(server.refusal("AddPermission", &add).await.2, "Invalid parameter: Statement already exists");
    let remove = [("TopicArn", arn.as_str()), ("Label", "friends")];
    assert_eq!(server.sns("RemovePermission", &remove).await.status, StatusCode::OK);
    let policy = entry(&server.sns("GetTopicAttributes", &[("TopicArn", &arn)]).await, "Policy").unwrap();
    assert!(!policy.contains("friends"), "{policy}");
}

#[tokio::test]
async fn one_scope_does_not_see_the_topics_of_another() {
    let server = Server::start().await;
    let arn = server.topic("alerts").await;
    let signed = |operation: &str, form: &str| {
        let request = http::Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        let body = format!("Action={operation}&Version=2010-03-31{form}").into_bytes();
        let mut request = request.body(body).unwrap();
        let authorization = "AWS4-HMAC-SHA256 Credential=123456789012/20260504/us-east-1/sns/aws4_request, \
                             SignedHeaders=host, Signature=00";
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        request
    };
    assert!(server.send(signed("ListTopics", "")).await.text().contains("<Topics/>"));
    let publish = server.send(signed("Publish", &format!("&Message=m&TopicArn={arn}"))).await;
    assert_eq!(publish.status, StatusCode::FORBIDDEN);
    let expected = "User: arn:aws:iam::123456789012:root is not authorized to perform: SNS:Publish on resource: \
                    arn:aws:sns:us-east-1:000000000000:alerts because no resource-based policy allows the SNS:Publish action";
    assert_eq!(element(&publish.text(), "Message").as_deref(), Some(expected));
}
