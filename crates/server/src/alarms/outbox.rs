//! Actions that are to be run. They are handed over in the transaction of the change that they are of.

use std::sync::atomic::{AtomicU64, Ordering};

use nepho_engine::alarm::Contributor;
use nepho_engine::alarm::text::{ActionOutcome, action_item};
use nepho_engine::turn::{self, AlarmType, Noted};
use nepho_model::{Scope, Timestamp};
use nepho_store::{Change, Record, Records, StoreError, Table};
use serde::{Deserialize, Serialize};

use super::action;
use super::history::Histories;
use crate::instance::Instance;
use crate::topics::outbox as topics;

/// Actions, by scope and number.
const OUTBOX: Table = Table("alarm-outbox");
/// Actions that are taken out in one transaction.
const TAKEN_AT_ONCE: usize = 500;

/// An action that is to be run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    pub(crate) alarm: String,
    pub(crate) is_composite: bool,
    /// The ARN of the action.
    pub(crate) action: String,
    /// When the state was set that it is of.
    pub(crate) state_updated_ms: i64,
    pub(crate) subject: String,
    /// What is published to a topic, as JSON with a message for each kind of receiver.
    pub(crate) published: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) contributor: Option<(String, Vec<(String, String)>)>,
}

/// The actions that nobody has run yet.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    next: AtomicU64,
}

impl Outbox {
    /// Goes on behind the last action that there is.
    pub(crate) fn load(records: &dyn Records) -> Result<Self, StoreError> {
        let mut next = 0;
        let mut after: Option<String> = None;
        loop {
            let some = records.scan(OUTBOX, "", after.as_deref(), TAKEN_AT_ONCE)?;
            let numbers = some.iter().filter_map(|record| record.key.rsplit_once('\n')?.1.parse::<u64>().ok());
            next = numbers.map(|number| number + 1).fold(next, u64::max);
            match some.last() {
                Some(last) if some.len() == TAKEN_AT_ONCE => after = Some(last.key.clone()),
                _ => return Ok(Outbox { next: AtomicU64::new(next) }),
            }
        }
    }

    /// Adds the change that hands an action over.
    pub(crate) fn add(&self, scope: &Scope, run: &turn::Run, changes: &mut Vec<Change>) {
        let key = format!("{scope}\n{:016}", self.next.fetch_add(1, Ordering::Relaxed));
        let value = serde_json::to_vec(&Run::from(run)).expect("texts and numbers can be written");
        changes.push(Change::Put(OUTBOX, Record { key, value }));
    }

    /// Takes out what there is to do in a scope, does it, and tells the histories what became of it. What an action
    /// publishes is written in the same transaction.
    pub(crate) fn deliver(
        &self,
        instance: &Instance,
        scope: &Scope,
        histories: &Histories,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        loop {
            // Whoever takes an action out is the only one to do so.
            let alone = instance.changing_records();
            let some = instance.records.scan(OUTBOX, &format!("{scope}\n"), None, TAKEN_AT_ONCE)?;
            if some.is_empty() {
                return Ok(());
            }
            let mut topics = topics::Outbox::counting(instance, &alone, now);
            let mut changes = Vec::new();
            for record in &some {
                changes.push(Change::Delete(OUTBOX, record.key.clone()));
                let Ok(run) = serde_json::from_slice::<Run>(&record.value) else { continue };
                let outcome = action::run(&mut topics, &run, scope)?;
                histories.add(scope, &run.told(&outcome, now), &mut changes);
            }
            let mut published = topics.seal();
            changes.append(&mut published.changes);
            instance.records.commit(&changes)?;
            drop(published.committed(instance));
        }
    }
}

impl From<&turn::Run> for Run {
    fn from(run: &turn::Run) -> Self {
        Run {
            alarm: run.alarm.clone(),
            is_composite: run.alarm_type == AlarmType::Composite,
            action: run.action.clone(),
            state_updated_ms: run.state_updated.millis(),
            published: run.messages.published(),
            subject: run.messages.subject.clone(),
            contributor: run.contributor.as_ref().map(|one| (one.id.clone(), one.attributes.clone())),
        }
    }
}

impl Run {
    /// What the history says of it.
    fn told(&self, outcome: &ActionOutcome, now: Timestamp) -> Noted {
        let state_updated = Timestamp::from_millis(self.state_updated_ms);
        let contributor = self.contributor.clone().map(|(id, attributes)| Contributor { id, attributes });
        let published = Some(self.published.as_str());
        Noted {
            alarm: self.alarm.clone(),
            alarm_type: if self.is_composite { AlarmType::Composite } else { AlarmType::Metric },
            at: now,
            item: action_item(&self.action, state_updated, published, outcome, None, contributor.as_ref()),
        }
    }
}
