//! The attributes of messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::refusal::{Refusal, RefusalKind};

/// The most bytes of an attribute's name, and of its type.
pub const ATTRIBUTE_NAME_MAX: usize = 256;
/// The types that there are, to which a dot and whatever else may be added.
const TYPES: [&str; 3] = ["Binary", "Number", "String"];
/// Several texts, numbers, booleans and nulls, written as JSON.
const ARRAY: &str = "String.Array";

/// Attributes by name.
pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// The type and the value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, and whatever the publisher adds after a dot.
    pub data_type: String,
    /// The value.
    pub value: AttributeValue,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeValue {
    /// Of a `String` or a `Number`.
    Text(String),
    /// Of a `Binary`.
    Bytes(Vec<u8>),
}

/// An attribute as a publisher gives it, not checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenAttribute {
    /// The type.
    pub data_type: Option<String>,
    /// The value, when the type is `String` or `Number`.
    pub text: Option<String>,
    /// The value, when the type is `Binary`.
    pub bytes: Option<Vec<u8>>,
}

impl AttributeValue {
    /// The value's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            AttributeValue::Text(text) => text.as_bytes(),
            AttributeValue::Bytes(bytes) => bytes,
        }
    }
}

impl MessageAttribute {
    /// How many bytes it counts, with its name.
    pub(super) fn size(&self, name: &str) -> usize {
        name.len() + self.data_type.len() + self.value.as_bytes().len()
    }
}

fn wrong(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::ParameterValueInvalid, message)
}

/// Checks attributes that stand in a request below `path`, which is `messageAttributes` when there is one message.
///
/// # Errors
/// What AWS says to the first that is wrong.
pub fn check_attributes(given: BTreeMap<String, GivenAttribute>, path: &str) -> Result<MessageAttributes, Refusal> {
    let mut checked = MessageAttributes::new();
    for (name, attribute) in given {
        check_name(&name)?;
        let attribute = check(&name, attribute, path)?;
        checked.insert(name, attribute);
    }
    Ok(checked)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(wrong("The message attribute name must not be empty."));
    }
    if name.len() > ATTRIBUTE_NAME_MAX {
        return Err(wrong("Length of message attribute name must be less than 256 bytes."));
    }
    if name.starts_with('.') {
        return Err(wrong("Invalid message attribute name starting with character '.' was found."));
    }
    if name.ends_with('.') {
        return Err(wrong("Invalid message attribute name ending with character '.' was found."));
    }
    if let Some(illegal) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || "_-.".contains(*c))) {
        return Err(wrong(format!(
            "Invalid non-alphanumeric character '#x{:X}' was found in the message attribute name. Can only include \
             alphanumeric characters, hyphens, underscores, or dots.",
            u32::from(illegal)
        )));
    }
    match name.contains("..") {
        true => Err(wrong("Message attribute name can not have successive '.' character.")),
        false => Ok(()),
    }
}

fn check(name: &str, given: GivenAttribute, path: &str) -> Result<MessageAttribute, Refusal> {
    let Some(data_type) = given.data_type else {
        return Err(Refusal::missing(&format!("{path}.{name}.member.dataType")));
    };
    let (prefix, custom) = data_type.split_once('.').unwrap_or((data_type.as_str(), "-"));
    if !TYPES.contains(&prefix) || custom.is_empty() || data_type.len() > ATTRIBUTE_NAME_MAX {
        return Err(wrong(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes \
             is Binary, Number, and String."
        )));
    }
    let empty = || {
        wrong(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type \
             '{data_type}'."
        ))
    };
    let other =
        |field| wrong(format!("The message attribute '{name}' with type '{data_type}' must use field '{field}'."));
    let value = match (prefix, given.text, given.bytes) {
        (_, None, None) => return Err(empty()),
        ("Binary", _, None) => return Err(other("Binary")),
        ("Binary", _, Some(bytes)) => AttributeValue::Bytes(bytes),
        (_, None, Some(_)) => return Err(other("String")),
        (_, Some(text), _) => AttributeValue::Text(text),
    };
    if value.as_bytes().is_empty() {
        return Err(empty());
    }
    match &value {
        AttributeValue::Text(text) if prefix == "Number" && !is_number(text) => {
            Err(wrong(format!("Could not cast message attribute '{name}' value to number.")))
        }
        _ => Ok(MessageAttribute { data_type, value }),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Attributes as filter policies see them: texts, numbers, and arrays. Bytes are not seen.
pub fn filterable(attributes: &MessageAttributes) -> Map<String, Value> {
    let one = |(name, attribute): (&String, &MessageAttribute)| {
        let AttributeValue::Text(text) = &attribute.value else { return None };
        let value = match attribute.data_type.split('.').next() {
            // One that is written in another way than JSON's, such as `+1`, is a number as well.
            Some("Number") => serde_json::from_str(text).ok().or_else(|| text.parse::<f64>().ok().map(Value::from))?,
            _ if attribute.data_type == ARRAY => array(text),
            _ => Value::from(text.as_str()),
        };
        Some((name.clone(), value))
    };
    attributes.iter().filter_map(one).collect()
}

/// An array; a text that is none is one text.
fn array(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(array @ Value::Array(_)) => array,
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(data_type: &str, value: &str) -> GivenAttribute {
        GivenAttribute { data_type: Some(data_type.to_owned()), text: Some(value.to_owned()), bytes: None }
    }

    fn bytes(data_type: &str, value: &[u8]) -> GivenAttribute {
        GivenAttribute { data_type: Some(data_type.to_owned()), text: None, bytes: Some(value.to_vec()) }
    }

    fn one(name: &str, given: GivenAttribute) -> Result<MessageAttributes, Refusal> {
        check_attributes(BTreeMap::from([(name.to_owned(), given)]), "messageAttributes")
    }

    #[test]
    fn names_are_checked() {
        let longest = "n".repeat(ATTRIBUTE_NAME_MAX);
        for legal in ["a", "A.b-c_1", &longest] {
            assert!(one(legal, text("String", "v")).is_ok(), "{legal}");
        }
        let non_alphanumeric = "Invalid non-alphanumeric character '#xE9' was found in the message attribute name. Can \
                                only include alphanumeric characters, hyphens, underscores, or dots.";
        let cases = [
            ("", "The message attribute name must not be empty."),
            (&format!("{longest}n"), "Length of message attribute name must be less than 256 bytes."),
            (".a", "Invalid message attribute name starting with character '.' was found."),
            ("a.", "Invalid message attribute name ending with character '.' was found."),
            ("a..b", "Message attribute name can not have successive '.' character."),
            ("é", non_alphanumeric),
        ];
        for (illegal, expected) in cases {
            assert_eq!(one(illegal, text("String", "v")).unwrap_err().message, expected);
        }
    }

    #[test]
    fn types_and_values_are_checked() {
        let empty = |data_type| {
            format!(
                "The message attribute 'a' must contain non-empty message attribute value for message attribute type \
                 '{data_type}'."
            )
        };
        let of_type = "The message attribute 'a' has an invalid message attribute type, the set of supported type \
                       prefixes is Binary, Number, and String.";
        let nothing = GivenAttribute { data_type: Some("String".to_owned()), ..GivenAttribute::default() };
        let cases = [
            (text("String", ""), empty("String")),
            (nothing, empty("String")),
            (bytes("Binary", b""), empty("Binary")),
            (text("string", "v"), of_type.to_owned()),
            (text("String.", "v"), of_type.to_owned()),
            (text("", "v"), of_type.to_owned()),
            (text("Binary", "v"), "The message attribute 'a' with type 'Binary' must use field 'Binary'.".to_owned()),
            (
                bytes("Number.int", b"1"),
                "The message attribute 'a' with type 'Number.int' must use field 'String'.".to_owned(),
            ),
            (text("Number", "one"), "Could not cast message attribute 'a' value to number.".to_owned()),
            (text("Number", "inf"), "Could not cast message attribute 'a' value to number.".to_owned()),
        ];
        for (given, expected) in cases {
            assert_eq!(one("a", given.clone()).unwrap_err().message, expected, "{given:?}");
        }
        let untyped = one("a", GivenAttribute::default()).unwrap_err();
        let expected = "1 validation error detected: Value null at 'messageAttributes.a.member.dataType' failed to \
                        satisfy constraint: Member must not be null";
        assert_eq!((untyped.kind, untyped.message.as_str()), (RefusalKind::Validation, expected));
    }

    #[test]
    fn filters_see_texts_numbers_and_arrays() {
        let given = [
            ("text", text("String", "v")),
            ("custom", text("String.colour", "red")),
            ("number", text("Number", "1.50")),
            ("plus", text("Number", "+2")),
            ("array", text("String.Array", r#"["a", 1, true, null]"#)),
            ("no-array", text("String.Array", "a,b")),
            ("bytes", bytes("Binary", b"\x01")),
        ];
        let given = given.into_iter().map(|(name, given)| (name.to_owned(), given)).collect();
        let attributes = check_attributes(given, "messageAttributes").unwrap();
        let expected = json!({
            "text": "v", "custom": "red", "number": 1.50, "plus": 2.0, "array": ["a", 1, true, null],
            "no-array": "a,b"});
        assert_eq!(Value::from(filterable(&attributes)), expected);
    }
}
