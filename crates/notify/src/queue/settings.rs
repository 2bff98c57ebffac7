//! What is set about a queue: the attributes that CreateQueue and SetQueueAttributes take.

use std::collections::BTreeMap;

use super::fault::{Fault, FaultKind};
use super::name::QueueName;
use super::redrive::{RedriveAllowPolicy, RedrivePolicy};
use crate::policy::{Policy, PolicyFault};

/// The most seconds of a delay.
pub const DELAY_SECONDS_MAX: u32 = 900;
/// The most seconds that a message is hidden from other receivers.
pub const VISIBILITY_SECONDS_MAX: u32 = 43_200;
/// The most seconds that a receive waits for messages.
pub const WAIT_SECONDS_MAX: u32 = 20;
/// What a message may have at most, in bytes: the most, and the least, that can be set.
pub const MESSAGE_BYTES: [u32; 2] = [1024, 1_048_576];
/// How long messages are kept, in seconds: the least, and the most, that can be set.
pub const RETENTION_SECONDS: [u32; 2] = [60, 1_209_600];

/// Attributes as a client gives them.
pub type Given = BTreeMap<String, String>;

/// What is set about a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whether it is a FIFO queue.
    pub is_fifo: bool,
    /// How long messages stay hidden after they were sent.
    pub delay_seconds: u32,
    /// What a message may have at most.
    pub message_bytes_max: usize,
    /// How long messages are kept.
    pub retention_seconds: u32,
    /// How long a receive waits for messages unless it says.
    pub wait_seconds: u32,
    /// How long a received message is hidden unless the receive says.
    pub visibility_seconds: u32,
    /// Who may do what with it.
    pub policy: Option<QueuePolicy>,
    /// Where messages go that nobody can handle.
    pub redrive: Option<RedrivePolicy>,
    /// Which queues may use it as their dead-letter queue.
    pub redrive_allow: Option<RedriveAllowPolicy>,
    /// Whether the body decides what is a duplicate, when the sender does not.
    pub content_based_deduplication: bool,
    /// Whether duplicates are looked for in the message group only.
    pub deduplicates_in_group: bool,
    /// Whether AWS's quota would hold for each message group; there is none here.
    pub throughput_per_group: bool,
}

/// The attribute Policy.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuePolicy {
    /// As it was set, to be given back byte for byte.
    pub text: String,
    /// What it says.
    pub policy: Policy,
}

impl QueuePolicy {
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        match Policy::parse(text) {
            Ok(policy) => Ok(QueuePolicy { text: text.to_owned(), policy }),
            Err(PolicyFault::Malformed(_)) => Err(Fault::attribute_value("Policy")),
            Err(fault @ PolicyFault::TooManyStatements { .. }) => {
                Err(Fault::new(FaultKind::OverLimit, fault.to_string()))
            }
        }
    }
}

impl Settings {
    fn default_for(is_fifo: bool) -> Self {
        Settings {
            is_fifo,
            delay_seconds: 0,
            message_bytes_max: MESSAGE_BYTES[1] as usize,
            retention_seconds: 345_600,
            wait_seconds: 0,
            visibility_seconds: 30,
            policy: None,
            redrive: None,
            redrive_allow: None,
            content_based_deduplication: false,
            deduplicates_in_group: false,
            throughput_per_group: false,
        }
    }

    /// The settings of a new queue.
    ///
    /// # Errors
    ///
    /// An attribute that there is not, or cannot be so; a name that does not go with `FifoQueue`.
    pub fn create(name: &QueueName, given: &Given) -> Result<Self, Fault> {
        let is_fifo = match given.get("FifoQueue").map(String::as_str) {
            None => false,
            Some("true") => true,
            Some("false") => return Err(Fault::attribute_name("FifoQueue")),
            Some(_) => return Err(Fault::attribute_value("FifoQueue")),
        };
        if is_fifo && !name.is_fifo() {
            let message = "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end \
                           with .fifo suffix and be 1 to 80 in length.";
            return Err(Fault::new(FaultKind::InvalidParameterValue, message));
        }
        if !is_fifo && name.is_fifo() {
            return Err(QueueName::illegal());
        }
        Settings::default_for(is_fifo).with(given)
    }

    /// These settings with some of them changed.
    ///
    /// # Errors
    ///
    /// An attribute that there is not, or cannot be so.
    pub fn change(&self, given: &Given) -> Result<Self, Fault> {
        match given.get("FifoQueue").map(String::as_str) {
            Some(_) if !self.is_fifo => return Err(Fault::attribute_name("FifoQueue")),
            Some(value) if value != "true" => {
                let message =
                    "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.";
                return Err(Fault::new(FaultKind::InvalidAttributeValue, message));
            }
            _ => {}
        }
        self.clone().with(given)
    }

    fn with(mut self, given: &Given) -> Result<Self, Fault> {
        for (name, value) in given {
            self.set(name, value)?;
        }
        if self.throughput_per_group && !self.deduplicates_in_group {
            let message = "Invalid value for the parameter FifoThroughputLimit. Reason: perMessageGroupId is allowed only when \
                           DeduplicationScope is messageGroup.";
            return Err(Fault::new(FaultKind::InvalidAttributeValue, message));
        }
        Ok(self)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let whole = |[least, most]: [u32; 2]| {
            let is_whole = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let number = value.parse().ok().filter(|number| is_whole && (least..=most).contains(number));
            number.ok_or_else(|| Fault::attribute_value(name))
        };
        let choice = |no: &str, yes: &str| match value {
            value if value == yes => Ok(true),
            value if value == no => Ok(false),
            _ => Err(Fault::attribute_value(name)),
        };
        let set = |value| Some(value).filter(|value: &&str| !value.is_empty());
        match name {
            "DelaySeconds" => self.delay_seconds = whole([0, DELAY_SECONDS_MAX])?,
            "MaximumMessageSize" => self.message_bytes_max = whole(MESSAGE_BYTES)? as usize,
            "MessageRetentionPeriod" => self.retention_seconds = whole(RETENTION_SECONDS)?,
            "ReceiveMessageWaitTimeSeconds" => self.wait_seconds = whole([0, WAIT_SECONDS_MAX])?,
            "VisibilityTimeout" => self.visibility_seconds = whole([0, VISIBILITY_SECONDS_MAX])?,
            "Policy" => self.policy = set(value).map(QueuePolicy::parse).transpose()?,
            "RedrivePolicy" => self.redrive = set(value).map(RedrivePolicy::parse).transpose()?,
            "RedriveAllowPolicy" => self.redrive_allow = set(value).map(RedriveAllowPolicy::parse).transpose()?,
            "FifoQueue" if self.is_fifo => {}
            "ContentBasedDeduplication" if self.is_fifo => self.content_based_deduplication = choice("false", "true")?,
            "DeduplicationScope" if self.is_fifo => self.deduplicates_in_group = choice("queue", "messageGroup")?,
            "FifoThroughputLimit" if self.is_fifo => {
                self.throughput_per_group = choice("perQueue", "perMessageGroupId")?;
            }
            "DeduplicationScope" | "FifoThroughputLimit" => {
                let message = format!("You can specify the {name} only when FifoQueue is set to true.");
                return Err(Fault::new(FaultKind::InvalidAttributeName, message));
            }
            "SqsManagedSseEnabled" => {
                if choice("false", "true")? {
                    return Err(not_encrypted(name));
                }
            }
            "KmsMasterKeyId" if value.is_empty() => {}
            "KmsMasterKeyId" | "KmsDataKeyReusePeriodSeconds" => return Err(not_encrypted(name)),
            _ => return Err(Fault::attribute_name(name)),
        }
        Ok(())
    }

    /// Every attribute that is set, in the order of names.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        let truth = |truth: bool| if truth { "true" } else { "false" }.to_owned();
        let mut all = vec![
            ("DelaySeconds", self.delay_seconds.to_string()),
            ("MaximumMessageSize", self.message_bytes_max.to_string()),
            ("MessageRetentionPeriod", self.retention_seconds.to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.wait_seconds.to_string()),
            ("SqsManagedSseEnabled", truth(false)),
            ("VisibilityTimeout", self.visibility_seconds.to_string()),
        ];
        if self.is_fifo {
            let scope = if self.deduplicates_in_group { "messageGroup" } else { "queue" };
            let limit = if self.throughput_per_group { "perMessageGroupId" } else { "perQueue" };
            all.extend([
                ("FifoQueue", truth(true)),
                ("ContentBasedDeduplication", truth(self.content_based_deduplication)),
                ("DeduplicationScope", scope.to_owned()),
                ("FifoThroughputLimit", limit.to_owned()),
            ]);
        }
        let policies = [
            ("Policy", self.policy.as_ref().map(|policy| &policy.text)),
            ("RedrivePolicy", self.redrive.as_ref().map(|policy| &policy.text)),
            ("RedriveAllowPolicy", self.redrive_allow.as_ref().map(|policy| &policy.text)),
        ];
        all.extend(policies.into_iter().filter_map(|(name, text)| Some((name, text?.clone()))));
        all.sort_unstable();
        all
    }

    /// The same as a client would give them.
    pub(super) fn to_given(&self) -> Given {
        self.attributes().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The first attribute, in the order of names, that a client gives another value than it has here.
    pub fn differing<'a>(&self, given: &'a Given) -> Option<&'a str> {
        let own = self.attributes();
        let value = |name: &str| own.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        given.iter().find(|(name, given)| value(name) != given.as_str()).map(|(name, _)| name.as_str())
    }
}

/// Nothing is encrypted here, and nobody should believe that it is.
fn not_encrypted(attribute: &str) -> Fault {
    let message = format!("{attribute} is not implemented: this server does not encrypt what is in its queues.");
    Fault::new(FaultKind::UnsupportedOperation, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn create(name: &str, pairs: &[(&str, &str)]) -> Result<Settings, Fault> {
        Settings::create(&QueueName::new(name).unwrap(), &given(pairs))
    }

    #[test]
    fn numbers_have_their_ranges() {
        let cases = [
            ("DelaySeconds", 0, 900),
            ("MaximumMessageSize", 1024, 1_048_576),
            ("MessageRetentionPeriod", 60, 1_209_600),
            ("ReceiveMessageWaitTimeSeconds", 0, 20),
            ("VisibilityTimeout", 0, 43_200),
        ];
        for (name, least, most) in cases {
            let message = format!("Invalid value for the parameter {name}.");
            for legal in [least, most] {
                let settings = create("q", &[(name, &legal.to_string())]).unwrap();
                assert!(settings.attributes().contains(&(name, legal.to_string())), "{name}");
            }
            for illegal in
                [(least - 1).to_string(), (most + 1).to_string(), "".into(), " 100".into(), "+100".into(), "1e2".into()]
            {
                let fault = create("q", &[(name, &illegal)]).unwrap_err();
                assert_eq!(
                    (fault.kind, fault.message),
                    (FaultKind::InvalidAttributeValue, message.clone()),
                    "{illegal}"
                );
            }
        }
    }

    #[test]
    fn a_fifo_queue_is_one_by_name_and_by_attribute() {
        let rule = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        let cases = [
            ("q.fifo", &[("FifoQueue", "true")][..], ""),
            ("q", &[], ""),
            ("q.fifo", &[], rule),
            ("q.fifo", &[("FifoQueue", "false")], "Unknown Attribute FifoQueue."),
            ("q", &[("FifoQueue", "false")], "Unknown Attribute FifoQueue."),
            (
                "q",
                &[("FifoQueue", "true")],
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with \
                 .fifo suffix and be 1 to 80 in length.",
            ),
            ("q", &[("FifoQueue", "yes")], "Invalid value for the parameter FifoQueue."),
            ("q", &[("ContentBasedDeduplication", "true")], "Unknown Attribute ContentBasedDeduplication."),
            (
                "q",
                &[("DeduplicationScope", "queue")],
                "You can specify the DeduplicationScope only when FifoQueue is set to true.",
            ),
            (
                "q.fifo",
                &[("FifoQueue", "true"), ("FifoThroughputLimit", "perMessageGroupId")],
                "Invalid value for the parameter FifoThroughputLimit. Reason: perMessageGroupId is allowed only when \
                 DeduplicationScope is messageGroup.",
            ),
        ];
        for (name, pairs, expect) in cases {
            let said = create(name, pairs).err().map(|fault| fault.message).unwrap_or_default();
            assert_eq!(said, expect, "{name} {pairs:?}");
        }
    }

    #[test]
    fn the_type_of_a_queue_stays() {
        let (standard, fifo) = (create("q", &[]).unwrap(), create("q.fifo", &[("FifoQueue", "true")]).unwrap());
        let change = |settings: &Settings, value: &str| settings.change(&given(&[("FifoQueue", value)]));
        assert_eq!(change(&standard, "true").unwrap_err().message, "Unknown Attribute FifoQueue.");
        assert_eq!(
            change(&fifo, "false").unwrap_err().message,
            "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
        );
        assert_eq!(change(&fifo, "true"), Ok(fifo));
    }

    #[test]
    fn what_is_not_there_is_refused_by_name() {
        for name in ["All", "QueueArn", "ApproximateNumberOfMessages", "CreatedTimestamp", "Colour"] {
            let fault = create("q", &[(name, "1")]).unwrap_err();
            assert_eq!(fault, Fault::new(FaultKind::InvalidAttributeName, format!("Unknown Attribute {name}.")));
        }
        for (name, value) in [
            ("SqsManagedSseEnabled", "true"),
            ("KmsMasterKeyId", "alias/aws/sqs"),
            ("KmsDataKeyReusePeriodSeconds", "300"),
        ] {
            let fault = create("q", &[(name, value)]).unwrap_err();
            assert!(fault.kind == FaultKind::UnsupportedOperation && fault.message.starts_with(name), "{fault}");
        }
        assert!(create("q", &[("SqsManagedSseEnabled", "false"), ("KmsMasterKeyId", "")]).is_ok());
    }

    #[test]
    fn policies_come_back_as_they_were_set_and_go_when_they_are_empty() {
        let policy = r#"{ "Version":"2012-10-17", "Statement": [{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
        let redrive = r#"{"maxReceiveCount":3,  "deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead"}"#;
        let allow = r#"{"redrivePermission" : "denyAll"}"#;
        let all = [("Policy", policy), ("RedriveAllowPolicy", allow), ("RedrivePolicy", redrive)];
        let settings = create("q", &all).unwrap();
        for (name, text) in all {
            assert!(settings.attributes().contains(&(name, text.to_owned())));
        }
        let none = settings.change(&given(&all.map(|(name, _)| (name, "")))).unwrap();
        assert_eq!(none, create("q", &[]).unwrap());
        assert_eq!(create("q", &[("Policy", "{}")]).unwrap_err(), Fault::attribute_value("Policy"));
    }

    #[test]
    fn differences_are_of_what_was_given() {
        let settings = create("q", &[("DelaySeconds", "1"), ("VisibilityTimeout", "5")]).unwrap();
        let cases = [
            (&[][..], None),
            (&[("DelaySeconds", "1")], None),
            (&[("DelaySeconds", "2")], Some("DelaySeconds")),
            (&[("VisibilityTimeout", "6"), ("DelaySeconds", "2")], Some("DelaySeconds")),
            (&[("MaximumMessageSize", "1048576")], None),
            (&[("Policy", "")], None),
        ];
        for (pairs, expect) in cases {
            let given = given(pairs);
            assert_eq!(settings.differing(&given), expect, "{pairs:?}");
        }
    }
}
