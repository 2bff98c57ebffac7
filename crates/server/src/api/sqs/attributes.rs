//! Attributes of messages, on their way in and out.

use std::collections::BTreeMap;

use nepho_notify::queue::{
    AttributeValue, Delivery, Fault, FaultKind, GivenAttribute, MessageAttribute, md5_of_attributes,
};
use nepho_protocol::shapes::sqs::{MessageAttributeValue, MessageAttributes};
use nepho_protocol::value::Blob;

/// Every attribute of the system that a message can have.
const SYSTEM: [&str; 9] = [
    "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
    "MessageDeduplicationId",
    "MessageGroupId",
    "SenderId",
    "SentTimestamp",
    "SequenceNumber",
];
const ALL: &str = "All";

/// Attributes as a client gives them.
pub(super) fn given(attributes: Option<MessageAttributes>) -> Result<Vec<(String, GivenAttribute)>, Fault> {
    let attributes = attributes.into_iter().flat_map(|attributes| attributes.0);
    let given = attributes.map(|(name, value)| {
        if value.string_list_values.is_some() || value.binary_list_values.is_some() {
            let message = "Message attribute list values in SendMessage operation are not supported.";
            return Err(Fault::new(FaultKind::UnsupportedOperation, message));
        }
        let bytes = value.binary_value.map(|Blob(bytes)| bytes);
        Ok((name, GivenAttribute { data_type: value.data_type, text: value.string_value, bytes }))
    });
    given.collect()
}

/// Checks the names of attributes of the system that a client wants to be told.
pub(super) fn check_system(names: &[String]) -> Result<(), Fault> {
    let is_known = |name: &&String| *name == ALL || SYSTEM.contains(&name.as_str());
    match names.iter().find(|name| !is_known(name)) {
        Some(name) => Err(Fault::new(FaultKind::InvalidAttributeName, format!("Unknown Attribute {name}."))),
        None => Ok(()),
    }
}

/// The attributes of the system that a client wants to be told of a message.
pub(super) fn system(delivery: &Delivery, wanted: &[String]) -> BTreeMap<String, String> {
    let is_wanted = |name: &str| wanted.iter().any(|wanted| wanted == ALL || wanted == name);
    let value = |name: &str| {
        let content = &delivery.content;
        match name {
            "ApproximateFirstReceiveTimestamp" => Some(delivery.first_received.millis().to_string()),
            "ApproximateReceiveCount" => Some(delivery.receives.to_string()),
            "AWSTraceHeader" => content.trace_header.clone(),
            "DeadLetterQueueSourceArn" => delivery.source.as_deref().map(str::to_owned),
            "MessageDeduplicationId" => content.deduplication.clone(),
            "MessageGroupId" => content.group.clone(),
            "SenderId" => Some(content.sender.clone()),
            "SentTimestamp" => Some(delivery.sent.millis().to_string()),
            "SequenceNumber" => delivery.sequence.map(|sequence| sequence.to_string()),
            _ => None,
        }
    };
    let wanted = SYSTEM.into_iter().filter(|name| is_wanted(name));
    wanted.filter_map(|name| Some((name.to_owned(), value(name)?))).collect()
}

/// The attributes that a client wants to be told of a message, and their MD5; none, when there are none.
pub(super) fn told(delivery: &Delivery, wanted: &[String]) -> Option<(MessageAttributes, String)> {
    let attributes = &delivery.content.attributes;
    let told: Vec<_> = attributes.iter().filter(|(name, _)| wanted.iter().any(|one| is_named(name, one))).collect();
    if told.is_empty() {
        return None;
    }
    let md5 = md5_of_attributes(told.iter().map(|(name, attribute)| (name.as_str(), attribute)));
    let told = told.into_iter().map(|(name, attribute)| (name.clone(), value_of(attribute)));
    Some((told.collect::<BTreeMap<_, _>>().into(), md5))
}

/// Whether a name is what a client wants: all, those that begin so, or exactly this.
fn is_named(name: &str, wanted: &str) -> bool {
    match wanted {
        ALL | "*" => true,
        wanted => wanted.strip_suffix(".*").map_or(name == wanted, |start| name.starts_with(start)),
    }
}

fn value_of(attribute: &MessageAttribute) -> MessageAttributeValue {
    let value = MessageAttributeValue { data_type: Some(attribute.data_type.clone()), ..Default::default() };
    match &attribute.value {
        AttributeValue::Text(text) => MessageAttributeValue { string_value: Some(text.clone()), ..value },
        AttributeValue::Bytes(bytes) => MessageAttributeValue { binary_value: Some(Blob(bytes.clone())), ..value },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_wanted_by_name_by_beginning_or_all() {
        let cases = [
            ("All", "a b.c"),
            (".*", "a b.c"),
            ("*", "a b.c"),
            ("a", "a"),
            ("b.*", "b.c"),
            ("b", ""),
            ("b.c", "b.c"),
            ("x.*", ""),
            ("", ""),
        ];
        for (wanted, expect) in cases {
            let named: Vec<_> = ["a", "b.c"].into_iter().filter(|name| is_named(name, wanted)).collect();
            assert_eq!(named.join(" "), expect, "{wanted}");
        }
    }
}
