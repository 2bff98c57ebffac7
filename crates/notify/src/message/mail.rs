//! Messages as mail.

use super::confirmation::Confirmation;
use super::notification::Notification;

/// What mail says, without who sends it to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// The subject of a message that has none.
const NO_SUBJECT: &str = "AWS Notification Message";
/// The subject of the question whether mail may come.
const CONFIRMATION: &str = "AWS Notification - Subscription Confirmation";
const NO_REPLY: &str = "Please do not reply directly to this email.";

/// A message as mail: its text, what is said besides, and below it how to get no more of them.
pub fn mail_of_notification(notification: &Notification<'_>, besides: Option<&str>) -> Mail {
    let besides = besides.map(|text| format!("\n\n{}", text.trim_end())).unwrap_or_default();
    let body = format!(
        "{}{besides}\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit the link below to \
         unsubscribe:\n{}\n\n{NO_REPLY}\n",
        notification.message, notification.unsubscribe_url
    );
    Mail { subject: notification.subject.unwrap_or(NO_SUBJECT).to_owned(), body }
}

/// The question whether mail may come.
pub fn mail_of_confirmation(confirmation: &Confirmation<'_>) -> Mail {
    let body = format!(
        "You have chosen to subscribe to the topic:\n{}\n\nTo confirm this subscription, click or visit the link below \
         (If this was in error no action is necessary):\n{}\n\n{NO_REPLY}\n",
        confirmation.topic, confirmation.subscribe_url
    );
    Mail { subject: CONFIRMATION.to_owned(), body }
}

/// JSON as mail: the message's subject, and the envelope.
pub fn mail_of_envelope(subject: Option<&str>, envelope: String) -> Mail {
    Mail { subject: subject.unwrap_or(NO_SUBJECT).to_owned(), body: envelope }
}

#[cfg(test)]
mod tests {
    use nepho_model::Timestamp;

    use super::*;
    use crate::message::{ConfirmationKind, MessageAttributes};
    use crate::subscription::Token;
    use crate::topic::TopicArn;

    #[test]
    fn mail_says_how_to_get_no_more() {
        let topic = TopicArn::parse("arn:aws:sns:us-east-1:000000000000:alerts", "TopicArn").unwrap();
        let mut notification = Notification {
            message_id: "m",
            sequence_number: None,
            topic: &topic,
            subject: Some("ALARM: \"load\""),
            message: "The load is high.",
            published: Timestamp::from_seconds(0),
            attributes: &MessageAttributes::new(),
            unsubscribe_url: "http://h/u",
        };
        let mail = mail_of_notification(&notification, None);
        assert_eq!(mail.subject, "ALARM: \"load\"");
        let expected = "The load is high.\n\n--\nIf you wish to stop receiving notifications from this topic, please \
                        click or visit the link below to unsubscribe:\nhttp://h/u\n\nPlease do not reply directly to \
                        this email.\n";
        assert_eq!(mail.body, expected);
        notification.subject = None;
        let mail = mail_of_notification(&notification, Some("What To Do:\n- Wait.\n"));
        assert_eq!(mail.subject, NO_SUBJECT);
        assert!(mail.body.starts_with("The load is high.\n\nWhat To Do:\n- Wait.\n\n--\n"), "{}", mail.body);
        let confirmation = Confirmation {
            kind: &ConfirmationKind::Subscribe,
            message_id: "m",
            topic: &topic,
            token: &Token::of([0; 32]),
            subscribe_url: "http://h/s",
            asked: Timestamp::from_seconds(0),
        };
        let mail = mail_of_confirmation(&confirmation);
        assert!(mail.body.contains("\narn:aws:sns:us-east-1:000000000000:alerts\n"), "{}", mail.body);
        assert!(mail.body.contains("\nhttp://h/s\n"), "{}", mail.body);
    }
}
