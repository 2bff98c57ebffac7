//! The policy that topics have when nobody gives them one.

use serde::Serialize;
use serde_json::{Value, json};

use super::name::TopicArn;

/// What the owner of a topic may do with it.
const OWNERS_ACTIONS: [&str; 8] = [
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: &'static str,
    id: &'static str,
    statement: [Statement; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    principal: Value,
    action: [&'static str; OWNERS_ACTIONS.len()],
    resource: String,
    condition: Value,
}

/// The policy of a topic that nobody has given one: its own account may do everything.
pub fn default_policy(arn: &TopicArn) -> String {
    let document = Document {
        version: "2008-10-17",
        id: "__default_policy_ID",
        statement: [Statement {
            sid: "__default_statement_ID",
            effect: "Allow",
            principal: json!({"AWS": "*"}),
            action: OWNERS_ACTIONS,
            resource: arn.to_string(),
            condition: json!({"StringEquals": {"AWS:SourceOwner": arn.scope.account}}),
        }],
    };
    serde_json::to_string(&document).expect("texts and lists of texts can be written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Decision, Policy, Principal, Request};

    #[test]
    fn the_default_policy_is_that_of_aws() {
        let arn = TopicArn::parse("arn:aws:sns:us-east-1:000000000000:alerts", "TopicArn").unwrap();
        let expected = r#"{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":"arn:aws:sns:us-east-1:000000000000:alerts","Condition":{"StringEquals":{"AWS:SourceOwner":"000000000000"}}}]}"#;
        assert_eq!(default_policy(&arn), expected);
        let policy = Policy::parse(expected).unwrap();
        let decide = |principal, owner: &str| {
            let context = [("aws:SourceOwner", owner)];
            let resource = "arn:aws:sns:us-east-1:000000000000:alerts";
            policy.decide(&Request { principal, action: "SNS:Publish", resource, context: &context })
        };
        let alarms = Principal::Service("cloudwatch.amazonaws.com");
        assert_eq!(decide(alarms, "000000000000"), Decision::Allow, "alarms of the own account");
        assert_eq!(decide(alarms, "123456789012"), Decision::Silent);
    }
}
