//! Tags of resources.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::Server;

const ALARM: &str = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:High load";

fn tags(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

async fn tag(server: &Server, arn: &str, tags: Value) -> (String, String) {
    let answer = server.call("TagResource", &json!({"ResourceARN": arn, "Tags": tags})).await;
    if answer.status == StatusCode::OK { (String::new(), String::new()) } else { answer.error() }
}

async fn listed(server: &Server, arn: &str) -> Value {
    server.ask("ListTagsForResource", &json!({"ResourceARN": arn})).await["Tags"].clone()
}

#[tokio::test]
async fn tags_come_and_go() {
    let server = Server::start().await;
    assert_eq!(listed(&server, ALARM).await, json!([]));
    tag(&server, ALARM, tags(&[("Team", "web"), ("Stage", "live")])).await;
    tag(&server, ALARM, tags(&[("Team", "shop")])).await;
    assert_eq!(listed(&server, ALARM).await, tags(&[("Stage", "live"), ("Team", "shop")]));
    server.ask("UntagResource", &json!({"ResourceARN": ALARM, "TagKeys": ["Stage", "Colour"]})).await;
    assert_eq!(listed(&server, ALARM).await, tags(&[("Team", "shop")]));
    let dashboard = "arn:aws:cloudwatch::000000000000:dashboard/shop";
    assert_eq!(tag(&server, dashboard, tags(&[("Team", "")])).await.0, "");
    assert_eq!(listed(&server, dashboard).await, tags(&[("Team", "")]));
}

#[tokio::test]
async fn limits_hold_at_the_limit_and_one_past_it() {
    let server = Server::start().await;
    let keys: Vec<_> = (0..51).map(|n| format!("k{n}")).collect();
    let many = |range: std::ops::Range<usize>| tags(&keys[range].iter().map(|k| (k.as_str(), "")).collect::<Vec<_>>());
    assert_eq!(tag(&server, ALARM, many(0..50)).await.0, "");
    let too_many = "The collection Tags must not have a size greater than 50.";
    assert_eq!(tag(&server, ALARM, many(50..51)).await.1, too_many);
    let other = ALARM.replace("High", "Low");
    let long = |length: usize| "x".repeat(length);
    assert_eq!(tag(&server, &other, tags(&[(&long(128), &long(256))])).await.0, "");
    let cases = [
        (tags(&[(&long(129), "")]), "The parameter Tags.member.1.Key must be shorter than 129 characters."),
        (tags(&[("k", &long(257))]), "The parameter Tags.member.1.Value must be shorter than 257 characters."),
        (tags(&[("", "")]), "The parameter Tags.member.1.Key must be longer than 0 characters."),
        (tags(&[("AWS:x", "")]), "The value AWS:x for parameter Tags.member.1.Key is invalid."),
        (tags(&[("k", "a"), ("k", "b")]), "The parameter Tags has the key k more than once."),
        (json!([{"Key": "k"}]), "The parameter Tags.member.1.Value is required."),
    ];
    for (tags, expected) in cases {
        assert_eq!(tag(&server, &other, tags).await.1, expected);
    }
}

#[tokio::test]
async fn only_resources_of_the_own_scope_are_there() {
    let server = Server::start().await;
    for arn in [ALARM.replace("us-east-1", "eu-west-1"), ALARM.replace("000000000000", "123456789012")] {
        assert_eq!(tag(&server, &arn, tags(&[("k", "v")])).await.0, "ResourceNotFoundException", "{arn}");
    }
    for arn in ["High load", "arn:aws:sns:us-east-1:000000000000:topic"] {
        let message = format!("The value {arn} for parameter ResourceARN is invalid.");
        assert_eq!(tag(&server, arn, tags(&[("k", "v")])).await, ("InvalidParameterValue".to_owned(), message));
    }
}
