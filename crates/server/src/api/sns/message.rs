//! Messages as requests have them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nepho_notify::message::GivenAttribute;
use nepho_notify::{Refusal, RefusalKind};
use nepho_protocol::shapes::sns::message_attribute::MessageAttributeValue;

/// The attributes of a message, not checked yet.
pub(super) fn attributes(
    given: Option<BTreeMap<String, MessageAttributeValue>>,
) -> Result<BTreeMap<String, GivenAttribute>, Refusal> {
    given.unwrap_or_default().into_iter().map(|(name, value)| Ok((name.clone(), attribute(&name, value)?))).collect()
}

fn attribute(name: &str, value: MessageAttributeValue) -> Result<GivenAttribute, Refusal> {
    let decode = |text: String| {
        STANDARD.decode(text).map_err(|_| {
            let message = format!("The value of the message attribute '{name}' is no base64.");
            Refusal::new(RefusalKind::ParameterValueInvalid, message)
        })
    };
    let bytes = value.binary_value.map(decode).transpose()?;
    Ok(GivenAttribute { data_type: value.data_type, text: value.string_value, bytes })
}
