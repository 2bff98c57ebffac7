//! The ARNs of subscriptions.

use std::fmt;

use crate::arn::Arn;
use crate::refusal::Refusal;
use crate::topic::{TopicArn, TopicName};

/// The parts of an id between hyphens: that of a UUID.
const ID_PARTS: [usize; 5] = [8, 4, 4, 4, 12];

/// The ARN of a subscription: that of its topic, and an id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionArn {
    /// The topic.
    pub topic: TopicArn,
    /// The id, a UUID.
    pub id: String,
}

impl SubscriptionArn {
    /// Reads an ARN.
    ///
    /// # Errors
    /// It is none, or none of a subscription.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let arn = Arn::parse(text, "SubscriptionArn")?;
        let (name, id) = arn.resource.rsplit_once(':').unwrap_or((arn.resource, ""));
        if !is_id(id) {
            return Err(Refusal::invalid("SubscriptionId"));
        }
        match arn.service == "sns" {
            true => {
                let topic = TopicArn { scope: arn.scope, name: TopicName::new(name)? };
                Ok(SubscriptionArn { topic, id: id.to_owned() })
            }
            false => Err(Refusal::invalid("SubscriptionArn")),
        }
    }
}

fn is_id(text: &str) -> bool {
    let is_part = |(part, length): (&str, usize)| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    text.split('-').count() == ID_PARTS.len() && text.split('-').zip(ID_PARTS).all(is_part)
}

impl fmt::Display for SubscriptionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.topic, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_read_and_written() {
        let text = "arn:aws:sns:us-east-1:000000000000:alerts:8a21d249-4329-4871-acc6-7be709c6ea7f";
        let arn = SubscriptionArn::parse(text).unwrap();
        assert_eq!((arn.topic.name.as_str(), arn.to_string().as_str()), ("alerts", text));
        let cases = [
            ("alerts", "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"),
            ("arn:aws:sns:us-east-1:000000000000:alerts", "Invalid parameter: SubscriptionId"),
            ("arn:aws:sns:us-east-1:000000000000:alerts:8a21d249", "Invalid parameter: SubscriptionId"),
            (&text.replace("8a21d249", "8A21D249"), "Invalid parameter: SubscriptionId"),
            (&format!("{text}-0"), "Invalid parameter: SubscriptionId"),
            (&text.replace("sns", "sqs"), "Invalid parameter: SubscriptionArn"),
            (&text.replace("alerts", "a/b"), "Invalid parameter: Topic Name"),
        ];
        for (text, expected) in cases {
            assert_eq!(SubscriptionArn::parse(text).unwrap_err().message, expected, "{text}");
        }
    }
}
