//! A delivery and its record: in the outbox until it ends, in the ledger from then on.

use nepho_model::Timestamp;
use nepho_notify::delivery::{Delivery, Destination, LaneRules, Outcome};
use nepho_notify::subscription::{Protocol, SubscriptionArn, Token};
use nepho_notify::topic::{TopicArn, TopicName};
use nepho_store::{Change, Record, Table};
use serde::{Deserialize, Serialize};

use super::message::MessageKey;
use crate::topics::error::{TopicError, damaged, read, written};

/// Deliveries that have not ended, by `MESSAGE/SUBSCRIPTION`.
pub(crate) const OUTBOX: Table = Table("sns_outbox");
/// Deliveries that have ended, by `MESSAGE/SUBSCRIPTION`.
pub(crate) const LEDGER: Table = Table("sns_deliveries");
/// Attempts that are kept of one delivery: half of them the first, half of them the last. Only queues can have more.
pub(crate) const TRIES_MAX: usize = 128;
/// The most characters of what an endpoint says that are kept.
pub(crate) const SAID_MAX: usize = 512;

/// A message, or a question, on its way to one endpoint.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeliveryRecord {
    pub(crate) message: MessageKey,
    pub(crate) subscription: SubscriptionArn,
    pub(crate) protocol: Protocol,
    pub(crate) endpoint: String,
    pub(crate) what: What,
    pub(crate) state: Delivery,
    /// The dead-letter queue, from when it is tried there.
    pub(crate) dead_letter: Option<String>,
    pub(crate) tries: Vec<Try>,
    pub(crate) left_out: u32,
    pub(crate) ended: Option<Timestamp>,
    /// The id of the message that has gone out in its place.
    pub(crate) folded_into: Option<String>,
}

/// What is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// The message.
    Notification,
    /// The question whether messages may come, with its token.
    Confirmation(String),
    /// That none will come any more, with the token that undoes it.
    Farewell(String),
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Try {
    /// When it began, in milliseconds.
    pub(crate) at: i64,
    /// How long it took, in milliseconds.
    pub(crate) took: i64,
    /// Whether it was at the dead-letter queue.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) redrive: bool,
    pub(crate) outcome: KeptOutcome,
    /// The status of HTTP, or the code of SMTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// What the endpoint said, or what went wrong.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) said: String,
}

/// [`Outcome`], as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeptOutcome {
    Delivered,
    Refused,
    Failed,
}

impl From<Outcome> for KeptOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Delivered => KeptOutcome::Delivered,
            Outcome::Refused => KeptOutcome::Refused,
            Outcome::Failed | Outcome::Busy(_) => KeptOutcome::Failed,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    topic: String,
    protocol: String,
    endpoint: String,
    what: What,
    state: KeptState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dead_letter: Option<String>,
    #[serde(default)]
    tries: Vec<Try>,
    #[serde(default)]
    left_out: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folded_into: Option<String>,
}

/// [`Delivery`], as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptState {
    Waiting { attempts: u32, due: i64 },
    Redriving { attempts: u32, redrives: u32, due: i64 },
    Delivered { attempts: u32 },
    DeadLettered { attempts: u32 },
    Discarded { attempts: u32 },
    Held,
    Folded,
}

impl From<Delivery> for KeptState {
    fn from(state: Delivery) -> Self {
        match state {
            Delivery::Waiting { attempts, due } => KeptState::Waiting { attempts, due: due.millis() },
            Delivery::Redriving { attempts, redrives, due } => {
                KeptState::Redriving { attempts, redrives, due: due.millis() }
            }
            Delivery::Delivered { attempts } => KeptState::Delivered { attempts },
            Delivery::DeadLettered { attempts } => KeptState::DeadLettered { attempts },
            Delivery::Discarded { attempts } => KeptState::Discarded { attempts },
            Delivery::Held => KeptState::Held,
            Delivery::Folded => KeptState::Folded,
        }
    }
}

impl From<KeptState> for Delivery {
    fn from(state: KeptState) -> Self {
        let at = Timestamp::from_millis;
        match state {
            KeptState::Waiting { attempts, due } => Delivery::Waiting { attempts, due: at(due) },
            KeptState::Redriving { attempts, redrives, due } => {
                Delivery::Redriving { attempts, redrives, due: at(due) }
            }
            KeptState::Delivered { attempts } => Delivery::Delivered { attempts },
            KeptState::DeadLettered { attempts } => Delivery::DeadLettered { attempts },
            KeptState::Discarded { attempts } => Delivery::Discarded { attempts },
            KeptState::Held => Delivery::Held,
            KeptState::Folded => Delivery::Folded,
        }
    }
}

impl DeliveryRecord {
    /// A delivery that nobody has tried yet.
    pub(crate) fn new(
        message: MessageKey,
        subscription: &SubscriptionArn,
        protocol: Protocol,
        endpoint: &str,
        what: What,
    ) -> Self {
        DeliveryRecord {
            state: Delivery::new(message.published),
            message,
            subscription: subscription.clone(),
            protocol,
            endpoint: endpoint.to_owned(),
            what,
            dead_letter: None,
            tries: Vec::new(),
            left_out: 0,
            ended: None,
            folded_into: None,
        }
    }

    /// The key of its record.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.message, self.subscription.id)
    }

    /// Reads a record of one of the two tables.
    pub(crate) fn read(table: Table, key: &str, value: &[u8]) -> Result<Self, TopicError> {
        let wrong = |detail: &dyn std::fmt::Display| damaged(table, key, detail);
        let (message, id) = MessageKey::read(key).ok_or_else(|| wrong(&"the key is none"))?;
        let id = id.ok_or_else(|| wrong(&"the key names no subscription"))?.to_owned();
        let kept: Kept = read(table, key, value)?;
        let name = TopicName::new(&kept.topic).map_err(|refusal| wrong(&refusal))?;
        let topic = TopicArn { scope: message.scope.clone(), name };
        Ok(DeliveryRecord {
            subscription: SubscriptionArn { topic, id },
            protocol: Protocol::parse(&kept.protocol).map_err(|refusal| wrong(&refusal))?,
            endpoint: kept.endpoint,
            what: kept.what,
            state: kept.state.into(),
            dead_letter: kept.dead_letter,
            tries: kept.tries,
            left_out: kept.left_out,
            ended: kept.ended.map(Timestamp::from_millis),
            folded_into: kept.folded_into,
            message,
        })
    }

    fn record(&self) -> Record {
        let kept = Kept {
            topic: self.subscription.topic.name.to_string(),
            protocol: self.protocol.as_str().to_owned(),
            endpoint: self.endpoint.clone(),
            what: self.what.clone(),
            state: self.state.into(),
            dead_letter: self.dead_letter.clone(),
            tries: self.tries.clone(),
            left_out: self.left_out,
            ended: self.ended.map(Timestamp::millis),
            folded_into: self.folded_into.clone(),
        };
        Record { key: self.key(), value: written(&kept) }
    }

    /// The changes that write down where it stands: in the outbox, or out of it and into the ledger.
    pub(crate) fn put(&self) -> Vec<Change> {
        match self.state.due() {
            Some(_) => vec![Change::Put(OUTBOX, self.record())],
            None if self.state == Delivery::Held => vec![Change::Put(OUTBOX, self.record())],
            None => vec![Change::Delete(OUTBOX, self.key()), Change::Put(LEDGER, self.record())],
        }
    }

    /// Adds an attempt; of too many those in the middle are left out.
    pub(crate) fn add_try(&mut self, mut attempt: Try) {
        if attempt.said.chars().count() > SAID_MAX {
            attempt.said = attempt.said.chars().take(SAID_MAX).collect();
        }
        self.tries.push(attempt);
        if self.tries.len() > TRIES_MAX {
            self.tries.remove(TRIES_MAX / 2);
            self.left_out += 1;
        }
    }

    /// Where it is tried next: at its endpoint, or at the dead-letter queue.
    pub(crate) fn destination(&self) -> Destination {
        match (&self.state, &self.dead_letter) {
            (Delivery::Redriving { .. }, Some(queue)) => {
                Destination { protocol: Protocol::Sqs, endpoint: queue.clone() }
            }
            _ => Destination { protocol: self.protocol, endpoint: self.endpoint.clone() },
        }
    }

    /// What holds for it in its lane, given how many its endpoint takes a second.
    pub(crate) fn rules(&self, per_second_max: Option<u32>) -> LaneRules {
        match self.state {
            Delivery::Redriving { .. } => LaneRules { per_second_max: None, is_in_order: self.message.is_in_order() },
            _ => LaneRules { per_second_max, is_in_order: self.message.is_in_order() },
        }
    }

    /// The token of a question.
    pub(crate) fn token(&self) -> Option<Token> {
        match &self.what {
            What::Notification => None,
            What::Confirmation(token) | What::Farewell(token) => Token::parse(token).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use nepho_model::Scope;

    use super::*;
    use crate::deliveries::message::Place;

    fn record() -> DeliveryRecord {
        let message = MessageKey {
            scope: Scope::new("000000000000", "us-east-1"),
            published: Timestamp::from_millis(1_714_557_900_123),
            place: Place::Order(0),
            id: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324".to_owned(),
        };
        let arn = "arn:aws:sns:us-east-1:000000000000:alerts:8a21d249-4329-4871-acc6-7be709c6ea7f";
        let arn = SubscriptionArn::parse(arn).unwrap();
        DeliveryRecord::new(message, &arn, Protocol::Https, "https://example.com", What::Notification)
    }

    fn attempt(at: i64, said: &str) -> Try {
        Try { at, took: 5, redrive: false, outcome: KeptOutcome::Failed, status: Some(503), said: said.to_owned() }
    }

    #[test]
    fn records_are_read_as_they_were_written_and_move_when_they_end() {
        let mut delivery = record();
        delivery.add_try(attempt(1, "busy"));
        let states = [
            (Delivery::Waiting { attempts: 1, due: Timestamp::from_millis(5) }, false),
            (Delivery::Redriving { attempts: 1, redrives: 2, due: Timestamp::from_millis(5) }, false),
            (Delivery::Delivered { attempts: 1 }, true),
            (Delivery::DeadLettered { attempts: 1 }, true),
            (Delivery::Discarded { attempts: 1 }, true),
            (Delivery::Held, false),
            (Delivery::Folded, true),
        ];
        for (state, has_ended) in states {
            delivery.state = state;
            let changes = delivery.put();
            assert_eq!(changes.len(), if has_ended { 2 } else { 1 });
            let Some(Change::Put(table, record)) = changes.last() else { panic!("{changes:?}") };
            assert_eq!(*table, if has_ended { LEDGER } else { OUTBOX });
            assert_eq!(DeliveryRecord::read(*table, &record.key, &record.value).unwrap(), delivery);
        }
        assert!(DeliveryRecord::read(OUTBOX, &delivery.key(), b"{}").is_err());
        assert!(DeliveryRecord::read(OUTBOX, "x", b"{}").is_err());
    }

    #[test]
    fn the_first_and_the_last_attempts_are_kept() {
        let mut delivery = record();
        for n in 0..TRIES_MAX as i64 {
            delivery.add_try(attempt(n, ""));
        }
        assert_eq!(delivery.left_out, 0);
        delivery.add_try(attempt(1000, &"ä".repeat(SAID_MAX + 1)));
        assert_eq!((delivery.tries.len(), delivery.left_out), (TRIES_MAX, 1));
        let last = &delivery.tries[TRIES_MAX - 1];
        assert_eq!((delivery.tries[0].at, last.at, last.said.chars().count()), (0, 1000, SAID_MAX));
    }
}
