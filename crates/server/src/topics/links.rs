//! The addresses of this server that messages carry.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nepho_notify::subscription::{SubscriptionArn, Token};
use nepho_notify::topic::TopicArn;

use crate::deliveries::message::MessageKey;

/// Where the certificate is, up to its name.
pub(crate) const CERTIFICATE_PATH: &str = "/SimpleNotificationService-";
/// How the name of the certificate ends.
pub(crate) const CERTIFICATE_ENDING: &str = ".pem";

/// Where the picture of an alarm is, up to which message it belongs to.
pub(crate) const GRAPH_PATH: &str = "/graphs/";
/// How the name of a picture ends.
pub(crate) const GRAPH_ENDING: &str = ".svg";

/// Where a subscription is confirmed.
pub(crate) fn subscribe_url(base: &str, topic: &TopicArn, token: &Token) -> String {
    format!("{base}/?Action=ConfirmSubscription&TopicArn={topic}&Token={}", token.as_str())
}

/// Where a subscription is given up.
pub(crate) fn unsubscribe_url(base: &str, subscription: &SubscriptionArn) -> String {
    format!("{base}/?Action=Unsubscribe&SubscriptionArn={subscription}")
}

/// Where the certificate is.
pub(crate) fn certificate_url(base: &str, name: &str) -> String {
    format!("{base}{CERTIFICATE_PATH}{name}{CERTIFICATE_ENDING}")
}

/// Where what an alarm watched is drawn. Whoever has the message knows the address, and nobody else can guess it: the id of
/// the message is in it.
pub(crate) fn graph_url(base: &str, message: &MessageKey) -> String {
    format!("{base}{GRAPH_PATH}{}{GRAPH_ENDING}", URL_SAFE_NO_PAD.encode(message.to_string()))
}

/// The message that the name of a picture stands for.
pub(crate) fn message_of(name: &str) -> Option<MessageKey> {
    let key = String::from_utf8(URL_SAFE_NO_PAD.decode(name).ok()?).ok()?;
    MessageKey::read(&key).filter(|(_, rest)| rest.is_none()).map(|(message, _)| message)
}
