//! DeleteTopic: a topic goes, with its subscriptions. One that is not there does not matter.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sns::delete_topic::DeleteTopicInput;
use nepho_store::Change;

use super::{failed, topic_arn};
use crate::api::call::{Call, Reply};
use crate::topics::error::TopicError;
use crate::topics::fifo::{COUNTS, DUPLICATES};
use crate::topics::known::each_of;
use crate::topics::permission::{self, Who};
use crate::topics::topic::{self, TOPICS};

/// Answers when it is gone.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: DeleteTopicInput = call.decode(body)?;
    delete(call, input.topic_arn.as_deref()).map_err(|error| failed(call, error))?;
    Ok(call.encode(&NoOutput))
}

fn delete(call: &Call, given: Option<&str>) -> Result<(), TopicError> {
    let instance = &call.instance;
    let arn = topic_arn(call, given, "TopicArn")?;
    let _alone = instance.changing_records();
    let Some(topic) = instance.topics.get(&*instance.records, &arn)? else { return Ok(()) };
    permission::check(&topic, Who::Account(&call.scope.account), "DeleteTopic")?;
    let key = topic::key(&arn);
    let mut changes: Vec<_> = topic.subscriptions.values().map(|subscription| subscription.delete()).collect();
    each_of(&*instance.records, DUPLICATES, &format!("{key}/"), |record| {
        changes.push(Change::Delete(DUPLICATES, record.key.clone()));
        Ok(())
    })?;
    changes.push(Change::Delete(COUNTS, key.clone()));
    changes.push(Change::Delete(TOPICS, key));
    instance.records.commit(&changes)?;
    instance.topics.forget(&arn);
    instance.topics.forget_count(&arn.scope);
    Ok(())
}
