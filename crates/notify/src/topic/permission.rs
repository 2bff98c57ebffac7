//! AddPermission and RemovePermission: statements of the policy by their label.

use super::name::TopicArn;
use crate::policy::Statements;
use crate::refusal::Refusal;

/// The most characters of a label.
pub const LABEL_MAX: usize = 100;

/// What others than the owner can be allowed to do.
const ACTIONS: [&str; 8] = [
    "AddPermission",
    "DeleteTopic",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "Publish",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];

fn statements(policy: &str) -> Result<Statements, Refusal> {
    let members = serde_json::from_str(policy);
    members.map(Statements::of).map_err(|error| Refusal::invalid(format!("Policy Error: {error}")))
}

/// The policy of a topic with a statement that lets accounts do something.
///
/// # Errors
/// The label is taken or none, or an account or an action is none.
pub fn add_permission(
    arn: &TopicArn,
    policy: &str,
    label: &str,
    accounts: &[String],
    actions: &[String],
) -> Result<String, Refusal> {
    check_label(label)?;
    let is_account = |account: &String| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if accounts.is_empty() || !accounts.iter().all(is_account) {
        return Err(Refusal::invalid("AWSAccountId"));
    }
    if actions.is_empty() {
        return Err(Refusal::invalid("ActionName"));
    }
    if actions.iter().any(|action| !ACTIONS.contains(&action.as_str())) {
        return Err(Refusal::invalid("Policy statement action out of service scope!"));
    }
    let mut statements = statements(policy)?;
    if statements.has(label) {
        return Err(Refusal::invalid("Statement already exists"));
    }
    statements.allow(label, accounts, "SNS", actions, &arn.to_string());
    Ok(statements.text())
}

/// The policy of a topic without the statement of this label; one that is not there does not matter.
///
/// # Errors
/// The label is none.
pub fn remove_permission(policy: &str, label: &str) -> Result<String, Refusal> {
    check_label(label)?;
    let mut statements = statements(policy)?;
    statements.remove(label);
    Ok(statements.text())
}

fn check_label(label: &str) -> Result<(), Refusal> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match (1..=LABEL_MAX).contains(&label.len()) && label.bytes().all(is_legal) {
        true => Ok(()),
        false => Err(Refusal::invalid("Label")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::topic::default_policy;

    fn arn() -> TopicArn {
        TopicArn::parse("arn:aws:sns:us-east-1:000000000000:alerts", "TopicArn").unwrap()
    }

    fn add(label: &str, account: &str, action: &str) -> Result<String, Refusal> {
        add_permission(&arn(), &default_policy(&arn()), label, &[account.to_owned()], &[action.to_owned()])
    }

    #[test]
    fn a_permission_is_a_statement() {
        let policy = add("friends", "123456789012", "Publish").unwrap();
        let document: Value = serde_json::from_str(&policy).unwrap();
        let expected = json!({
            "Sid": "friends", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "SNS:Publish", "Resource": "arn:aws:sns:us-east-1:000000000000:alerts"});
        assert_eq!(document["Statement"][1], expected);
        let again = add_permission(&arn(), &policy, "friends", &["123456789012".to_owned()], &["Publish".to_owned()]);
        assert_eq!(again.unwrap_err().message, "Invalid parameter: Statement already exists");
        let without: Value = serde_json::from_str(&remove_permission(&policy, "friends").unwrap()).unwrap();
        let default: Value = serde_json::from_str(&default_policy(&arn())).unwrap();
        assert_eq!(without, default);
    }

    #[test]
    fn what_is_no_permission_is_refused() {
        let longest = "l".repeat(LABEL_MAX);
        assert!(add(&longest, "123456789012", "Publish").is_ok());
        let cases = [
            (add(&format!("{longest}l"), "123456789012", "Publish"), "Label"),
            (add("", "123456789012", "Publish"), "Label"),
            (add("a b", "123456789012", "Publish"), "Label"),
            (add("l", "12345", "Publish"), "AWSAccountId"),
            (add("l", "123456789012", "CreateTopic"), "Policy statement action out of service scope!"),
        ];
        for (outcome, expected) in cases {
            assert_eq!(outcome.unwrap_err().message, format!("Invalid parameter: {expected}"));
        }
    }
}
