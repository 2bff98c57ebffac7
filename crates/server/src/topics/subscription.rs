//! A subscription and its record.

use std::collections::BTreeMap;

use nepho_model::Timestamp;
use nepho_notify::retry::DeliveryPolicy;
use nepho_notify::subscription::{Protocol, Subscriber, SubscriptionArn, SubscriptionSettings, Token};
use nepho_notify::topic::{TopicArn, TopicSettings};
use nepho_store::{Change, Record, Table};
use serde::{Deserialize, Serialize};

use super::error::{TopicError, damaged, read, written};
use super::topic;

/// Subscriptions by `ACCOUNT/REGION/TOPIC/ID`.
pub(crate) const SUBSCRIPTIONS: Table = Table("sns_subscriptions");

/// A subscription.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) arn: SubscriptionArn,
    pub(crate) protocol: Protocol,
    pub(crate) endpoint: String,
    /// The account that has subscribed.
    pub(crate) owner: String,
    pub(crate) created: Timestamp,
    pub(crate) settings: SubscriptionSettings,
    pub(crate) consent: Consent,
}

/// Whether the owner of the endpoint has agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Consent {
    /// They were asked.
    Pending { token: Token, asked: Timestamp },
    /// They have, or did not have to be asked.
    Given {
        /// Whether somebody with credentials did it.
        is_authenticated: bool,
        /// Whether nobody but the owner may unsubscribe.
        is_owner_only: bool,
    },
}

/// What is kept of a subscription besides its ARN.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    protocol: String,
    endpoint: String,
    owner: String,
    created: i64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
    consent: KeptConsent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptConsent {
    Pending { token: String, asked: i64 },
    Given { authenticated: bool, owner_only: bool },
}

/// What the keys of all subscriptions to a topic begin with.
pub(crate) fn prefix(topic: &TopicArn) -> String {
    format!("{}/", topic::key(topic))
}

/// The key of a subscription's record.
pub(crate) fn key(arn: &SubscriptionArn) -> String {
    format!("{}{}", prefix(&arn.topic), arn.id)
}

impl Subscription {
    /// Reads a record.
    pub(crate) fn read(arn: SubscriptionArn, value: &[u8]) -> Result<Self, TopicError> {
        let kept = read(SUBSCRIPTIONS, &key(&arn), value)?;
        Subscription::of(arn, &kept)
    }

    /// Makes a subscription of what was kept of it.
    pub(crate) fn of(arn: SubscriptionArn, kept: &Kept) -> Result<Self, TopicError> {
        let wrong = |refusal| damaged(SUBSCRIPTIONS, &key(&arn), &refusal);
        let protocol = Protocol::parse(&kept.protocol).map_err(wrong)?;
        let subscriber = Subscriber { topic: &arn.topic, protocol, endpoint: &kept.endpoint };
        let settings = SubscriptionSettings::subscribe(subscriber, &kept.attributes).map_err(wrong)?;
        let consent = match &kept.consent {
            KeptConsent::Pending { token, asked } => {
                Consent::Pending { token: Token::parse(token).map_err(wrong)?, asked: Timestamp::from_millis(*asked) }
            }
            KeptConsent::Given { authenticated, owner_only } => {
                Consent::Given { is_authenticated: *authenticated, is_owner_only: *owner_only }
            }
        };
        Ok(Subscription {
            protocol,
            endpoint: kept.endpoint.clone(),
            owner: kept.owner.clone(),
            created: Timestamp::from_millis(kept.created),
            settings,
            consent,
            arn,
        })
    }

    /// What is kept of it.
    pub(crate) fn kept(&self) -> Kept {
        Kept {
            protocol: self.protocol.as_str().to_owned(),
            endpoint: self.endpoint.clone(),
            owner: self.owner.clone(),
            created: self.created.millis(),
            attributes: self.settings.given().clone(),
            consent: match &self.consent {
                Consent::Pending { token, asked } => {
                    KeptConsent::Pending { token: token.as_str().to_owned(), asked: asked.millis() }
                }
                Consent::Given { is_authenticated, is_owner_only } => {
                    KeptConsent::Given { authenticated: *is_authenticated, owner_only: *is_owner_only }
                }
            },
        }
    }

    /// The change that writes the record.
    pub(crate) fn put(&self) -> Change {
        Change::Put(SUBSCRIPTIONS, Record { key: key(&self.arn), value: written(&self.kept()) })
    }

    /// The change that removes the record.
    pub(crate) fn delete(&self) -> Change {
        Change::Delete(SUBSCRIPTIONS, key(&self.arn))
    }

    /// Whether messages may go there.
    pub(crate) fn is_confirmed(&self) -> bool {
        matches!(self.consent, Consent::Given { .. })
    }

    /// What its settings have to fit.
    pub(crate) fn subscriber(&self) -> Subscriber<'_> {
        Subscriber { topic: &self.arn.topic, protocol: self.protocol, endpoint: &self.endpoint }
    }

    /// How messages are delivered.
    pub(crate) fn delivery(&self, topic: &TopicSettings) -> DeliveryPolicy {
        self.settings.delivery(topic.delivery(), self.protocol)
    }
}
