//! ListTopics: the topics of a scope, by name.

use nepho_notify::topic::TopicArn;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::list_topics::{ListTopicsInput, ListTopicsOutput, Topic};

use super::{failed, page};
use crate::api::call::{Call, Reply};
use crate::topics::error::TopicError;
use crate::topics::topic::{self, TOPICS};

/// Answers a page.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: ListTopicsInput = call.decode(body)?;
    Ok(call.encode(&list(call, input.next_token.as_deref()).map_err(|error| failed(call, error))?))
}

fn list(call: &Call, token: Option<&str>) -> Result<ListTopicsOutput, TopicError> {
    let prefix = format!("{}/", call.scope);
    let after = page::after(token)?.map(|name| format!("{prefix}{name}"));
    let mut records = call.instance.records.scan(TOPICS, &prefix, after.as_deref(), page::PAGE_MAX + 1)?;
    let has_more = records.len() > page::PAGE_MAX;
    records.truncate(page::PAGE_MAX);
    let mut topics = Vec::with_capacity(records.len());
    for record in &records {
        let arn = TopicArn { scope: call.scope.clone(), name: topic::name_in(&record.key, &prefix)? };
        topics.push(Topic { topic_arn: Some(arn.to_string()) });
    }
    let last = records.last().filter(|_| has_more).and_then(|record| record.key.strip_prefix(&prefix));
    Ok(ListTopicsOutput { topics: Some(topics), next_token: last.map(page::token) })
}
