//! What is known of an alarm, or of a group, at a subscription.

use nepho_model::{Scope, Timestamp};
use nepho_notify::message::Draft;
use nepho_notify::noise::{AlarmNoise, Group};
use nepho_notify::subscription::SubscriptionArn;
use nepho_notify::topic::{TopicArn, TopicName};
use nepho_store::{Change, Record, Table};
use serde::{Deserialize, Serialize};

use crate::topics::error::{TopicError, damaged, read, written};

/// What is known of alarms and groups, by `ACCOUNT/REGION/TOPIC/SUBSCRIPTION/KIND-DIGEST`.
pub(crate) const NOISE: Table = Table("sns_noise");

/// What is known of an alarm, or of a group, at a subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct NoiseRecord {
    due_ms: i64,
    pub(crate) of: Of,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Of {
    Alarm(Box<OfAlarm>),
    Group(Group),
}

/// What is known of an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OfAlarm {
    #[serde(flatten)]
    pub(crate) noise: AlarmNoise,
    /// What it said last.
    pub(crate) latest: Draft,
}

impl NoiseRecord {
    /// Reads a record.
    pub(crate) fn read(key: &str, value: &[u8]) -> Result<Self, TopicError> {
        read(NOISE, key, value)
    }

    /// When something is due.
    pub(crate) fn due(&self) -> Timestamp {
        Timestamp::from_millis(self.due_ms)
    }

    /// The change that writes it down; where nothing is due, there is nothing to know.
    pub(crate) fn change(key: &str, of: &Of, due: Option<Timestamp>) -> Change {
        match due {
            None => Change::Delete(NOISE, key.to_owned()),
            Some(due) => {
                let record = NoiseRecord { due_ms: due.millis(), of: of.clone() };
                Change::Put(NOISE, Record { key: key.to_owned(), value: written(&record) })
            }
        }
    }
}

/// What the keys of all records of a subscription begin with.
pub(crate) fn prefix(subscription: &SubscriptionArn) -> String {
    format!("{}/{}/{}/", subscription.topic.scope, subscription.topic.name, subscription.id)
}

/// The subscription in the key of a record.
pub(crate) fn subscription(key: &str) -> Result<SubscriptionArn, TopicError> {
    let parts: Vec<_> = key.split('/').collect();
    let [account, region, name, id, _] = parts[..] else { return Err(damaged(NOISE, key, &"the key is none")) };
    let name = TopicName::new(name).map_err(|refusal| damaged(NOISE, key, &refusal))?;
    Ok(SubscriptionArn { topic: TopicArn { scope: Scope::new(account, region), name }, id: id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_subscription() {
        let arn = "arn:aws:sns:us-east-1:000000000000:alerts:8a21d249-4329-4871-acc6-7be709c6ea7f";
        let arn = SubscriptionArn::parse(arn).unwrap();
        assert_eq!(subscription(&format!("{}alarm-0", prefix(&arn))).unwrap(), arn);
        assert!(subscription("a/b/c").is_err());
    }

    #[test]
    fn records_are_read_as_they_were_written() {
        let of = Of::Group(Group::default());
        let Change::Put(_, record) = NoiseRecord::change("k", &of, Some(Timestamp::from_millis(5))) else { panic!() };
        let read = NoiseRecord::read("k", &record.value).unwrap();
        assert_eq!((read.due(), read.of), (Timestamp::from_millis(5), of.clone()));
        assert_eq!(NoiseRecord::change("k", &of, None), Change::Delete(NOISE, "k".to_owned()));
        assert!(NoiseRecord::read("k", b"{}").is_err());
    }
}
