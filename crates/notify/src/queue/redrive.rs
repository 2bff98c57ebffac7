//! Where messages go that nobody can handle, and which queues may send them there.

use serde::Deserialize;
use serde_json::Value;

use super::fault::{Fault, FaultKind};
use super::name::{ArnFault, QueueArn};

/// The most receives that a redrive policy may allow.
pub const RECEIVES_MAX: u32 = 1000;
/// The most queues that a redrive allow policy may name.
pub const SOURCES_MAX: usize = 10;

const POLICY: &str = "RedrivePolicy";
const ALLOW_POLICY: &str = "RedriveAllowPolicy";

/// The attribute RedrivePolicy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedrivePolicy {
    /// As it was set, to be given back byte for byte.
    pub text: String,
    /// The dead-letter queue.
    pub target: QueueArn,
    /// How often a message is received before it goes there.
    pub receives_max: u32,
}

impl RedrivePolicy {
    /// Reads a policy. Whether there is such a dead-letter queue is for whoever knows the queues to say.
    ///
    /// # Errors
    ///
    /// What AWS says to it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let invalid = |reason: &str| Fault::invalid(text, POLICY, reason);
        let Ok(Value::Object(members)) = serde_json::from_str(text) else {
            let message =
                "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.";
            return Err(Fault::new(FaultKind::InvalidParameterValue, message));
        };
        let member = |name: &str| {
            let reason = format!("Redrive policy does not contain mandatory attribute: {name}.");
            members.get(name).ok_or_else(|| invalid(&reason))
        };
        let (receives, target) = (member("maxReceiveCount")?, member("deadLetterTargetArn")?);
        if members.len() > 2 {
            return Err(invalid("Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn]."));
        }
        let receives_max = number(receives).filter(|count| (1..=RECEIVES_MAX).contains(count)).ok_or_else(|| {
            let found = receives.as_str().map_or_else(|| receives.to_string(), str::to_owned);
            invalid(&format!(
                "Invalid value for maxReceiveCount: {found}, valid values are from 1 to {RECEIVES_MAX} both inclusive."
            ))
        })?;
        let target = QueueArn::parse(target.as_str().unwrap_or_default()).map_err(|fault| match fault {
            ArnFault::Malformed => invalid("Invalid value for deadLetterTargetArn."),
            ArnFault::OtherService => invalid("Only SQS queues are valid resources for deadLetterTargetArn."),
        })?;
        Ok(RedrivePolicy { text: text.to_owned(), target, receives_max })
    }

    /// The refusal of this policy for a reason.
    pub(crate) fn refused(&self, reason: &str) -> Fault {
        Fault::invalid(&self.text, POLICY, reason)
    }
}

/// A whole number, which may be written as text.
fn number(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64().and_then(|count| u32::try_from(count).ok()),
    }
}

/// The attribute RedriveAllowPolicy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedriveAllowPolicy {
    /// As it was set, to be given back byte for byte.
    pub text: String,
    permission: Permission,
    sources: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Permission {
    AllowAll,
    DenyAll,
    ByQueue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AllowPolicyText {
    redrive_permission: Permission,
    source_queue_arns: Option<Vec<String>>,
}

impl RedriveAllowPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// What AWS says to it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let refused = |reason: &str| {
            let reason = format!("Amazon SQS can't create the redrive allow policy. {reason}");
            Err(Fault::invalid(text, ALLOW_POLICY, &reason))
        };
        let Ok(read) = serde_json::from_str::<AllowPolicyText>(text) else {
            let message = "Invalid value for the parameter RedriveAllowPolicy. Reason: Amazon SQS can't create the redrive \
                           allow policy, as it\u{2019}s in an unsupported format.";
            return Err(Fault::new(FaultKind::InvalidParameterValue, message));
        };
        let permission = read.redrive_permission;
        match (permission, &read.source_queue_arns) {
            (Permission::AllowAll | Permission::DenyAll, Some(_)) => {
                refused("To specify one or more source queue ARNs, you must set redrivePermission to byQueue.")
            }
            (Permission::ByQueue, None) => refused(NO_SOURCES),
            (Permission::ByQueue, Some(sources)) if sources.is_empty() => refused(NO_SOURCES),
            (Permission::ByQueue, Some(sources)) if sources.len() > SOURCES_MAX => {
                refused("The maximum number of source queue ARNs you can specify is 10.")
            }
            _ => Ok(RedriveAllowPolicy {
                text: text.to_owned(),
                permission,
                sources: read.source_queue_arns.unwrap_or_default(),
            }),
        }
    }

    /// Whether the queue with this ARN may use the queue as its dead-letter queue.
    pub fn allows(&self, source: &QueueArn) -> bool {
        match self.permission {
            Permission::AllowAll => true,
            Permission::DenyAll => false,
            Permission::ByQueue => {
                let source = source.to_string();
                self.sources.contains(&source)
            }
        }
    }
}

const NO_SOURCES: &str =
    "When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.";

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "arn:aws:sqs:us-east-1:000000000000:dead";

    fn refusal<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> String {
        outcome.unwrap_err().message
    }

    #[test]
    fn redrive_policies_are_read() {
        for count in ["5", "\"5\""] {
            let text = format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":{count}}}"#);
            let policy = RedrivePolicy::parse(&text).unwrap();
            assert_eq!((policy.text.as_str(), policy.receives_max), (text.as_str(), 5));
            assert_eq!(policy.target.to_string(), TARGET);
        }
        for (count, is_legal) in
            [("0", false), ("1", true), ("1000", true), ("1001", false), ("-1", false), ("1.5", false)]
        {
            let text = format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":{count}}}"#);
            let outcome = RedrivePolicy::parse(&text);
            assert_eq!(outcome.is_ok(), is_legal, "{count}");
            if !is_legal {
                let reason = format!(
                    "Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both inclusive."
                );
                assert!(refusal(outcome).ends_with(&reason));
            }
        }
    }

    #[test]
    fn what_is_no_redrive_policy_is_refused_in_awss_words() {
        let cases = [
            ("4", "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map."),
            (" ", "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map."),
            (
                "{}",
                "Value {} for parameter RedrivePolicy is invalid. Reason: Redrive policy does not contain mandatory attribute: maxReceiveCount.",
            ),
            (
                r#"{"maxReceiveCount":5}"#,
                r#"Value {"maxReceiveCount":5} for parameter RedrivePolicy is invalid. Reason: Redrive policy does not contain mandatory attribute: deadLetterTargetArn."#,
            ),
            (
                r#"{"deadLetterTargetArn": "dummy", "maxReceiveCount": 42}"#,
                r#"Value {"deadLetterTargetArn": "dummy", "maxReceiveCount": 42} for parameter RedrivePolicy is invalid. Reason: Invalid value for deadLetterTargetArn."#,
            ),
            (
                r#"{"deadLetterTargetArn":"arn:aws:sns:us-east-1:1:t","maxReceiveCount":5}"#,
                r#"Value {"deadLetterTargetArn":"arn:aws:sns:us-east-1:1:t","maxReceiveCount":5} for parameter RedrivePolicy is invalid. Reason: Only SQS queues are valid resources for deadLetterTargetArn."#,
            ),
            (
                r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:1:t","maxReceiveCount":5,"x":1}"#,
                r#"Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:1:t","maxReceiveCount":5,"x":1} for parameter RedrivePolicy is invalid. Reason: Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn]."#,
            ),
        ];
        for (text, expect) in cases {
            assert_eq!(refusal(RedrivePolicy::parse(text)), expect);
        }
    }

    #[test]
    fn allow_policies_say_which_queues_may() {
        let source = QueueArn::parse("arn:aws:sqs:us-east-1:000000000000:orders").unwrap();
        let sources = |count: usize| {
            let arns =
                (0..count).map(|n| format!("\"arn:aws:sqs:us-east-1:000000000000:{}\"", ["orders", "x"][n.min(1)]));
            format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":[{}]}}"#, arns.collect::<Vec<_>>().join(","))
        };
        let cases = [
            (r#"{"redrivePermission":"allowAll"}"#.to_owned(), true),
            (r#"{"redrivePermission":"denyAll"}"#.to_owned(), false),
            (sources(1), true),
            (sources(SOURCES_MAX), true),
            (
                r#"{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:x"]}"#
                    .to_owned(),
                false,
            ),
        ];
        for (text, allows) in cases {
            let policy = RedriveAllowPolicy::parse(&text).unwrap();
            assert_eq!((policy.allows(&source), &policy.text), (allows, &text));
        }
        let prefix = "Amazon SQS can't create the redrive allow policy";
        let cases = [
            (sources(SOURCES_MAX + 1), "The maximum number of source queue ARNs you can specify is 10."),
            (sources(0), NO_SOURCES),
            (r#"{"redrivePermission":"byQueue"}"#.to_owned(), NO_SOURCES),
            (
                r#"{"redrivePermission":"denyAll","sourceQueueArns":[]}"#.to_owned(),
                "you must set redrivePermission to byQueue.",
            ),
            (r#"{"redrivePermission":"some"}"#.to_owned(), "as it\u{2019}s in an unsupported format."),
            (r#"{"redrivePermission":"denyAll","x":1}"#.to_owned(), "as it\u{2019}s in an unsupported format."),
            ("{}".to_owned(), "as it\u{2019}s in an unsupported format."),
        ];
        for (text, end) in cases {
            let message = refusal(RedriveAllowPolicy::parse(&text));
            assert!(message.contains(prefix) && message.ends_with(end), "{message}");
        }
    }
}
