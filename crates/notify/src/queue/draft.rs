//! A message as its sender wants it.

use uuid::Uuid;

use super::digest;
use super::fault::{Fault, FaultKind};
use super::message_attribute::{AttributeValue, GivenAttribute, MessageAttribute};
use super::settings::{DELAY_SECONDS_MAX, Settings};

/// The most bytes of the bodies and attributes of a batch.
pub const BATCH_BYTES_MAX: usize = 1_048_576;
/// The most characters of a message group, a deduplication id and an attempt.
pub const TOKEN_MAX: usize = 128;
/// The only attribute of the system that senders may give.
const TRACE_HEADER: &str = "AWSTraceHeader";
/// Why a parameter cannot be given to a queue of this type.
const WRONG_TYPE: &str = "The request include parameter that is not valid for this queue type.";

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The id that the message gets.
    pub id: Uuid,
    /// Who sends it.
    pub sender: String,
    /// The text.
    pub body: String,
    /// Its attributes, checked and sorted by name.
    pub attributes: Vec<(String, MessageAttribute)>,
    /// What a tracer wants to be told again.
    pub trace_header: Option<String>,
    /// How long it stays hidden; the queue says, when absent.
    pub delay_seconds: Option<i64>,
    /// Its message group.
    pub group: Option<String>,
    /// Its deduplication id.
    pub deduplication: Option<String>,
}

impl Draft {
    /// A message without anything but its text.
    pub fn of_body(id: Uuid, sender: impl Into<String>, body: impl Into<String>) -> Self {
        Draft {
            id,
            sender: sender.into(),
            body: body.into(),
            attributes: Vec::new(),
            trace_header: None,
            delay_seconds: None,
            group: None,
            deduplication: None,
        }
    }

    /// The bytes that count: of the body, and of names, types and values of attributes.
    pub fn size(&self) -> usize {
        let attribute = |(name, attribute): &(String, MessageAttribute)| {
            name.len() + attribute.data_type.len() + attribute.value.as_bytes().len()
        };
        self.body.len() + self.attributes.iter().map(attribute).sum::<usize>()
    }

    /// Checks what can be sent to a queue, and answers the deduplication id, if there is one.
    pub(crate) fn check(&self, settings: &Settings) -> Result<Option<String>, Fault> {
        if self.body.is_empty() {
            return Err(Fault::missing("MessageBody"));
        }
        let limit = settings.message_bytes_max;
        if self.size() > limit {
            let reason =
                format!("One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes.");
            return Err(Fault::new(FaultKind::InvalidParameterValue, reason));
        }
        if let Some(fault) = illegal_character(&self.body) {
            return Err(fault);
        }
        check_token(self.group.as_deref(), "MessageGroupId")?;
        check_token(self.deduplication.as_deref(), "MessageDeduplicationId")?;
        if settings.is_fifo { self.check_fifo(settings).map(Some) } else { self.check_standard().map(|()| None) }
    }

    fn check_standard(&self) -> Result<(), Fault> {
        if let Some(given) = &self.deduplication {
            return Err(Fault::invalid(given, "MessageDeduplicationId", WRONG_TYPE));
        }
        match self.delay_seconds {
            Some(delay) if !(0..=i64::from(DELAY_SECONDS_MAX)).contains(&delay) => {
                let reason = format!("DelaySeconds must be >= 0 and <= {DELAY_SECONDS_MAX}.");
                Err(Fault::invalid(delay, "DelaySeconds", &reason))
            }
            _ => Ok(()),
        }
    }

    fn check_fifo(&self, settings: &Settings) -> Result<String, Fault> {
        if let Some(delay) = self.delay_seconds.filter(|delay| *delay != 0) {
            return Err(Fault::invalid(delay, "DelaySeconds", WRONG_TYPE));
        }
        if self.group.is_none() {
            return Err(Fault::missing("MessageGroupId"));
        }
        let by_content = || settings.content_based_deduplication.then(|| digest::deduplication_of_body(&self.body));
        self.deduplication.clone().or_else(by_content).ok_or_else(|| {
            let message = "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId \
                           provided explicitly";
            Fault::new(FaultKind::InvalidParameterValue, message)
        })
    }
}

/// Checks what names a group, a duplicate or an attempt.
pub(crate) fn check_token(token: Option<&str>, parameter: &str) -> Result<(), Fault> {
    let Some(token) = token else { return Ok(()) };
    let is_legal = (1..=TOKEN_MAX).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    match is_legal {
        true => Ok(()),
        false => {
            let reason = format!(
                "{parameter} can only include alphanumeric and punctuation characters. 1 to {TOKEN_MAX} in length."
            );
            Err(Fault::invalid(token, parameter, &reason))
        }
    }
}

/// The trace header among the attributes of the system that a sender gives; there are no others.
///
/// # Errors
///
/// Another name, or another type.
pub fn trace_header(given: Vec<(String, GivenAttribute)>) -> Result<Option<String>, Fault> {
    let mut header = None;
    for (name, attribute) in given {
        let invalid = |what: &str| {
            let message = format!("Message system attribute {what} '{name}' is invalid.");
            Fault::new(FaultKind::InvalidParameterValue, message)
        };
        if name != TRACE_HEADER {
            return Err(invalid("name"));
        }
        let is_text = attribute.data_type.as_deref() == Some("String");
        let text = attribute.text.filter(|text| is_text && !text.is_empty()).ok_or_else(|| invalid("value of"))?;
        header = Some(text);
    }
    Ok(header)
}

/// The MD5 of the attributes of the system, when there are any.
pub(super) fn md5_of_trace_header(header: Option<&str>) -> Option<String> {
    let value = AttributeValue::Text(header?.to_owned());
    let attribute = MessageAttribute { data_type: "String".to_owned(), value };
    Some(digest::md5_of_attributes([(TRACE_HEADER, &attribute)]))
}

/// The refusal of a text with characters that XML does not have.
pub(crate) fn illegal_character(text: &str) -> Option<Fault> {
    let is_illegal =
        |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    let message = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to \
                   #xFFFD | #x10000 to #x10FFFF";
    text.contains(is_illegal).then(|| Fault::new(FaultKind::InvalidMessageContents, message))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::name::QueueName;
    use super::*;

    fn settings(name: &str, attributes: &[(&str, &str)]) -> Settings {
        let given = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::create(&QueueName::new(name).unwrap(), &given.collect::<BTreeMap<_, _>>()).unwrap()
    }

    fn draft() -> Draft {
        Draft::of_body(Uuid::nil(), "sender", "body")
    }

    /// The refusal of a draft, or its deduplication id.
    fn said(draft: &Draft, settings: &Settings) -> String {
        match draft.check(settings) {
            Ok(deduplication) => deduplication.unwrap_or_default(),
            Err(fault) => fault.message,
        }
    }

    #[test]
    fn standard_queues_know_no_duplicates() {
        let queue = settings("q", &[("MaximumMessageSize", "1024")]);
        let size = "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.";
        let text =
            |value: String| MessageAttribute { data_type: "String".to_owned(), value: AttributeValue::Text(value) };
        let attribute = |bytes: usize| vec![("n".to_owned(), text("v".repeat(bytes)))];
        let cases = [
            (draft(), ""),
            (Draft { group: Some("g".repeat(TOKEN_MAX)), ..draft() }, ""),
            (Draft { body: String::new(), ..draft() }, "The request must contain the parameter MessageBody."),
            (Draft { body: "b".repeat(1024), ..draft() }, ""),
            (Draft { body: "b".repeat(1025), ..draft() }, size),
            (Draft { body: "b".repeat(1000), attributes: attribute(17), ..draft() }, ""),
            (Draft { body: "b".repeat(1000), attributes: attribute(18), ..draft() }, size),
            (Draft { delay_seconds: Some(900), ..draft() }, ""),
            (
                Draft { delay_seconds: Some(901), ..draft() },
                "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
            ),
            (
                Draft { delay_seconds: Some(-1), ..draft() },
                "Value -1 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
            ),
            (
                Draft { deduplication: Some("d".to_owned()), ..draft() },
                "Value d for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is \
                 not valid for this queue type.",
            ),
            (
                Draft { group: Some("a b".to_owned()), ..draft() },
                "Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric \
                 and punctuation characters. 1 to 128 in length.",
            ),
        ];
        for (draft, expect) in cases {
            assert_eq!(said(&draft, &queue), expect, "{draft:?}");
        }
        assert!(draft().check(&queue).is_ok());
        assert!(Draft { group: Some("g".repeat(TOKEN_MAX + 1)), ..draft() }.check(&queue).is_err());
        for body in ["\u{1}", "a\u{ffff}", "\0"] {
            let fault = Draft { body: body.to_owned(), ..draft() }.check(&queue).unwrap_err();
            assert_eq!(fault.kind, FaultKind::InvalidMessageContents);
        }
        assert_eq!(said(&Draft { body: "\t\n\r \u{1f600}".to_owned(), ..draft() }, &queue), "");
    }

    #[test]
    fn fifo_queues_want_a_group_and_know_duplicates() {
        let queue = settings("q.fifo", &[("FifoQueue", "true")]);
        let by_content = settings("q.fifo", &[("FifoQueue", "true"), ("ContentBasedDeduplication", "true")]);
        let grouped = || Draft { group: Some("g".to_owned()), ..draft() };
        let whole = || Draft { deduplication: Some("d".to_owned()), ..grouped() };
        assert_eq!(said(&whole(), &queue), "d");
        assert_eq!(said(&whole(), &by_content), "d");
        let sha256 = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
        assert_eq!(said(&grouped(), &by_content), sha256);
        assert!(said(&grouped(), &queue).starts_with("The queue should either have ContentBasedDeduplication enabled"));
        assert_eq!(said(&draft(), &queue), "The request must contain the parameter MessageGroupId.");
        assert_eq!(said(&Draft { delay_seconds: Some(0), ..whole() }, &queue), "d");
        assert_eq!(
            said(&Draft { delay_seconds: Some(2), ..whole() }, &queue),
            "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this \
             queue type."
        );
    }

    #[test]
    fn the_trace_header_is_all_that_senders_may_say_of_the_system() {
        let given = |name: &str, data_type: &str| {
            let attribute = GivenAttribute {
                data_type: Some(data_type.to_owned()),
                text: Some("some-trace-id".to_owned()),
                bytes: None,
            };
            vec![(name.to_owned(), attribute)]
        };
        assert_eq!(trace_header(given(TRACE_HEADER, "String")), Ok(Some("some-trace-id".to_owned())));
        assert_eq!(md5_of_trace_header(Some("some-trace-id")).as_deref(), Some("fdce4f2818803f2f73becc09a54792c0"));
        let fault = trace_header(given("Hello", "String")).unwrap_err();
        assert_eq!(fault.message, "Message system attribute name 'Hello' is invalid.");
        assert!(trace_header(given(TRACE_HEADER, "Number")).is_err());
    }
}
