//! The addresses of this server that messages carry.

use nepho_notify::subscription::{SubscriptionArn, Token};
use nepho_notify::topic::TopicArn;

/// Where the certificate is, up to its name.
pub(crate) const CERTIFICATE_PATH: &str = "/SimpleNotificationService-";
/// How the name of the certificate ends.
pub(crate) const CERTIFICATE_ENDING: &str = ".pem";

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
