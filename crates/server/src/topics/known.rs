//! Topics that were read from their records, so that publishing does not have to read them again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nepho_model::Scope;
use nepho_notify::Refusal;
use nepho_notify::subscription::SubscriptionArn;
use nepho_notify::topic::TopicArn;
use nepho_store::{Record, Records};

use super::error::{TopicError, damaged};
use super::subscription::{self, SUBSCRIPTIONS, Subscription};
use super::topic::{self, TOPICS, Topic};

/// How many records are read at a time.
const PAGE: usize = 1000;

/// A subscription and its topic.
pub(crate) type Subscribed = (Arc<Topic>, Arc<Subscription>);

/// Topics that were read. Whoever changes the records of one forgets it afterwards.
#[derive(Debug, Default)]
pub(crate) struct KnownTopics {
    topics: Mutex<HashMap<TopicArn, Arc<Topic>>>,
    /// How many topics there are in a scope: standard ones, and FIFO topics.
    counts: Mutex<HashMap<Scope, (usize, usize)>>,
}

impl KnownTopics {
    fn lock(&self) -> MutexGuard<'_, HashMap<TopicArn, Arc<Topic>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topic with this ARN, if there is one. May block.
    pub(crate) fn get(&self, records: &dyn Records, arn: &TopicArn) -> Result<Option<Arc<Topic>>, TopicError> {
        // What is read and what is kept of it are one step: a topic that is changed meanwhile is forgotten afterwards.
        let mut topics = self.lock();
        if let Some(topic) = topics.get(arn) {
            return Ok(Some(topic.clone()));
        }
        let Some(value) = records.get(TOPICS, &topic::key(arn))? else { return Ok(None) };
        let mut topic = Topic::read(arn, &value)?;
        let prefix = subscription::prefix(arn);
        each(records, &prefix, |record| {
            let id = record.key.strip_prefix(&prefix).unwrap_or_default().to_owned();
            let arn = SubscriptionArn { topic: arn.clone(), id: id.clone() };
            topic.subscriptions.insert(id, Arc::new(Subscription::read(arn, &record.value)?));
            Ok(())
        })?;
        let topic = Arc::new(topic);
        topics.insert(arn.clone(), topic.clone());
        Ok(Some(topic))
    }

    /// The topic with this ARN.
    pub(crate) fn find(&self, records: &dyn Records, arn: &TopicArn) -> Result<Arc<Topic>, TopicError> {
        self.get(records, arn)?.ok_or_else(|| Refusal::no_topic().into())
    }

    /// The subscription with this ARN, if there is one, with its topic.
    pub(crate) fn subscription(
        &self,
        records: &dyn Records,
        arn: &SubscriptionArn,
    ) -> Result<Option<Subscribed>, TopicError> {
        let Some(topic) = self.get(records, &arn.topic)? else { return Ok(None) };
        Ok(topic.subscriptions.get(&arn.id).cloned().map(|subscription| (topic, subscription)))
    }

    /// Forgets a topic whose records have changed.
    pub(crate) fn forget(&self, arn: &TopicArn) {
        self.lock().remove(arn);
    }

    /// How many topics there are in a scope: standard ones, and FIFO topics.
    pub(crate) fn count(&self, records: &dyn Records, scope: &Scope) -> Result<(usize, usize), TopicError> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get(scope) {
            return Ok(*count);
        }
        let (mut standard, mut fifo) = (0, 0);
        let prefix = format!("{scope}/");
        each_of(records, TOPICS, &prefix, |record| {
            match topic::name_in(&record.key, &prefix)?.is_fifo() {
                true => fifo += 1,
                false => standard += 1,
            }
            Ok(())
        })?;
        counts.insert(scope.clone(), (standard, fifo));
        Ok((standard, fifo))
    }

    /// Forgets how many topics there are in a scope.
    pub(crate) fn forget_count(&self, scope: &Scope) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(scope);
    }
}

fn each(
    records: &dyn Records,
    prefix: &str,
    visit: impl FnMut(&Record) -> Result<(), TopicError>,
) -> Result<(), TopicError> {
    each_of(records, SUBSCRIPTIONS, prefix, visit)
}

/// Visits all records whose keys begin so.
pub(crate) fn each_of(
    records: &dyn Records,
    table: nepho_store::Table,
    prefix: &str,
    mut visit: impl FnMut(&Record) -> Result<(), TopicError>,
) -> Result<(), TopicError> {
    let mut after: Option<String> = None;
    loop {
        let page = records.scan(table, prefix, after.as_deref(), PAGE)?;
        for record in &page {
            visit(record)?;
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
            _ => return Ok(()),
        }
    }
}

/// The ARN of a subscription by the key of its record.
pub(crate) fn arn_in(key: &str) -> Result<SubscriptionArn, TopicError> {
    let parts: Vec<_> = key.split('/').collect();
    let [account, region, name, id] = parts[..] else {
        return Err(damaged(SUBSCRIPTIONS, key, &"the key is none"));
    };
    let topic = TopicArn { scope: Scope::new(account, region), name: topic::name_in(name, "")? };
    Ok(SubscriptionArn { topic, id: id.to_owned() })
}
