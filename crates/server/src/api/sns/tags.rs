//! TagResource, UntagResource and ListTagsForResource of topics.

use std::sync::Arc;

use nepho_notify::topic::{TopicArn, tagged};
use nepho_notify::{Refusal, RefusalKind};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::Tag;
use nepho_protocol::shapes::sns::tags as wire;

use super::create_topic::pair;
use super::{failed, topic_arn};
use crate::api::call::{Call, Reply};
use crate::topics::error::TopicError;
use crate::topics::topic::Topic;

/// Adds tags, and replaces those that are there.
pub(in crate::api) fn tag(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::TagResourceInput = call.decode(body)?;
    let new = input.tags.unwrap_or_default().into_iter().map(pair);
    change(call, input.resource_arn.as_deref(), |topic| {
        topic.tags = tagged(&topic.tags, new)?;
        Ok(())
    })
    .map_err(|error| failed(call, error))?;
    Ok(call.encode(&wire::TagResourceOutput {}))
}

/// Removes tags; those that are not there do not matter.
pub(in crate::api) fn untag(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::UntagResourceInput = call.decode(body)?;
    change(call, input.resource_arn.as_deref(), |topic| {
        for key in input.tag_keys.iter().flatten() {
            topic.tags.remove(key);
        }
        Ok(())
    })
    .map_err(|error| failed(call, error))?;
    Ok(call.encode(&wire::UntagResourceOutput {}))
}

/// Lists the tags of a topic.
pub(in crate::api) fn list(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::ListTagsForResourceInput = call.decode(body)?;
    let topic = find(call, input.resource_arn.as_deref()).map_err(|error| failed(call, error))?;
    let tag = |(key, value): (&String, &String)| Tag { key: Some(key.clone()), value: Some(value.clone()) };
    Ok(call.encode(&wire::ListTagsForResourceOutput { tags: Some(topic.tags.iter().map(tag).collect()) }))
}

/// A topic of the caller's.
fn find(call: &Call, given: Option<&str>) -> Result<Arc<Topic>, TopicError> {
    let arn: TopicArn = topic_arn(call, given, "ResourceArn")?;
    let found = match arn.scope == call.scope {
        true => call.instance.topics.get(&*call.instance.records, &arn)?,
        false => None,
    };
    found.ok_or_else(|| Refusal::new(RefusalKind::ResourceNotFound, "Resource does not exist").into())
}

fn change(
    call: &Call,
    given: Option<&str>,
    change: impl FnOnce(&mut Topic) -> Result<(), Refusal>,
) -> Result<(), TopicError> {
    let instance = &call.instance;
    let _alone = instance.changing_records();
    let mut topic = Topic::clone(&*find(call, given)?);
    change(&mut topic)?;
    instance.records.commit(&[topic.put()])?;
    instance.topics.forget(&topic.arn);
    Ok(())
}
