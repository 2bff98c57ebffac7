//! The attributes that topics can be given, and the values that they may have.

use crate::policy::Policy;
use crate::retry::TopicPolicy;

/// Whether a topic is a FIFO topic: given when it is created, and never again.
pub const FIFO_TOPIC: &str = "FifoTopic";
/// The most characters of the name that mail comes from.
pub const DISPLAY_NAME_MAX: usize = 100;

/// The services whose deliveries can be logged.
const LOGGED: [&str; 5] = ["Application", "Firehose", "HTTP", "Lambda", "SQS"];

/// Why a topic cannot have an attribute with this value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// There is no such attribute.
    Name,
    /// The value is wrong.
    Value(String),
}

fn wrong<T>(reason: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong::Value(reason.into()))
}

/// Checks the value of an attribute other than [`FIFO_TOPIC`]. An empty one unsets it, and is always fine.
pub(super) fn check(name: &str, value: &str, is_fifo: bool) -> Result<(), Wrong> {
    if !is_known(name) {
        return Err(Wrong::Name);
    }
    if value.is_empty() {
        return Ok(());
    }
    match name {
        "DisplayName" => display_name(value),
        "Policy" => Policy::parse(value).map(drop).map_err(|fault| Wrong::Value(format!("Policy Error: {fault}"))),
        "DeliveryPolicy" => {
            let policy = TopicPolicy::parse(value);
            policy.map(drop).map_err(|fault| Wrong::Value(format!("DeliveryPolicy: {fault}")))
        }
        "ContentBasedDeduplication" if !is_fifo => wrong("Content-based deduplication can only be set for FIFO topics"),
        "ContentBasedDeduplication" => one_of(name, value, &["true", "false"]),
        "FifoThroughputScope" if !is_fifo => wrong("FifoThroughputScope can only be set for FIFO topics"),
        "FifoThroughputScope" => one_of(name, value, &["Topic", "MessageGroup"]),
        "SignatureVersion" => one_of(name, value, &["1", "2"]),
        "TracingConfig" if value == "Active" => wrong("TracingConfig Active is not implemented here"),
        "TracingConfig" => one_of(name, value, &["PassThrough", "Active"]),
        _ if name.ends_with(SAMPLE_RATE) => sample_rate(name, value),
        _ => wrong(format!("{name} is not implemented here")),
    }
}

const SAMPLE_RATE: &str = "SuccessFeedbackSampleRate";
const ROLES: [&str; 2] = ["SuccessFeedbackRoleArn", "FailureFeedbackRoleArn"];

fn is_known(name: &str) -> bool {
    const PLAIN: [&str; 9] = [
        "ArchivePolicy",
        "ContentBasedDeduplication",
        "DeliveryPolicy",
        "DisplayName",
        "FifoThroughputScope",
        "KmsMasterKeyId",
        "Policy",
        "SignatureVersion",
        "TracingConfig",
    ];
    let of_log = |service: &str| {
        let rest = name.strip_prefix(service);
        rest.is_some_and(|rest| rest == SAMPLE_RATE || ROLES.contains(&rest))
    };
    PLAIN.contains(&name) || LOGGED.iter().any(|service| of_log(service))
}

fn display_name(value: &str) -> Result<(), Wrong> {
    let length = value.chars().count();
    if length > DISPLAY_NAME_MAX {
        return wrong(format!(
            "DisplayName Reason: a name of {length} characters exceeds the limit of {DISPLAY_NAME_MAX}"
        ));
    }
    match value.chars().any(char::is_control) {
        true => wrong("DisplayName Reason: it must not have control characters"),
        false => Ok(()),
    }
}

fn one_of(name: &str, value: &str, values: &[&str]) -> Result<(), Wrong> {
    match values.contains(&value) {
        true => Ok(()),
        false => wrong(format!("{name} Reason: Invalid value [{}]. Must be {}.", shown(value), values.join(" or "))),
    }
}

fn sample_rate(name: &str, value: &str) -> Result<(), Wrong> {
    match value.parse::<u8>() {
        Ok(0..=100) => Ok(()),
        _ => wrong(format!("{name} Reason: Invalid value [{}]. Must be between 0 and 100.", shown(value))),
    }
}

/// The beginning of a value that may be long.
fn shown(value: &str) -> String {
    value.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked() {
        let long_name = "é".repeat(DISPLAY_NAME_MAX);
        let long_name_reason = "DisplayName Reason: a name of 101 characters exceeds the limit of 100";
        let cases = [
            ("DisplayName", "Alerts", true, None),
            ("DisplayName", long_name.as_str(), true, None),
            ("DisplayName", &format!("{long_name}x"), true, Some(long_name_reason)),
            ("DisplayName", "a\r\nBcc: b", true, Some("DisplayName Reason: it must not have control characters")),
            ("Policy", "{", false, Some("Policy Error: *")),
            ("DeliveryPolicy", r#"{"http": {"disableSubscriptionOverrides": true}}"#, false, None),
            ("DeliveryPolicy", "[]", false, Some("DeliveryPolicy: the delivery policy must be a JSON object")),
            ("ContentBasedDeduplication", "true", true, None),
            (
                "ContentBasedDeduplication",
                "true",
                false,
                Some("Content-based deduplication can only be set for FIFO topics"),
            ),
            ("SignatureVersion", "2", false, None),
            ("SignatureVersion", "3", false, Some("SignatureVersion Reason: Invalid value [3]. Must be 1 or 2.")),
            ("TracingConfig", "PassThrough", false, None),
            ("TracingConfig", "Active", false, Some("TracingConfig Active is not implemented here")),
            ("KmsMasterKeyId", "", false, None),
            ("KmsMasterKeyId", "alias/aws/sns", false, Some("KmsMasterKeyId is not implemented here")),
            ("LambdaSuccessFeedbackSampleRate", "100", false, None),
            (
                "LambdaSuccessFeedbackSampleRate",
                "101",
                false,
                Some("LambdaSuccessFeedbackSampleRate Reason: Invalid value [101]. Must be between 0 and 100."),
            ),
            ("SQSFailureFeedbackRoleArn", "arn:x", false, Some("SQSFailureFeedbackRoleArn is not implemented here")),
        ];
        for (name, value, is_fifo, expected) in cases {
            let reason = match check(name, value, is_fifo) {
                Ok(()) => None,
                Err(Wrong::Value(reason)) => Some(reason),
                Err(Wrong::Name) => panic!("{name} is known"),
            };
            match expected.and_then(|expected| expected.strip_suffix('*')) {
                Some(begin) => assert!(reason.is_some_and(|reason| reason.starts_with(begin)), "{name}"),
                None => assert_eq!(reason.as_deref(), expected, "{name} {value}"),
            }
        }
        for unknown in ["Owner", "FifoTopic", "SMSSuccessFeedbackSampleRate", "displayname", ""] {
            assert_eq!(check(unknown, "", true), Err(Wrong::Name), "{unknown}");
        }
    }
}
