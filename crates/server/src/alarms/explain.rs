//! Why an alarm is in its state, or was in the past, by what is stored now.

use nepho_engine::alarm::text::HistoryItemType;
use nepho_engine::alarm::{AlarmStatus, MetricAlarm, Reading, StateSnapshot, evaluation_time, reads};
use nepho_engine::composite::{CompositeState, OtherAlarm};
use nepho_engine::explanation::{CompositeExplanation, ExplainedMuting, Explanation, MetricExplanation};
use nepho_engine::math::BandModel;
use nepho_engine::mute::muting;
use nepho_engine::turn::CompositeEntry;
use nepho_model::{AlarmState, Scope, Timestamp};
use nepho_store::StoreError;
use serde::Deserialize;

use super::Alarms;
use super::evaluate::{insights, models, read};
use super::history::{Histories, Wanted};
use crate::instance::Instance;

/// What is known of an alarm when it is explained.
enum Subject {
    Metric(Box<MetricAlarm>, Box<AlarmStatus>),
    Composite(Box<CompositeEntry>, bool, Vec<(String, OtherAlarm)>),
}

/// The states in an item of the history.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    new_state: UpdatedState,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdatedState {
    state_value: String,
    state_reason: Option<String>,
}

/// What an alarm was before a time, as its history has it.
struct Past {
    state: StateSnapshot,
    transitioned: Timestamp,
}

impl Alarms {
    /// Why an alarm is in its state at a time; `None` where there is no such alarm.
    ///
    /// In the past, data is what is stored now, and states are those of the history.
    ///
    /// # Errors
    /// What the store said about the history.
    pub(crate) fn explain(
        &self,
        instance: &Instance,
        scope: &Scope,
        name: &str,
        at: Option<Timestamp>,
    ) -> Result<Option<Explanation>, StoreError> {
        let now = at.unwrap_or_else(|| instance.clock.now());
        let explanation = self.explain_state(instance, scope, name, at, now)?;
        Ok(explanation.map(|explanation| explanation.muted(self.explain_muting(scope, name, at, now))))
    }

    /// What mutes the alarm by the rules that there are. One that was created later says nothing of the past.
    fn explain_muting(
        &self,
        scope: &Scope,
        name: &str,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<ExplainedMuting> {
        self.look(scope, |alarms| {
            let mut rules = alarms.put_rules();
            rules.retain(|put| put.created <= now);
            let kept = alarms.muted.get(name).filter(|_| at.is_none());
            Some(ExplainedMuting::new(&muting(&rules, name, now)?, kept.map(|muted| muted.state)))
        })
    }

    fn explain_state(
        &self,
        instance: &Instance,
        scope: &Scope,
        name: &str,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Explanation>, StoreError> {
        let subject = self.look(scope, |alarms| {
            if let Some(entry) = alarms.metric.get(name) {
                return Some(Subject::Metric(Box::new(entry.alarm.clone()), Box::new(entry.status.clone())));
            }
            let entry = alarms.composite.get(name)?;
            let suppressor = entry.alarm.suppressor().map(|suppressor| suppressor.alarm.name());
            let children = entry.alarm.rule().children().iter().map(|child| child.name());
            let others = children.chain(suppressor).filter_map(|name| Some((name.to_owned(), alarms.other(name)?)));
            let copy =
                CompositeEntry { alarm: entry.alarm.clone(), state: entry.state.clone(), updated: entry.updated };
            Some(Subject::Composite(Box::new(copy), alarms.graph.is_in_cycle(name), others.collect()))
        });
        Ok(Some(match subject {
            None => return Ok(None),
            Some(Subject::Metric(alarm, status)) => {
                Explanation::MetricAlarm(Box::new(metric(instance, scope, &alarm, *status, at, now)?))
            }
            Some(Subject::Composite(entry, is_in_cycle, mut others)) => {
                let mut state = entry.state;
                if let Some(at) = at {
                    state = composite_state(instance, scope, name, state, at)?;
                    for (name, other) in &mut others {
                        *other = other_at(instance, scope, name, *other, at)?;
                    }
                }
                let find = |name: &str| others.iter().find(|(one, _)| one == name).map(|(_, other)| *other);
                let explanation = CompositeExplanation::new(&entry.alarm, &state, is_in_cycle, &find, now);
                Explanation::CompositeAlarm(Box::new(explanation))
            }
        }))
    }
}

fn metric(
    instance: &Instance,
    scope: &Scope,
    alarm: &MetricAlarm,
    mut status: AlarmStatus,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<MetricExplanation, StoreError> {
    let delay = instance.evaluation_delay_seconds;
    // The newest evaluation that was made, or the one that is about a time which is asked for.
    let due = evaluation_time(alarm, at.unwrap_or_else(|| now.plus_seconds(-delay)));
    let made = due.plus_seconds(delay);
    if at.is_some() && status.state.updated >= made {
        // The evaluation at that time comes after all that was before it.
        let before = Timestamp::from_millis(made.millis() - 1);
        let created = status.created;
        status = match past(instance, scope, alarm.name(), before)? {
            Some(Past { state, transitioned }) => {
                AlarmStatus { state, transitioned, evaluation_state: None, is_warming_up: false, ..status }
            }
            None => AlarmStatus::created(alarm, created.min(due)),
        };
    }
    let observed = match reads(alarm, due) {
        Reading::Points(points) => {
            // Of models there is only the newest.
            let models = models(instance, scope, alarm, instance.clock.now());
            let models = models.iter().map(|model| model.as_deref().map(|model| model as &dyn BandModel));
            points.observe(&read(instance, scope, points.reads()), &models.collect::<Vec<_>>())
        }
        Reading::Insights(reading) => insights(instance, scope, &reading, due),
    };
    Ok(MetricExplanation::new(alarm, &status, &observed))
}

fn composite_state(
    instance: &Instance,
    scope: &Scope,
    name: &str,
    kept: CompositeState,
    at: Timestamp,
) -> Result<CompositeState, StoreError> {
    if kept.updated <= at {
        return Ok(kept);
    }
    Ok(match past(instance, scope, name, at)? {
        None => CompositeState::created(at),
        Some(Past { state, transitioned }) => CompositeState {
            state: state.value,
            reason: state.reason,
            updated: state.updated,
            transitioned,
            ..CompositeState::created(at)
        },
    })
}

fn other_at(
    instance: &Instance,
    scope: &Scope,
    name: &str,
    kept: OtherAlarm,
    at: Timestamp,
) -> Result<OtherAlarm, StoreError> {
    if kept.since <= at {
        return Ok(kept);
    }
    let past = past(instance, scope, name, at)?;
    Ok(past.map_or(OtherAlarm { state: AlarmState::InsufficientData, since: at }, |past| OtherAlarm {
        state: past.state.value,
        since: past.transitioned,
    }))
}

/// What the history says an alarm was at a time, after all that happened then.
fn past(instance: &Instance, scope: &Scope, name: &str, at: Timestamp) -> Result<Option<Past>, StoreError> {
    let wanted =
        Wanted { alarm: Some(name), item_type: Some(HistoryItemType::StateUpdate), end: Some(at), ..Wanted::default() };
    let found = Histories::find(&*instance.records, scope, &wanted, None, 1)?;
    Ok(found.items.first().and_then(|item| {
        let update: Update = serde_json::from_str(&item.data).ok()?;
        let updated = Timestamp::from_millis(item.at_ms);
        let UpdatedState { state_value, state_reason } = update.new_state;
        let value = AlarmState::parse(&state_value)?;
        let state = StateSnapshot { value, reason: state_reason.unwrap_or_default(), reason_data: None, updated };
        Some(Past { state, transitioned: updated })
    }))
}
