//! Policies as people write them, and what they say.

use proptest::prelude::*;

use super::*;

const QUEUE: &str = "arn:aws:sqs:us-east-1:111111111111:orders";
const TOPIC: &str = "arn:aws:sns:us-east-1:111111111111:alarms";
const SNS: Principal<'static> = Principal::Service("sns.amazonaws.com");

/// What a policy of these statements says when a topic sends to the queue.
fn decide(statements: &str, principal: Principal<'_>) -> Decision {
    let policy = Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)).unwrap();
    let context = [("aws:SourceArn", TOPIC), ("aws:SourceAccount", "111111111111"), ("aws:SecureTransport", "true")];
    policy.decide(&Request { principal, action: "SQS:SendMessage", resource: QUEUE, context: &context })
}

/// A statement of these parts, each of which replaces one that allows everything.
fn statement(effect: &str, part: &str) -> String {
    let parts = [
        ("Principal", r#""Principal":"*""#),
        ("Action", r#""Action":"sqs:*""#),
        ("Resource", r#""Resource":"*""#),
        ("Condition", r#""Condition":{}"#),
    ];
    let replaces = |name: &str| part.starts_with(&format!("\"{name}\"")) || part.starts_with(&format!("\"Not{name}\""));
    let parts = parts.map(|(name, all)| if replaces(name) { part } else { all });
    format!(r#"{{"Effect":"{effect}",{}}}"#, parts.join(","))
}

/// Parts of a statement, and whether it is about a topic of the account that sends to the queue.
const CASES: &[(&str, Met)] = &[
    (r#""Principal":"*""#, Met::Yes),
    (r#""Principal":{"AWS":"*"}"#, Met::Yes),
    (r#""Principal":{"Service":"sns.amazonaws.com"}"#, Met::Yes),
    (r#""Principal":{"Service":["events.amazonaws.com","sns.amazonaws.com"]}"#, Met::Yes),
    (r#""Principal":{"Service":"events.amazonaws.com"}"#, Met::No),
    (r#""Principal":{"AWS":"111111111111"}"#, Met::No),
    (r#""Principal":{"Federated":"*"}"#, Met::No),
    (r#""NotPrincipal":{"Service":"events.amazonaws.com"}"#, Met::Yes),
    (r#""NotPrincipal":{"Service":"sns.amazonaws.com"}"#, Met::No),
    (r#""Action":"SQS:SendMessage""#, Met::Yes),
    (r#""Action":["sqs:receivemessage","sqs:sendmessage"]"#, Met::Yes),
    (r#""Action":"sqs:Send*""#, Met::Yes),
    (r#""Action":"*""#, Met::Yes),
    (r#""Action":"sqs:ReceiveMessage""#, Met::No),
    (r#""NotAction":"sqs:ReceiveMessage""#, Met::Yes),
    (r#""NotAction":"sqs:*""#, Met::No),
    (r#""Resource":"arn:aws:sqs:us-east-1:111111111111:orders""#, Met::Yes),
    (r#""Resource":"arn:aws:sqs:*:*:ord?rs""#, Met::Yes),
    (r#""Resource":"arn:aws:sqs:us-east-1:111111111111:Orders""#, Met::No),
    (r#""Resource":"arn:aws:sqs:us-east-1:${aws:SourceAccount}:orders""#, Met::Unknown),
    (r#""NotResource":["arn:aws:sqs:us-east-1:111111111111:other"]"#, Met::Yes),
    (r#""Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:alarms"}}"#, Met::Yes),
    (r#""Condition":{"ArnEquals":{"AWS:SourceARN":"arn:aws:sns:us-east-1:111111111111:*"}}"#, Met::Yes),
    (r#""Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:alarms"}}"#, Met::Yes),
    (r#""Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:alarms"}}"#, Met::No),
    (r#""Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:other"}}"#, Met::No),
    (r#""Condition":{"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:other"}}"#, Met::Yes),
    (r#""Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}}"#, Met::Yes),
    (r#""Condition":{"StringEquals":{"aws:SourceAccount":["222222222222","111111111111"]}}"#, Met::Yes),
    (r#""Condition":{"StringEquals":{"aws:SourceAccount":"222222222222"}}"#, Met::No),
    (r#""Condition":{"StringNotEquals":{"aws:SourceAccount":["222222222222","111111111111"]}}"#, Met::No),
    (
        r#""Condition":{"StringEqualsIgnoreCase":{"aws:SourceArn":"ARN:AWS:SNS:us-east-1:111111111111:alarms"}}"#,
        Met::Yes,
    ),
    (r#""Condition":{"StringLike":{"aws:SourceArn":"*:alarms"}}"#, Met::Yes),
    (r#""Condition":{"StringLike":{"aws:SourceArn":"*","aws:SourceAccount":"2*"}}"#, Met::No),
    (
        r#""Condition":{"StringLike":{"aws:SourceArn":"*"},"StringEquals":{"aws:SourceAccount":"222222222222"}}"#,
        Met::No,
    ),
    (r#""Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#, Met::No),
    (r#""Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#, Met::Yes),
    (r#""Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#, Met::Yes),
    (r#""Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"222222222222"}}"#, Met::No),
    (r#""Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}"#, Met::Yes),
    (r#""Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}"#, Met::No),
    (r#""Condition":{"Bool":{"aws:SecureTransport":"false"}}"#, Met::No),
    (r#""Condition":{"Bool":{"aws:SecureTransport":true}}"#, Met::Yes),
    (r#""Condition":{"Null":{"aws:SourceArn":"false"}}"#, Met::Yes),
    (r#""Condition":{"Null":{"aws:SourceArn":"true"}}"#, Met::No),
    (r#""Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, Met::Unknown),
    (r#""Condition":{"StringEquals":{"aws:SourceAccount":"${aws:PrincipalAccount}"}}"#, Met::Unknown),
];

#[test]
fn statements_allow_and_deny_what_they_are_about() {
    for (part, met) in CASES {
        let (allowed, denied) = match met {
            Met::Yes => (Decision::Allow, Decision::Deny),
            Met::No => (Decision::Silent, Decision::Allow),
            // What is not understood keeps the door closed.
            Met::Unknown => (Decision::Silent, Decision::Deny),
        };
        assert_eq!(decide(&statement("Allow", part), SNS), allowed, "{part}");
        let both = format!("[{},{}]", statement("Allow", r#""Sid":"all""#), statement("Deny", part));
        assert_eq!(decide(&both, SNS), denied, "{part}");
    }
}

#[test]
fn accounts_are_known_by_digits_and_by_their_root() {
    let cases = [
        (r#"{"AWS":"222222222222"}"#, Decision::Allow),
        (r#"{"AWS":["arn:aws:iam::222222222222:root"]}"#, Decision::Allow),
        (r#"{"AWS":"arn:aws-cn:iam::222222222222:root"}"#, Decision::Allow),
        (r#"{"AWS":"*"}"#, Decision::Allow),
        (r#"{"AWS":"arn:aws:iam::222222222222:user/ann"}"#, Decision::Silent),
        (r#"{"AWS":"arn:aws:iam::111111111111:root"}"#, Decision::Silent),
        (r#"{"Service":"*"}"#, Decision::Silent),
    ];
    for (principal, expect) in cases {
        let statement = statement("Allow", &format!("\"Principal\":{principal}"));
        assert_eq!(decide(&statement, Principal::Account("222222222222")), expect, "{principal}");
    }
}

#[test]
fn what_is_no_policy_is_refused() {
    let whole = statement("Allow", r#""Principal":"*""#);
    let policy = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
    for text in [
        "",
        "x",
        "[]",
        "{}",
        r#"{"Version":"2012-10-17"}"#,
        &policy("[]"),
        &policy("{}"),
        &policy(&whole.replace("Allow", "allow")),
        &policy(&whole.replace(r#""Principal":"*","#, "")),
        &policy(&whole.replace(r#""Action":"sqs:*","#, "")),
        &policy(&whole.replace(r#""Resource":"*","#, "")),
        &policy(&whole.replace(r#""Principal":"*""#, r#""Principal":"111111111111""#)),
        &policy(&whole.replace(r#""Action":"sqs:*""#, r#""Action":"sqs:*","NotAction":"sqs:*""#)),
        &policy(&whole.replace("Principal", "Principals")),
        &policy(&whole).replace("2012-10-17", "2026-01-01"),
    ] {
        assert!(matches!(Policy::parse(text), Err(PolicyFault::Malformed(_))), "{text}");
    }
    let many = |count: usize| policy(&format!("[{}]", vec![whole.as_str(); count].join(",")));
    assert!(Policy::parse(&many(STATEMENTS_MAX)).is_ok());
    let found = STATEMENTS_MAX + 1;
    assert_eq!(Policy::parse(&many(found)), Err(PolicyFault::TooManyStatements { found }));
}

proptest! {
    /// A damaged policy is read or refused; whatever it allows, a statement that denies all of it wins.
    #[test]
    fn damaged_policies_are_refused_or_evaluated(
        case in 0..CASES.len(),
        damages in proptest::collection::vec((any::<proptest::sample::Index>(), "[\\PC]{0,3}"), 0..4),
    ) {
        let mut text = statement("Allow", CASES[case].0);
        for (at, inserted) in damages {
            let at = at.index(text.len() + 1);
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            match inserted.is_empty() {
                true => text.truncate(at),
                false => text.insert_str(at, &inserted),
            }
        }
        let policy = |statements: &str| Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#));
        if let Ok(allowing) = policy(&text) {
            let request = Request { principal: SNS, action: "SQS:SendMessage", resource: QUEUE, context: &[] };
            assert_ne!(allowing.decide(&request), Decision::Deny);
            let denying = policy(&format!("{text},{}", statement("Deny", ""))).unwrap();
            assert_eq!(denying.decide(&request), Decision::Deny);
        }
    }
}
