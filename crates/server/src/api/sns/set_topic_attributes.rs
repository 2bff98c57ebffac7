//! SetTopicAttributes: changes one attribute of a topic.

use nepho_notify::Refusal;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sns::set_topic_attributes::SetTopicAttributesInput;

use super::{failed, topic};
use crate::api::call::{Call, Reply};
use crate::topics::error::TopicError;
use crate::topics::topic::Topic;

/// Answers when it is changed.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: SetTopicAttributesInput = call.decode(body)?;
    let name = input.attribute_name.unwrap_or_default();
    let value = input.attribute_value.unwrap_or_default();
    change(call, input.topic_arn.as_deref(), "SetTopicAttributes", |topic| {
        topic.settings.set(&topic.arn.name, &name, &value)
    })
    .map_err(|error| failed(call, error))?;
    Ok(call.encode(&NoOutput))
}

/// Changes a topic that the caller may do something with.
pub(super) fn change(
    call: &Call,
    given: Option<&str>,
    action: &str,
    change: impl FnOnce(&mut Topic) -> Result<(), Refusal>,
) -> Result<(), TopicError> {
    let instance = &call.instance;
    let _alone = instance.changing_records();
    let known = topic(call, given, action)?;
    let mut topic = Topic::clone(&known);
    change(&mut topic)?;
    instance.records.commit(&[topic.put()])?;
    instance.topics.forget(&topic.arn);
    Ok(())
}
