//! What asks the owner of an endpoint whether messages may go there, and what tells that they will not any more.

use nepho_model::Timestamp;

use super::envelope::{Signed, iso_time, json, object, signed_members, string_to_sign};
use crate::subscription::{SubscriptionArn, Token};
use crate::topic::TopicArn;

/// Which of the two it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmationKind {
    /// May messages go there?
    Subscribe,
    /// They will not any more.
    Unsubscribe(SubscriptionArn),
}

/// A question to the owner of an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Confirmation<'a> {
    /// What it is about.
    pub kind: &'a ConfirmationKind,
    /// The message's id.
    pub message_id: &'a str,
    /// The topic.
    pub topic: &'a TopicArn,
    /// What proves that the question was read.
    pub token: &'a Token,
    /// Where to say yes.
    pub subscribe_url: &'a str,
    /// When it is asked.
    pub asked: Timestamp,
}

impl Confirmation<'_> {
    /// What its type is called.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            ConfirmationKind::Subscribe => "SubscriptionConfirmation",
            ConfirmationKind::Unsubscribe(_) => "UnsubscribeConfirmation",
        }
    }

    fn message(&self) -> String {
        match self.kind {
            ConfirmationKind::Subscribe => format!(
                "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL \
                 included in this message.",
                self.topic
            ),
            ConfirmationKind::Unsubscribe(subscription) => format!(
                "You have chosen to deactivate subscription {subscription}.\nTo cancel this operation and restore the \
                 subscription, visit the SubscribeURL included in this message."
            ),
        }
    }

    /// What has to be signed.
    pub fn string_to_sign(&self) -> String {
        string_to_sign(&[
            ("Message", Some(&self.message())),
            ("MessageId", Some(self.message_id)),
            ("SubscribeURL", Some(self.subscribe_url)),
            ("Timestamp", Some(&iso_time(self.asked))),
            ("Token", Some(self.token.as_str())),
            ("TopicArn", Some(&self.topic.to_string())),
            ("Type", Some(self.type_name())),
        ])
    }

    /// The envelope.
    pub fn to_json(&self, signed: &Signed<'_>) -> String {
        let mut members = vec![
            ("Type", json(self.type_name())),
            ("MessageId", json(self.message_id)),
            ("Token", json(self.token.as_str())),
            ("TopicArn", json(&self.topic.to_string())),
            ("Message", json(&self.message())),
            ("SubscribeURL", json(self.subscribe_url)),
            ("Timestamp", json(&iso_time(self.asked))),
        ];
        members.extend(signed_members(signed));
        object(&members, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::SignatureVersion;

    const SUBSCRIPTION: &str = "arn:aws:sns:us-east-1:000000000000:alerts:8a21d249-4329-4871-acc6-7be709c6ea7f";

    fn with<T>(kind: &ConfirmationKind, read: impl Fn(&Confirmation<'_>) -> T) -> T {
        read(&Confirmation {
            kind,
            message_id: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            topic: &SubscriptionArn::parse(SUBSCRIPTION).unwrap().topic,
            token: &Token::of([0x11; 32]),
            subscribe_url: "http://h/?Action=ConfirmSubscription",
            asked: Timestamp::from_millis(1_714_557_900_123),
        })
    }

    #[test]
    fn both_are_written_and_signed_as_aws_does() {
        let signed = Signed { version: SignatureVersion::Sha256, signature: "c2ln", certificate_url: "http://h/c.pem" };
        let json = with(&ConfirmationKind::Subscribe, |confirmation| confirmation.to_json(&signed));
        let token = "11".repeat(32);
        let expected = format!(
            r#"{{
  "Type" : "SubscriptionConfirmation",
  "MessageId" : "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
  "Token" : "{token}",
  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:alerts",
  "Message" : "You have chosen to subscribe to the topic arn:aws:sns:us-east-1:000000000000:alerts.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
  "SubscribeURL" : "http://h/?Action=ConfirmSubscription",
  "Timestamp" : "2024-05-01T10:05:00.123Z",
  "SignatureVersion" : "2",
  "Signature" : "c2ln",
  "SigningCertURL" : "http://h/c.pem"
}}"#
        );
        assert_eq!(json, expected);
        let kind = ConfirmationKind::Unsubscribe(SubscriptionArn::parse(SUBSCRIPTION).unwrap());
        let expected = format!(
            "Message\nYou have chosen to deactivate subscription {SUBSCRIPTION}.\nTo cancel this operation and restore \
             the subscription, visit the SubscribeURL included in this message.\nMessageId\n\
             165545c9-2a5c-472c-8df2-7ff2be2b3b1b\nSubscribeURL\nhttp://h/?Action=ConfirmSubscription\nTimestamp\n\
             2024-05-01T10:05:00.123Z\nToken\n{token}\nTopicArn\narn:aws:sns:us-east-1:000000000000:alerts\nType\n\
             UnsubscribeConfirmation\n"
        );
        assert_eq!(with(&kind, |it| it.string_to_sign()), expected);
    }
}
