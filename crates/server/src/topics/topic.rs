//! A topic and its record.

use std::collections::BTreeMap;
use std::sync::Arc;

use nepho_model::Timestamp;
use nepho_notify::subscription::Protocol;
use nepho_notify::topic::{Counted, Tags, TopicArn, TopicName, TopicSettings};
use nepho_store::{Change, Record, Table};
use serde::{Deserialize, Serialize};

use super::error::{TopicError, damaged, read, written};
use super::subscription::Subscription;

/// Topics by `ACCOUNT/REGION/NAME`.
pub(crate) const TOPICS: Table = Table("sns_topics");

/// A topic, with those who get its messages.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    pub(crate) arn: TopicArn,
    pub(crate) created: Timestamp,
    pub(crate) settings: TopicSettings,
    pub(crate) tags: Tags,
    /// By their ids.
    pub(crate) subscriptions: BTreeMap<String, Arc<Subscription>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    created: i64,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    tags: Tags,
}

/// The key of a topic's record.
pub(crate) fn key(arn: &TopicArn) -> String {
    format!("{}/{}", arn.scope, arn.name)
}

impl Topic {
    /// Reads a record; subscriptions have their own.
    pub(crate) fn read(arn: &TopicArn, value: &[u8]) -> Result<Self, TopicError> {
        let key = key(arn);
        let kept: Kept = read(TOPICS, &key, value)?;
        let settings =
            TopicSettings::read(&arn.name, &kept.attributes).map_err(|refusal| damaged(TOPICS, &key, &refusal))?;
        Ok(Topic {
            arn: arn.clone(),
            created: Timestamp::from_millis(kept.created),
            settings,
            tags: kept.tags,
            subscriptions: BTreeMap::new(),
        })
    }

    /// The change that writes the record.
    pub(crate) fn put(&self) -> Change {
        let kept =
            Kept { created: self.created.millis(), attributes: self.settings.given().clone(), tags: self.tags.clone() };
        Change::Put(TOPICS, Record { key: key(&self.arn), value: written(&kept) })
    }

    /// The subscription of an endpoint, if there is one.
    pub(crate) fn subscribed(&self, protocol: Protocol, endpoint: &str) -> Option<&Arc<Subscription>> {
        let is_same = |known: &&Arc<Subscription>| known.protocol == protocol && known.endpoint == endpoint;
        self.subscriptions.values().find(is_same)
    }

    /// Whether a subscription wants to be spared something.
    pub(crate) fn has_noise_policy(&self) -> bool {
        self.subscriptions.values().any(|subscription| subscription.settings.noise().is_some())
    }

    /// How many subscriptions it has.
    pub(crate) fn counted(&self) -> Counted {
        let confirmed = self.subscriptions.values().filter(|subscription| subscription.is_confirmed()).count();
        Counted { confirmed, pending: self.subscriptions.len() - confirmed }
    }
}

/// The name of a topic in the key of its record, which begins with its scope.
pub(crate) fn name_in(key: &str, prefix: &str) -> Result<TopicName, TopicError> {
    let name = key.strip_prefix(prefix).unwrap_or(key);
    TopicName::new(name).map_err(|refusal| damaged(TOPICS, key, &refusal))
}
