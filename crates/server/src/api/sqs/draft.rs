//! A message that a client sends, as a draft.

use nepho_notify::queue::{Draft, Fault, Sent, check_attributes, trace_header};
use nepho_protocol::shapes::sqs::MessageAttributes;
use nepho_protocol::shapes::sqs::send_message::SendMessageResult;

use super::attributes;
use crate::api::call::Call;
use crate::request_id;

/// What SendMessage and an entry of SendMessageBatch have in common.
pub(super) struct Given {
    pub(super) body: Option<String>,
    pub(super) delay_seconds: Option<i64>,
    pub(super) attributes: Option<MessageAttributes>,
    pub(super) system_attributes: Option<MessageAttributes>,
    pub(super) deduplication: Option<String>,
    pub(super) group: Option<String>,
}

impl Given {
    /// The draft; `body` is what the body is called when it is missing.
    pub(super) fn draft(self, call: &Call, body: &str) -> Result<Draft, Fault> {
        Ok(Draft {
            id: request_id::new(),
            sender: call.caller(),
            body: self.body.filter(|text| !text.is_empty()).ok_or_else(|| Fault::missing(body))?,
            attributes: check_attributes(attributes::given(self.attributes)?)?,
            trace_header: trace_header(attributes::given(self.system_attributes)?)?,
            delay_seconds: self.delay_seconds,
            group: self.group,
            deduplication: self.deduplication,
        })
    }
}

/// What a sender is told.
pub(super) fn answer(sent: Sent) -> SendMessageResult {
    SendMessageResult {
        md5_of_message_body: Some(sent.md5_of_body),
        md5_of_message_attributes: sent.md5_of_attributes,
        md5_of_message_system_attributes: sent.md5_of_trace_header,
        message_id: Some(sent.id.to_string()),
        sequence_number: sent.sequence.map(|sequence| sequence.to_string()),
    }
}
