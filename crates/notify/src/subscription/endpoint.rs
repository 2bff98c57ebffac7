//! Where a subscription delivers to.

use super::protocol::Protocol;
use crate::arn::Arn;
use crate::name::FIFO_SUFFIX;
use crate::refusal::{Refusal, RefusalKind};
use crate::topic::TopicArn;

/// The most characters of an endpoint.
pub const ENDPOINT_MAX: usize = 2048;
/// The characters of the key of an integration of PagerDuty.
const INTEGRATION_KEY: usize = 32;
/// The most characters of a mail address, and of its part before the `@`.
const ADDRESS_MAX: usize = 320;
const MAILBOX_MAX: usize = 64;

/// Checks that messages of a topic can go to this endpoint in this way.
///
/// # Errors
/// They cannot.
pub fn check_endpoint(topic: &TopicArn, protocol: Protocol, endpoint: &str) -> Result<(), Refusal> {
    if endpoint.is_empty() {
        return Err(Refusal::new(RefusalKind::NotFound, "Endpoint not specified in subscription"));
    }
    let length = endpoint.chars().count();
    if length > ENDPOINT_MAX {
        return Err(invalid(format!("an endpoint of {length} characters exceeds the limit of {ENDPOINT_MAX}")));
    }
    if topic.name.is_fifo() && protocol != Protocol::Sqs {
        let reason = format!("Endpoint Reason: Please use FIFO SQS queue, not {protocol}");
        return Err(Refusal::invalid(format!("Invalid parameter: {reason}")));
    }
    match protocol {
        Protocol::Http | Protocol::Https => url(endpoint, &[protocol.as_str()]),
        Protocol::Slack => url(endpoint, &["https", "http"]),
        Protocol::Email | Protocol::EmailJson => address(endpoint),
        Protocol::Sqs => queue(topic, endpoint),
        Protocol::PagerDuty => integration(endpoint),
    }
}

fn invalid(reason: impl std::fmt::Display) -> Refusal {
    Refusal::invalid(format!("Endpoint Reason: {reason}"))
}

/// A URL with one of these schemes and a host. What it resolves to is looked at when something is delivered.
fn url(endpoint: &str, schemes: &[&str]) -> Result<(), Refusal> {
    let rest = schemes.iter().find_map(|scheme| endpoint.strip_prefix(scheme)?.strip_prefix("://"));
    let Some(rest) = rest else {
        return Err(Refusal::invalid("Endpoint must match the specified protocol"));
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Err(invalid("the URL has no host"));
    }
    match endpoint.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(()),
        false => Err(invalid("a URL has only printable ASCII characters")),
    }
}

fn address(endpoint: &str) -> Result<(), Refusal> {
    let wrong = || Refusal::invalid("Email address");
    let (mailbox, domain) = endpoint.rsplit_once('@').ok_or_else(wrong)?;
    let is_legal = |c: char| !c.is_control() && !c.is_whitespace() && !"<>,;:\\\"()[]@".contains(c);
    let is_fine = endpoint.chars().count() <= ADDRESS_MAX
        && (1..=MAILBOX_MAX).contains(&mailbox.chars().count())
        && mailbox.chars().all(is_legal)
        && domain.chars().all(is_legal)
        && domain.split('.').all(|label| !label.is_empty());
    if is_fine { Ok(()) } else { Err(wrong()) }
}

fn queue(topic: &TopicArn, endpoint: &str) -> Result<(), Refusal> {
    let wrong = || Refusal::invalid("SQS endpoint ARN");
    let arn = Arn::parse(endpoint, "Endpoint").map_err(|_| wrong())?;
    if arn.service != "sqs" || arn.resource.is_empty() || arn.resource.contains(':') {
        return Err(wrong());
    }
    if arn.scope != topic.scope {
        return Err(invalid(format!("queues of {} are not reached from topics of {}", arn.scope, topic.scope)));
    }
    match (topic.name.is_fifo(), arn.resource.ends_with(FIFO_SUFFIX)) {
        (false, true) => {
            let reason = "FIFO SQS Queues can not be subscribed to standard SNS topics";
            Err(Refusal::invalid(format!("Invalid parameter: Endpoint Reason: {reason}")))
        }
        _ => Ok(()),
    }
}

fn integration(endpoint: &str) -> Result<(), Refusal> {
    match endpoint.len() == INTEGRATION_KEY && endpoint.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err(invalid(format!(
            "the key of a PagerDuty integration (Events v2) has {INTEGRATION_KEY} letters and digits"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(topic: &str, protocol: Protocol, endpoint: &str) -> Option<String> {
        let arn = TopicArn::parse(&format!("arn:aws:sns:us-east-1:000000000000:{topic}"), "TopicArn").unwrap();
        let refusal = check_endpoint(&arn, protocol, endpoint).err()?;
        Some(refusal.message.strip_prefix("Invalid parameter: ").map_or(refusal.message.clone(), str::to_owned))
    }

    #[test]
    fn endpoints_fit_their_protocol() {
        use Protocol::{Email, EmailJson, Http, Https, PagerDuty, Slack, Sqs};
        let scheme = Some("Endpoint must match the specified protocol");
        let host = Some("Endpoint Reason: the URL has no host");
        let address = Some("Email address");
        let arn = Some("SQS endpoint ARN");
        let longest = format!("https://h/{}", "p".repeat(ENDPOINT_MAX - 10));
        let too_long = Some("Endpoint Reason: an endpoint of 2049 characters exceeds the limit of 2048");
        let key = "Endpoint Reason: the key of a PagerDuty integration (Events v2) has 32 letters and digits";
        let cases = [
            (Http, "http://example.com/alerts?x=1", None),
            (Http, "http://user:secret@example.com:8080", None),
            (Http, "https://example.com", scheme),
            (Https, "https://[::1]:8443/", None),
            (Https, "https://", host),
            (Https, "https:///path", host),
            (Https, "https://:8080/", host),
            (Https, "https://example.com/ü", Some("Endpoint Reason: a URL has only printable ASCII characters")),
            (Https, "https://example.com/\r\nX: y", Some("Endpoint Reason: a URL has only printable ASCII characters")),
            (Https, longest.as_str(), None),
            (Https, &format!("{longest}p"), too_long),
            (Https, "", Some("Endpoint not specified in subscription")),
            (Slack, "https://hooks.slack.com/services/T0/B0/x", None),
            (Slack, "hooks.slack.com", scheme),
            (Email, "jane.doe+alerts@example.com", None),
            (EmailJson, "jane@localhost", None),
            (Email, "jane", address),
            (Email, "@example.com", address),
            (Email, "jane@example..com", address),
            (Email, "jane@example.com, joe@example.com", address),
            (Email, "jane@example.com\r\nBcc: joe@example.com", address),
            (Email, &format!("{}@example.com", "j".repeat(MAILBOX_MAX)), None),
            (Email, &format!("{}@example.com", "j".repeat(MAILBOX_MAX + 1)), address),
            (Sqs, "arn:aws:sqs:us-east-1:000000000000:orders", None),
            (Sqs, "http://localhost/000000000000/orders", arn),
            (Sqs, "arn:aws:sns:us-east-1:000000000000:orders", arn),
            (
                Sqs,
                "arn:aws:sqs:eu-west-1:000000000000:orders",
                Some(
                    "Endpoint Reason: queues of 000000000000/eu-west-1 are not reached from topics of \
                     000000000000/us-east-1",
                ),
            ),
            (
                Sqs,
                "arn:aws:sqs:us-east-1:000000000000:orders.fifo",
                Some(
                    "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
                ),
            ),
            (PagerDuty, "0123456789abcdef0123456789abcdef", None),
            (PagerDuty, "0123456789abcdef0123456789abcde", Some(key)),
        ];
        for (protocol, endpoint, expected) in cases {
            assert_eq!(check("alerts", protocol, endpoint).as_deref(), expected, "{protocol} {endpoint}");
        }
    }

    #[test]
    fn fifo_topics_have_queues_only() {
        assert_eq!(check("o.fifo", Protocol::Sqs, "arn:aws:sqs:us-east-1:000000000000:o.fifo"), None);
        assert_eq!(check("o.fifo", Protocol::Sqs, "arn:aws:sqs:us-east-1:000000000000:o"), None);
        let refused = check("o.fifo", Protocol::Email, "jane@example.com");
        let expected = "Invalid parameter: Endpoint Reason: Please use FIFO SQS queue, not email";
        assert_eq!(refused.as_deref(), Some(expected));
    }
}
