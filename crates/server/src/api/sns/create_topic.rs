//! CreateTopic: makes a topic, or finds the one that is there.

use nepho_notify::Refusal;
use nepho_notify::RefusalKind;
use nepho_notify::topic::{FIFO_TOPICS_MAX, TOPICS_MAX, Tags, TopicArn, TopicName, TopicSettings, tagged};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::Tag;
use nepho_protocol::shapes::sns::create_topic::{CreateTopicInput, CreateTopicOutput};

use super::failed;
use crate::api::call::{Call, Reply};
use crate::topics::error::TopicError;
use crate::topics::topic::Topic;

/// Answers the ARN.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: CreateTopicInput = call.decode(body)?;
    let arn = create(call, input).map_err(|error| failed(call, error))?;
    Ok(call.encode(&CreateTopicOutput { topic_arn: Some(arn.to_string()) }))
}

fn create(call: &Call, input: CreateTopicInput) -> Result<TopicArn, TopicError> {
    let instance = &call.instance;
    let name = TopicName::new(input.name.as_deref().unwrap_or_default())?;
    if input.data_protection_policy.is_some_and(|policy| !policy.is_empty()) {
        return Err(Refusal::invalid("DataProtectionPolicy is not implemented here").into());
    }
    let attributes = input.attributes.unwrap_or_default();
    let settings = TopicSettings::create(&name, &attributes)?;
    let tags = tagged(&Tags::new(), input.tags.into_iter().flatten().map(pair))?;
    let arn = TopicArn { scope: call.scope.clone(), name };
    let _alone = instance.changing_records();
    if let Some(topic) = instance.topics.get(&*instance.records, &arn)? {
        check_same(&topic, &attributes, &tags)?;
        return Ok(arn);
    }
    check_room(call, &arn)?;
    let topic = Topic { arn, created: call.now, settings, tags, subscriptions: Default::default() };
    instance.records.commit(&[topic.put()])?;
    instance.topics.forget_count(&call.scope);
    Ok(topic.arn)
}

/// A tag's key and value; what is missing is empty, which a key must not be.
pub(super) fn pair(tag: Tag) -> (String, String) {
    (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())
}

fn check_same(
    topic: &Topic,
    attributes: &std::collections::BTreeMap<String, String>,
    tags: &Tags,
) -> Result<(), Refusal> {
    if !topic.settings.has_all(&topic.arn, attributes) {
        return Err(Refusal::invalid("Attributes Reason: Topic already exists with different attributes"));
    }
    match tags.is_empty() || *tags == topic.tags {
        true => Ok(()),
        false => Err(Refusal::invalid("Tags Reason: Topic already exists with different tags")),
    }
}

fn check_room(call: &Call, arn: &TopicArn) -> Result<(), TopicError> {
    let (standard, fifo) = call.instance.topics.count(&*call.instance.records, &call.scope)?;
    let (count, limit) = if arn.name.is_fifo() { (fifo, FIFO_TOPICS_MAX) } else { (standard, TOPICS_MAX) };
    match count >= limit {
        true => {
            let message = format!("There are {count} topics already, which is the limit");
            Err(Refusal::new(RefusalKind::TopicLimitExceeded, message).into())
        }
        false => Ok(()),
    }
}
