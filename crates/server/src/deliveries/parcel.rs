//! What leaves the server: a message made ready for one endpoint.

use std::time::{Duration, SystemTime};

use nepho_model::Timestamp;
use nepho_notify::delivery::Delivery;
use nepho_notify::message::{
    Confirmation, ConfirmationKind, Mail, MessageAttributes, Notification, Signed, iso_time, mail_of_confirmation,
    mail_of_envelope, mail_of_notification,
};
use nepho_notify::notice::{AlarmNotice, Told, lines, pagerduty_event, slack_message};
use nepho_notify::retry::DeliveryPolicy;
use nepho_notify::subscription::Protocol;
use nepho_notify::topic::TopicSettings;

use super::message::Message;
use super::record::{DeliveryRecord, What};
use super::signing::Signer;
use crate::topics::links;

/// Something on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Parcel {
    /// A request.
    Post(Post),
    /// Mail.
    Letter(Letter),
    /// A message for a queue of this server.
    Queue(QueueMessage),
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Post {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// Mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// The same however often it is sent.
    pub(crate) id: String,
    pub(crate) to: String,
    /// The name that it comes from.
    pub(crate) from_name: Option<String>,
    pub(crate) date: SystemTime,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// A message for a queue of this server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueueMessage {
    /// The same however often it is sent.
    pub(crate) id: String,
    /// The ARN of the queue.
    pub(crate) queue: String,
    /// The ARN of the topic.
    pub(crate) topic: String,
    pub(crate) body: String,
    pub(crate) attributes: MessageAttributes,
    pub(crate) group: Option<String>,
    pub(crate) deduplication: Option<String>,
    /// When it is sent.
    pub(crate) now: Timestamp,
}

/// What a delivery is made ready with.
pub(crate) struct Desk<'a> {
    pub(crate) delivery: &'a DeliveryRecord,
    /// None, when it is a question.
    pub(crate) message: Option<&'a Message>,
    pub(crate) topic: &'a TopicSettings,
    pub(crate) policy: &'a DeliveryPolicy,
    pub(crate) is_raw: bool,
    pub(crate) signer: &'a dyn Fn() -> Result<std::sync::Arc<Signer>, String>,
    /// Where this server is reached.
    pub(crate) base_url: &'a str,
    pub(crate) pagerduty_url: &'a str,
    pub(crate) topic_arn: String,
    pub(crate) now: Timestamp,
}

/// What messages are sent as when nobody says anything else.
const CONTENT_TYPE: &str = "text/plain; charset=UTF-8";

impl Desk<'_> {
    /// Makes a delivery ready.
    ///
    /// # Errors
    /// It cannot be, as the message says.
    pub(crate) fn pack(&self) -> Result<Parcel, String> {
        match (&self.delivery.what, self.message) {
            (What::Notification, Some(message)) => self.notification(message),
            (What::Notification, None) => Err("its message is gone".to_owned()),
            (What::Confirmation(_), _) => self.question(&ConfirmationKind::Subscribe),
            (What::Farewell(_), _) => self.question(&ConfirmationKind::Unsubscribe(self.delivery.subscription.clone())),
        }
    }

    fn notification(&self, message: &Message) -> Result<Parcel, String> {
        let delivery = self.delivery;
        let text = message.draft.texts.of(delivery.protocol);
        let unsubscribe_url = links::unsubscribe_url(self.base_url, &delivery.subscription);
        let sequence_number = message.key.sequence_number();
        let published = iso_time(message.key.published);
        let notification = Notification {
            message_id: &message.key.id,
            sequence_number: sequence_number.as_deref(),
            topic: &message.topic,
            subject: message.draft.subject.as_deref(),
            message: text,
            published: message.key.published,
            attributes: &message.draft.attributes,
            unsubscribe_url: &unsubscribe_url,
        };
        let envelope = || self.signed(&notification.string_to_sign(), |signed| notification.to_json(signed));
        let body = || if self.is_raw { Ok(text.to_owned()) } else { envelope() };
        if let (Delivery::Redriving { .. }, Some(queue)) = (&delivery.state, &delivery.dead_letter) {
            return Ok(self.to_queue(queue, message, body()?));
        }
        Ok(match delivery.protocol {
            Protocol::Http | Protocol::Https => self.post(Notification::TYPE, &message.key.id, body()?),
            Protocol::Sqs => self.to_queue(&delivery.endpoint, message, body()?),
            Protocol::Email => {
                let graph_url = self.graph_url(message);
                // Mail has a text of its own; what can be read again is the text for all.
                let told = self.told(message, &message.draft.texts.default, &published, graph_url.as_deref());
                let besides = message.alarm.as_ref().and_then(|_| lines(&told));
                self.letter(mail_of_notification(&notification, besides.as_deref()))
            }
            Protocol::EmailJson => self.letter(mail_of_envelope(notification.subject, envelope()?)),
            Protocol::Slack => {
                let graph_url = self.graph_url(message);
                let told = self.told(message, text, &published, graph_url.as_deref());
                self.tell(&delivery.endpoint, &slack_message(&told))
            }
            Protocol::PagerDuty => {
                let graph_url = self.graph_url(message);
                let told = self.told(message, text, &published, graph_url.as_deref());
                self.tell(self.pagerduty_url, &pagerduty_event(&delivery.endpoint, &told))
            }
        })
    }

    /// A message as receivers of this product get it.
    fn told<'m>(
        &'m self,
        message: &'m Message,
        text: &'m str,
        published: &'m str,
        graph_url: Option<&'m str>,
    ) -> Told<'m> {
        Told {
            message_id: &message.key.id,
            topic: &self.topic_arn,
            subject: message.draft.subject.as_deref(),
            message: text,
            published,
            base_url: self.base_url,
            graph_url,
        }
    }

    /// Where what an alarm watched is drawn, if it is one that watches something itself.
    fn graph_url(&self, message: &Message) -> Option<String> {
        message.alarm.as_ref()?;
        let is_drawn = AlarmNotice::read(&message.draft.texts.default).is_some_and(|notice| notice.has_metrics);
        is_drawn.then(|| links::graph_url(self.base_url, &message.key))
    }

    fn tell(&self, url: &str, body: &serde_json::Value) -> Parcel {
        let content_type = self.policy.content_type.as_deref().unwrap_or("application/json");
        let headers = vec![("content-type", content_type.to_owned())];
        Parcel::Post(Post { url: url.to_owned(), headers, body: body.to_string() })
    }

    fn question(&self, kind: &ConfirmationKind) -> Result<Parcel, String> {
        let delivery = self.delivery;
        let token = delivery.token().ok_or("its token is none")?;
        let topic = &delivery.subscription.topic;
        let confirmation = Confirmation {
            kind,
            message_id: &delivery.message.id,
            topic,
            token: &token,
            subscribe_url: &links::subscribe_url(self.base_url, topic, &token),
            asked: delivery.message.published,
        };
        let envelope = || self.signed(&confirmation.string_to_sign(), |signed| confirmation.to_json(signed));
        Ok(match delivery.protocol {
            Protocol::Email => self.letter(mail_of_confirmation(&confirmation)),
            Protocol::EmailJson => {
                let subject = mail_of_confirmation(&confirmation).subject;
                self.letter(mail_of_envelope(Some(&subject), envelope()?))
            }
            _ => self.post(confirmation.type_name(), &delivery.message.id, envelope()?),
        })
    }

    fn signed(&self, text: &str, write: impl Fn(&Signed<'_>) -> String) -> Result<String, String> {
        let signer = (self.signer)()?;
        let version = self.topic.signature_version();
        let signature = signer.sign(version, text)?;
        let certificate_url = links::certificate_url(self.base_url, signer.name());
        Ok(write(&Signed { version, signature: &signature, certificate_url: &certificate_url }))
    }

    fn post(&self, type_name: &str, message_id: &str, body: String) -> Parcel {
        let content_type = self.policy.content_type.as_deref().unwrap_or(CONTENT_TYPE);
        let subscription = &self.delivery.subscription;
        let mut headers = vec![
            ("x-amz-sns-message-type", type_name.to_owned()),
            ("x-amz-sns-message-id", message_id.to_owned()),
            ("x-amz-sns-topic-arn", subscription.topic.to_string()),
            ("content-type", content_type.to_owned()),
        ];
        if !matches!(self.delivery.what, What::Confirmation(_)) {
            headers.push(("x-amz-sns-subscription-arn", subscription.to_string()));
        }
        if self.is_raw && self.delivery.what == What::Notification {
            headers.push(("x-amz-sns-rawdelivery", "true".to_owned()));
        }
        Parcel::Post(Post { url: self.delivery.endpoint.clone(), headers, body })
    }

    fn letter(&self, mail: Mail) -> Parcel {
        Parcel::Letter(Letter {
            id: self.id(),
            to: self.delivery.endpoint.clone(),
            from_name: self.topic.display_name().map(str::to_owned),
            date: system_time(self.delivery.message.published),
            subject: mail.subject,
            body: mail.body,
        })
    }

    fn to_queue(&self, queue: &str, message: &Message, body: String) -> Parcel {
        let attributes = if self.is_raw { message.draft.attributes.clone() } else { MessageAttributes::new() };
        Parcel::Queue(QueueMessage {
            id: self.id(),
            queue: queue.to_owned(),
            topic: message.topic.to_string(),
            body,
            attributes,
            group: message.draft.group.clone(),
            deduplication: message.draft.deduplication.clone(),
            now: self.now,
        })
    }

    /// What the delivery is called wherever it goes: the same each time it is tried.
    fn id(&self) -> String {
        format!("{}.{}", self.delivery.message.id, self.delivery.subscription.id)
    }
}

fn system_time(time: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(time.millis().max(0) as u64)
}
