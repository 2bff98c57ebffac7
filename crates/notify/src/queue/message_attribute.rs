//! The attributes that senders give to messages.

use super::fault::{Fault, FaultKind};
pub use crate::message::{AttributeValue, GivenAttribute, MessageAttribute};

/// The most attributes of a message.
pub const ATTRIBUTES_MAX: usize = 10;
/// The most bytes of an attribute's name, and of its type.
pub const ATTRIBUTE_NAME_MAX: usize = 256;
/// What names must not begin with, in whatever case.
const RESERVED: [&str; 2] = ["aws.", "amazon."];

/// Checks attributes, and sorts them by name.
///
/// # Errors
///
/// What AWS says to the first that is wrong.
pub fn check(given: Vec<(String, GivenAttribute)>) -> Result<Vec<(String, MessageAttribute)>, Fault> {
    if given.len() > ATTRIBUTES_MAX {
        let found = given.len();
        return Err(invalid(format!(
            "Number of message attributes [{found}] exceeds the allowed maximum [{ATTRIBUTES_MAX}]."
        )));
    }
    let mut checked = Vec::with_capacity(given.len());
    for (name, attribute) in given {
        check_name(&name)?;
        let attribute = check_one(&name, attribute)?;
        checked.push((name, attribute));
    }
    checked.sort_by(|one, other| one.0.cmp(&other.0));
    match checked.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(invalid(format!("Message (user) attribute name '{}' already exists.", pair[0].0))),
        None => Ok(checked),
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::InvalidParameterValue, message)
}

fn check_name(name: &str) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(invalid("The request must contain non-empty message (user) attribute names."));
    }
    if name.len() > ATTRIBUTE_NAME_MAX {
        return Err(invalid("Message (user) attribute name must be shorter than 256 bytes."));
    }
    let lower = name.to_ascii_lowercase();
    if RESERVED.iter().any(|reserved| lower.starts_with(reserved)) {
        return Err(invalid(
            "You can't use message attribute names beginning with 'AWS.' or 'Amazon'. These strings are reserved for \
             internal use.",
        ));
    }
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if !name.bytes().all(is_legal) || name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err(invalid(format!(
            "Invalid message (user) attribute name '{name}': it may have alphanumeric characters, underscores, hyphens \
             and periods, no period at its beginning or end, and no two in a row."
        )));
    }
    Ok(())
}

fn check_one(name: &str, given: GivenAttribute) -> Result<MessageAttribute, Fault> {
    let data_type = given.data_type.unwrap_or_default();
    if data_type.is_empty() {
        return Err(match given.text.is_none() && given.bytes.is_none() {
            true => invalid(format!(
                "The message (user) attribute '{name}' must contain a non-empty message attribute value."
            )),
            false => invalid(format!(
                "The message (user) attribute '{name}' must contain a non-empty message attribute type."
            )),
        });
    }
    if data_type.len() > ATTRIBUTE_NAME_MAX {
        return Err(invalid("Message (user) attribute type must be shorter than 256 bytes."));
    }
    let empty =
        || invalid(format!("Message (user) attribute '{name}' must contain a non-empty value of type '{data_type}'."));
    let text = || given.text.clone().filter(|text| !text.is_empty()).ok_or_else(empty);
    let value = match logical(&data_type) {
        Some(Logical::Binary) => {
            AttributeValue::Bytes(given.bytes.clone().filter(|bytes| !bytes.is_empty()).ok_or_else(empty)?)
        }
        Some(Logical::Text) => AttributeValue::Text(text()?),
        Some(Logical::Number) => {
            let text = text()?;
            if !is_number(&text) {
                return Err(invalid(format!("Can't cast the value of message (user) attribute '{name}' to a number.")));
            }
            AttributeValue::Text(text)
        }
        None => {
            return Err(invalid(format!(
                "The type of message (user) attribute '{name}' is invalid. You must use only the following supported type \
                 prefixes: Binary, Number, String."
            )));
        }
    };
    if let AttributeValue::Text(text) = &value
        && let Some(fault) = super::draft::illegal_character(text)
    {
        return Err(fault);
    }
    Ok(MessageAttribute { data_type, value })
}

enum Logical {
    Text,
    Number,
    Binary,
}

/// What stands before the first dot of a type.
fn logical(data_type: &str) -> Option<Logical> {
    match data_type.split('.').next()? {
        "String" => Some(Logical::Text),
        "Number" => Some(Logical::Number),
        "Binary" => Some(Logical::Binary),
        _ => None,
    }
}

/// Whether a text is a number of any size and precision.
fn is_number(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(data_type: &str, text: &str) -> GivenAttribute {
        GivenAttribute { data_type: Some(data_type.to_owned()), text: Some(text.to_owned()), bytes: None }
    }

    fn one(name: &str, attribute: GivenAttribute) -> Result<Vec<(String, MessageAttribute)>, Fault> {
        check(vec![(name.to_owned(), attribute)])
    }

    #[test]
    fn legal_attributes_are_sorted_by_name() {
        let given = ["b", "a.b-c_1", "B"].map(|name| (name.to_owned(), of("String.x", "v")));
        let checked = check(given.to_vec()).unwrap();
        assert_eq!(checked.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["B", "a.b-c_1", "b"]);
        for number in ["0", "-1.5e10", "123456789012345678901234567890.1"] {
            assert!(one("n", of("Number.big", number)).is_ok(), "{number}");
        }
        let bytes = GivenAttribute { data_type: Some("Binary".to_owned()), text: None, bytes: Some(vec![0, 255]) };
        assert_eq!(one("b", bytes).unwrap()[0].1.value.as_bytes(), [0, 255]);
    }

    #[test]
    fn what_is_wrong_is_said_in_awss_words() {
        let type_max = format!("String.{}", "a".repeat(ATTRIBUTE_NAME_MAX - 7));
        assert!(one(&"a".repeat(ATTRIBUTE_NAME_MAX), of(&type_max, "v")).is_ok());
        let empty = "Message (user) attribute 'Hello' must contain a non-empty value of type";
        let cases = [
            ("Hello", of("Number", "world"), "Can't cast the value of message (user) attribute 'Hello' to a number."),
            ("Hello", of("Number", "inf"), "Can't cast the value of message (user) attribute 'Hello' to a number."),
            ("Hello", of("String", ""), &format!("{empty} 'String'.")),
            ("Hello", of("Binary", "text"), &format!("{empty} 'Binary'.")),
            ("", of("String", "v"), "The request must contain non-empty message (user) attribute names."),
            (
                "Hello",
                GivenAttribute::default(),
                "The message (user) attribute 'Hello' must contain a non-empty message attribute value.",
            ),
            (
                "Hello",
                of("", "v"),
                "The message (user) attribute 'Hello' must contain a non-empty message attribute type.",
            ),
            (
                "Hello",
                of("string", "v"),
                "The type of message (user) attribute 'Hello' is invalid. You must use only the following supported type \
                 prefixes: Binary, Number, String.",
            ),
            (
                "amazon.Hello",
                of("String", "v"),
                "You can't use message attribute names beginning with 'AWS.' or 'Amazon'. These strings are reserved for \
                 internal use.",
            ),
            (
                &"a".repeat(ATTRIBUTE_NAME_MAX + 1),
                of("String", "v"),
                "Message (user) attribute name must be shorter than 256 bytes.",
            ),
            (
                "Hello",
                of(&format!("{type_max}a"), "v"),
                "Message (user) attribute type must be shorter than 256 bytes.",
            ),
        ];
        for (name, attribute, expect) in cases {
            assert_eq!(one(name, attribute).unwrap_err().message, expect);
        }
        for name in ["a b", ".a", "a.", "a..b", "é"] {
            assert!(one(name, of("String", "v")).is_err(), "{name}");
        }
    }

    #[test]
    fn there_are_at_most_ten_and_no_two_of_a_name() {
        let many = |count: usize| (0..count).map(|n| (format!("a{n}"), of("String", "v"))).collect::<Vec<_>>();
        assert!(check(many(ATTRIBUTES_MAX)).is_ok());
        let fault = check(many(ATTRIBUTES_MAX + 1)).unwrap_err();
        assert_eq!(fault.message, "Number of message attributes [11] exceeds the allowed maximum [10].");
        assert!(check(vec![("a".to_owned(), of("String", "v")), ("a".to_owned(), of("String", "w"))]).is_err());
    }
}
