//! GetTopicAttributes: what a topic was told, and what is known of it.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::get_topic_attributes::{GetTopicAttributesInput, GetTopicAttributesOutput};

use super::{failed, topic};
use crate::api::call::{Call, Reply};

/// Answers the attributes.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: GetTopicAttributesInput = call.decode(body)?;
    let topic = topic(call, input.topic_arn.as_deref(), "GetTopicAttributes").map_err(|error| failed(call, error))?;
    let attributes = topic.settings.to_attributes(&topic.arn, topic.counted());
    Ok(call.encode(&GetTopicAttributesOutput { attributes: Some(attributes) }))
}
