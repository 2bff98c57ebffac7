//! A published message on its way to one endpoint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nepho_model::Timestamp;
use serde::Serialize;

use super::attribute::{AttributeValue, MessageAttribute, MessageAttributes};
use super::envelope::{Signed, iso_time, json, object, signed_members, string_to_sign};
use crate::topic::TopicArn;

/// A published message on its way to one endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Notification<'a> {
    /// The message's id, which is the same for all who get it.
    pub message_id: &'a str,
    /// Its place among the messages of a FIFO topic.
    pub sequence_number: Option<&'a str>,
    /// The topic.
    pub topic: &'a TopicArn,
    /// The subject.
    pub subject: Option<&'a str>,
    /// The text for this endpoint.
    pub message: &'a str,
    /// When it was published.
    pub published: Timestamp,
    /// Attributes by name.
    pub attributes: &'a MessageAttributes,
    /// Where the subscription can be given up.
    pub unsubscribe_url: &'a str,
}

/// The value that the member `Type` and the header of the same meaning have.
const TYPE: &str = "Notification";

/// An attribute as an envelope has it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    r#type: &'a str,
    value: String,
}

impl<'a> Written<'a> {
    fn of(attribute: &'a MessageAttribute) -> Self {
        let value = match &attribute.value {
            AttributeValue::Text(text) => text.clone(),
            AttributeValue::Bytes(bytes) => STANDARD.encode(bytes),
        };
        Written { r#type: &attribute.data_type, value }
    }
}

impl Notification<'_> {
    /// What its type is called.
    pub const TYPE: &'static str = TYPE;

    /// What has to be signed.
    pub fn string_to_sign(&self) -> String {
        string_to_sign(&[
            ("Message", Some(self.message)),
            ("MessageId", Some(self.message_id)),
            ("Subject", self.subject),
            ("Timestamp", Some(&iso_time(self.published))),
            ("TopicArn", Some(&self.topic.to_string())),
            ("Type", Some(TYPE)),
        ])
    }

    /// The envelope.
    pub fn to_json(&self, signed: &Signed<'_>) -> String {
        let mut members = vec![("Type", json(TYPE)), ("MessageId", json(self.message_id))];
        members.extend(self.sequence_number.map(|number| ("SequenceNumber", json(number))));
        members.push(("TopicArn", json(&self.topic.to_string())));
        members.extend(self.subject.map(|subject| ("Subject", json(subject))));
        members.push(("Message", json(self.message)));
        members.push(("Timestamp", json(&iso_time(self.published))));
        members.extend(signed_members(signed));
        members.push(("UnsubscribeURL", json(self.unsubscribe_url)));
        if !self.attributes.is_empty() {
            let attributes: Vec<_> = self
                .attributes
                .iter()
                .map(|(name, attribute)| (name.as_str(), json(&Written::of(attribute))))
                .collect();
            members.push(("MessageAttributes", object(&attributes, "  ")));
        }
        object(&members, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::SignatureVersion;

    fn topic() -> TopicArn {
        TopicArn::parse("arn:aws:sns:us-east-1:000000000000:alerts", "TopicArn").unwrap()
    }

    fn with<T>(subject: Option<&str>, attributes: &MessageAttributes, read: impl Fn(&Notification<'_>) -> T) -> T {
        read(&Notification {
            message_id: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            sequence_number: None,
            topic: &topic(),
            subject,
            message: "Hello\n\"world\" / ü",
            published: Timestamp::from_millis(1_714_557_900_123),
            attributes,
            unsubscribe_url: "http://h/?Action=Unsubscribe&SubscriptionArn=s",
        })
    }

    #[test]
    fn an_envelope_is_written_as_aws_writes_it() {
        let attribute = |data_type: &str, value| MessageAttribute { data_type: data_type.to_owned(), value };
        let attributes = MessageAttributes::from([
            ("level".to_owned(), attribute("Number", AttributeValue::Text("3".to_owned()))),
            ("raw".to_owned(), attribute("Binary", AttributeValue::Bytes(vec![2, 3, 4]))),
        ]);
        let signed = Signed { version: SignatureVersion::Sha1, signature: "c2ln", certificate_url: "http://h/c.pem" };
        let expected = r#"{
  "Type" : "Notification",
  "MessageId" : "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:alerts",
  "Subject" : "Greetings",
  "Message" : "Hello\n\"world\" / ü",
  "Timestamp" : "2024-05-01T10:05:00.123Z",
  "SignatureVersion" : "1",
  "Signature" : "c2ln",
  "SigningCertURL" : "http://h/c.pem",
  "UnsubscribeURL" : "http://h/?Action=Unsubscribe&SubscriptionArn=s",
  "MessageAttributes" : {
    "level" : {"Type":"Number","Value":"3"},
    "raw" : {"Type":"Binary","Value":"AgME"}
  }
}"#;
        assert_eq!(with(Some("Greetings"), &attributes, |notification| notification.to_json(&signed)), expected);
        let plain = with(None, &MessageAttributes::new(), |notification| notification.to_json(&signed));
        assert!(!plain.contains("Subject\"") && !plain.contains("MessageAttributes"), "{plain}");
        serde_json::from_str::<serde_json::Value>(&plain).unwrap();
    }

    #[test]
    fn what_is_signed_are_names_and_values() {
        let none = MessageAttributes::new();
        let end = "Timestamp\n2024-05-01T10:05:00.123Z\nTopicArn\narn:aws:sns:us-east-1:000000000000:alerts\nType\n\
                   Notification\n";
        let begin = "Message\nHello\n\"world\" / ü\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n";
        assert_eq!(with(None, &none, |it| it.string_to_sign()), format!("{begin}{end}"));
        let with_subject = with(Some("Greetings"), &none, |it| it.string_to_sign());
        assert_eq!(with_subject, format!("{begin}Subject\nGreetings\n{end}"));
    }
}
