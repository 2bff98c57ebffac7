//! ReceiveMessage.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::{Attributes, MessageAttributes, Strings, names};
use crate::value::FlatList;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceiveMessageRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The attributes of the system to tell; the old name.
    #[serde(alias = "AttributeName")]
    pub attribute_names: Option<Strings>,
    /// The attributes of the system to tell, or `All`.
    #[serde(alias = "MessageSystemAttributeName")]
    pub message_system_attribute_names: Option<Strings>,
    /// The attributes to tell, or `All`.
    #[serde(alias = "MessageAttributeName")]
    pub message_attribute_names: Option<Strings>,
    /// The most messages.
    pub max_number_of_messages: Option<i64>,
    /// Seconds that they are hidden from others.
    pub visibility_timeout: Option<i64>,
    /// Seconds to wait for one.
    pub wait_time_seconds: Option<i64>,
    /// By what the receive can be tried again.
    pub receive_request_attempt_id: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceiveMessageResult {
    /// The messages; absent when there is none.
    pub messages: Option<FlatList<names::Message, Message>>,
}

/// A message.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// Its id.
    pub message_id: Option<String>,
    /// What the receiver names the message by.
    pub receipt_handle: Option<String>,
    /// The MD5 of the body.
    #[serde(rename = "MD5OfBody")]
    pub md5_of_body: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// Attributes of the system.
    pub attributes: Option<Attributes>,
    /// The MD5 of the attributes.
    #[serde(rename = "MD5OfMessageAttributes")]
    pub md5_of_message_attributes: Option<String>,
    /// Attributes.
    pub message_attributes: Option<MessageAttributes>,
}
