//! How a subscription delivers.

use crate::refusal::Refusal;
use crate::retry::RetryPolicy;

/// How a subscription delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// POST of JSON.
    Http,
    /// The same, over TLS.
    Https,
    /// Mail with the message as text.
    Email,
    /// Mail with JSON.
    EmailJson,
    /// A queue of this server.
    Sqs,
    /// An incoming webhook of Slack, or of what takes the same.
    Slack,
    /// An integration of PagerDuty (Events v2).
    PagerDuty,
}

/// What AWS delivers to and this product does not.
const NOT_HERE: [&str; 4] = ["application", "firehose", "lambda", "sms"];

impl Protocol {
    /// All of them.
    pub const ALL: [Protocol; 7] = [
        Protocol::Http,
        Protocol::Https,
        Protocol::Email,
        Protocol::EmailJson,
        Protocol::Sqs,
        Protocol::Slack,
        Protocol::PagerDuty,
    ];

    /// Its name in requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Protocol::Http => "http",
            Protocol::Https => "https",
            Protocol::Email => "email",
            Protocol::EmailJson => "email-json",
            Protocol::Sqs => "sqs",
            Protocol::Slack => "slack",
            Protocol::PagerDuty => "pagerduty",
        }
    }

    /// The protocol of this name.
    ///
    /// # Errors
    /// There is none, or it is one of AWS's that is not served here.
    pub fn parse(name: &str) -> Result<Self, Refusal> {
        let known = Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == name);
        known.ok_or_else(|| match NOT_HERE.contains(&name) {
            true => Refusal::invalid(format!("Protocol Reason: {name} is not implemented here")),
            false => {
                let shown: String = name.chars().take(64).collect();
                Refusal::invalid(format!("Amazon SNS does not support this protocol string: {shown}"))
            }
        })
    }

    /// Whether the owner of the endpoint has to agree before anything is delivered. Queues belong to whoever subscribes
    /// them; whoever knows the address of a webhook or an integration's key was given it for this.
    pub const fn needs_confirmation(self) -> bool {
        matches!(self, Protocol::Http | Protocol::Https | Protocol::Email | Protocol::EmailJson)
    }

    /// Whether messages are sent to an address on the network that a subscriber names.
    pub const fn is_http(self) -> bool {
        matches!(self, Protocol::Http | Protocol::Https)
    }

    /// Whether there can be a delivery policy.
    pub const fn takes_delivery_policy(self) -> bool {
        matches!(self, Protocol::Http | Protocol::Https | Protocol::Slack | Protocol::PagerDuty)
    }

    /// Whether a message can be delivered without an envelope.
    pub const fn takes_raw_messages(self) -> bool {
        matches!(self, Protocol::Http | Protocol::Https | Protocol::Sqs)
    }

    /// When deliveries are tried again that nobody has said anything else about.
    pub const fn retries(self) -> RetryPolicy {
        match self {
            Protocol::Http | Protocol::Https => RetryPolicy::HTTP,
            Protocol::Sqs => RetryPolicy::QUEUE,
            // A minute of retries would be little for what wakes somebody up.
            Protocol::Email | Protocol::EmailJson | Protocol::Slack | Protocol::PagerDuty => RetryPolicy::MAIL,
        }
    }

    /// The most deliveries a second to one endpoint that nobody has said anything else about. Slack takes one.
    pub const fn receives_per_second_max(self) -> Option<u32> {
        match self {
            Protocol::Slack => Some(1),
            _ => None,
        }
    }
}

impl std::fmt::Display for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::parse(protocol.as_str()), Ok(protocol));
        }
        let cases = [
            ("lambda", "Invalid parameter: Protocol Reason: lambda is not implemented here"),
            ("HTTP", "Invalid parameter: Amazon SNS does not support this protocol string: HTTP"),
            ("", "Invalid parameter: Amazon SNS does not support this protocol string: "),
        ];
        for (name, expected) in cases {
            assert_eq!(Protocol::parse(name).unwrap_err().message, expected);
        }
    }
}
