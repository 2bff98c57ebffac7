//! A message that is about to be published.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::attribute::{GivenAttribute, MessageAttributes, check_attributes};
use super::subject;
use super::texts::Texts;
use crate::refusal::Refusal;
use crate::topic::{TopicName, TopicSettings};

/// The most bytes of a message with its attributes.
pub const MESSAGE_MAX: usize = 262_144;
/// The most characters of the name of a group, and of what tells duplicates.
pub const TOKEN_MAX: usize = 128;

/// What a publisher gives, not checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The message, or JSON with one for each protocol.
    pub message: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// `json`, when the message has a text for each protocol.
    pub structure: Option<String>,
    /// Attributes by name.
    pub attributes: BTreeMap<String, GivenAttribute>,
    /// The group within which messages stay in order, of FIFO topics.
    pub group: Option<String>,
    /// What tells duplicates, of FIFO topics.
    pub deduplication: Option<String>,
}

/// A message that may be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The text.
    pub texts: Texts,
    /// The subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Attributes by name.
    #[serde(default, skip_serializing_if = "MessageAttributes::is_empty")]
    pub attributes: MessageAttributes,
    /// The group within which messages stay in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What tells duplicates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduplication: Option<String>,
    /// How many bytes the publisher has sent.
    pub size: usize,
}

impl Draft {
    /// A message with a subject and nothing else, as a part of the server publishes one. It is not longer than what
    /// anybody else may publish, or it is cut by whoever made it.
    pub fn of(subject: Option<String>, texts: Texts) -> Self {
        let size = texts.default.len() + texts.by_protocol.values().map(String::len).sum::<usize>();
        Draft { texts, subject, attributes: MessageAttributes::new(), group: None, deduplication: None, size }
    }

    /// Checks what a publisher gives. `path` is where the attributes stand in the request.
    ///
    /// # Errors
    /// What AWS says to the first thing that is wrong.
    pub fn check(topic: &TopicName, settings: &TopicSettings, given: Given, path: &str) -> Result<Self, Refusal> {
        if let Some(subject) = &given.subject {
            subject::check(subject)?;
        }
        let message = given.message.ok_or_else(|| Refusal::missing("message"))?;
        if message.is_empty() {
            return Err(Refusal::invalid("Empty message"));
        }
        let attributes = check_attributes(given.attributes, path)?;
        let size = message.len() + attributes.iter().map(|(name, attribute)| attribute.size(name)).sum::<usize>();
        if size > MESSAGE_MAX {
            return Err(Refusal::invalid("Message too long"));
        }
        let (group, deduplication) = match topic.is_fifo() {
            true => fifo(settings, given.group, given.deduplication, &message)?,
            false => standard(given.group, given.deduplication.as_ref())?,
        };
        let texts = match given.structure.as_deref() {
            None | Some("") => Texts::plain(message),
            Some("json") => Texts::structured(&message)?,
            Some(_) => return Err(Refusal::invalid("MessageStructure")),
        };
        Ok(Draft { texts, subject: given.subject, attributes, group, deduplication, size })
    }
}

type Tokens = (Option<String>, Option<String>);

/// AWS takes groups on standard topics too, and hands them on to standard queues for fair sharing.
fn standard(group: Option<String>, deduplication: Option<&String>) -> Result<Tokens, Refusal> {
    if deduplication.is_some() {
        return Err(Refusal::invalid(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for \
             this topic type",
        ));
    }
    let group = group.map(|group| token(group, "MessageGroupId")).transpose()?;
    Ok((group, None))
}

fn fifo(
    settings: &TopicSettings,
    group: Option<String>,
    deduplication: Option<String>,
    message: &str,
) -> Result<Tokens, Refusal> {
    let Some(group) = group.filter(|group| !group.is_empty()) else {
        return Err(Refusal::invalid("The MessageGroupId parameter is required for FIFO topics"));
    };
    let group = token(group, "MessageGroupId")?;
    let deduplication = match deduplication {
        Some(deduplication) => token(deduplication, "MessageDeduplicationId")?,
        None if settings.deduplicates_by_content() => hex::encode(Sha256::digest(message)),
        None => {
            return Err(Refusal::invalid(
                "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
                 explicitly",
            ));
        }
    };
    Ok((Some(group), Some(deduplication)))
}

/// Letters, digits and punctuation.
fn token(text: String, parameter: &str) -> Result<String, Refusal> {
    match (1..=TOKEN_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text),
        false => {
            Err(Refusal::invalid(format!("{parameter} Reason: Must be a string with a length of 1 to {TOKEN_MAX}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(topic: &str, given: Given) -> Result<Draft, String> {
        let topic = TopicName::new(topic).unwrap();
        let settings = TopicSettings::default();
        let draft = Draft::check(&topic, &settings, given, "messageAttributes");
        draft.map_err(|refusal| refusal.message.replace("Invalid parameter: ", ""))
    }

    fn given(message: &str) -> Given {
        Given { message: Some(message.to_owned()), ..Given::default() }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_message_has_a_text_and_a_size() {
        let attribute = GivenAttribute { data_type: some("String"), text: some("0123456789"), bytes: None };
        let attributes = BTreeMap::from([("name".to_owned(), attribute)]);
        let longest = "m".repeat(MESSAGE_MAX - 20);
        let draft = check("t", Given { attributes: attributes.clone(), ..given(&longest) }).unwrap();
        assert_eq!((draft.size, draft.texts.default.len()), (MESSAGE_MAX, MESSAGE_MAX - 20));
        let too_long = Given { attributes, ..given(&format!("{longest}m")) };
        assert_eq!(check("t", too_long).unwrap_err(), "Message too long");
        assert_eq!(check("t", given("")).unwrap_err(), "Empty message");
        assert!(check("t", Given::default()).unwrap_err().contains("Value null at 'message'"));
        assert_eq!(check("t", Given { subject: some(""), ..given("m") }).unwrap_err(), "Subject");
        assert_eq!(check("t", Given { structure: some("xml"), ..given("m") }).unwrap_err(), "MessageStructure");
    }

    #[test]
    fn fifo_topics_have_groups_and_know_duplicates() {
        let fifo = |group, deduplication| check("t.fifo", Given { group, deduplication, ..given("m") });
        let no_group = "The MessageGroupId parameter is required for FIFO topics";
        assert_eq!(fifo(None, some("d")).unwrap_err(), no_group);
        assert_eq!(fifo(some(""), some("d")).unwrap_err(), no_group);
        let no_id = "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly";
        assert_eq!(fifo(some("g"), None).unwrap_err(), no_id);
        let longest = "t".repeat(TOKEN_MAX);
        assert_eq!(fifo(some(&longest), some(&longest)).unwrap().deduplication, Some(longest.clone()));
        assert!(fifo(some(&format!("{longest}t")), some("d")).is_err());
        assert!(fifo(some("g"), some("a b")).is_err());
        let mut settings = TopicSettings::default();
        let name = TopicName::new("t.fifo").unwrap();
        settings.set(&name, "ContentBasedDeduplication", "true").unwrap();
        let draft = Draft::check(&name, &settings, Given { group: some("g"), ..given("m") }, "").unwrap();
        let expected = "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a";
        assert_eq!(draft.deduplication.as_deref(), Some(expected));
    }

    #[test]
    fn standard_topics_know_no_duplicates() {
        let refused = check("t", Given { deduplication: some("d"), ..given("m") }).unwrap_err();
        assert!(refused.starts_with("MessageDeduplicationId Reason: The request includes"), "{refused}");
        assert_eq!(check("t", Given { group: some("g"), ..given("m") }).unwrap().group, some("g"));
    }
}
