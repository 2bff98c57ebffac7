//! SetAlarmState, EnableAlarmActions and DisableAlarmActions.

use nepho_engine::alarm::text::{ConfigurationChange, ConfigurationFields, HistoryItem, configuration_item};
use nepho_engine::alarm::{StateRequest, set_state};
use nepho_engine::composite::Event;
use nepho_engine::composite::text::configuration_fields;
use nepho_engine::turn::{AlarmType, ScopeAlarms, Turn};
use nepho_model::{Scope, Timestamp};
use nepho_store::StoreError;

use super::Alarms;
use super::record::{ALARMS, Defined, Definition, key, put};
use crate::instance::Instance;

/// There is no such alarm.
#[derive(Debug)]
pub(crate) struct Unknown;

impl Alarms {
    /// Sets a state by hand. A metric alarm is set right again when it is evaluated next, a composite one when a child
    /// changes.
    pub(crate) fn set_state(
        &self,
        instance: &Instance,
        scope: &Scope,
        name: &str,
        request: StateRequest,
        now: Timestamp,
    ) -> Result<Result<(), Unknown>, StoreError> {
        let mut book = self.lock();
        let alarms = book.of(scope);
        let mut turn = Turn::new(alarms, now);
        if let Some(entry) = alarms.metric.get(name) {
            turn.take(entry, set_state(&entry.alarm, &entry.status, request, now));
        } else if alarms.composite.contains_key(name) {
            let (state, reason, reason_data) = (request.value(), request.reason(), request.reason_data());
            turn.tell(name, Event::StateSet { state, reason, reason_data });
        } else {
            return Ok(Err(Unknown));
        }
        let turned = turn.end();
        self.commit(instance, scope, alarms, turned, Vec::new(), now)?;
        Ok(Ok(()))
    }

    /// Lets alarms act, or not; names that are none do not matter.
    pub(crate) fn enable_actions(
        &self,
        instance: &Instance,
        scope: &Scope,
        names: &[String],
        is_enabled: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut book = self.lock();
        let alarms = book.of(scope);
        let (mut changes, mut turn) = (Vec::new(), Turn::new(alarms, now));
        let mut changed: Vec<&String> = names
            .iter()
            .filter(|name| actions_enabled(alarms, name).is_some_and(|enabled| enabled != is_enabled))
            .collect();
        changed.sort_unstable();
        changed.dedup();
        for name in &changed {
            let key = key(scope, name);
            let Some(record) = instance.records.get(ALARMS, &key)? else { continue };
            let damaged = |error: serde_json::Error| StoreError::Records {
                path: format!("{}/{key:?}", ALARMS.0).into(),
                detail: error.to_string(),
            };
            let mut defined: Defined = serde_json::from_slice(&record).map_err(damaged)?;
            match &mut defined.alarm {
                Definition::Metric(input) => input.actions_enabled = Some(is_enabled),
                Definition::Composite(input) => input.actions_enabled = Some(is_enabled),
            }
            defined.updated_ms = now.millis();
            changes.push(put(ALARMS, key, &defined));
            if let Some((alarm_type, item)) = switched(alarms, name, is_enabled, now) {
                turn.note(name, alarm_type, item);
            }
        }
        let turned = turn.end();
        self.commit(instance, scope, alarms, turned, changes, now)?;
        for name in changed {
            if let Some(entry) = alarms.metric.get_mut(name) {
                entry.alarm.set_actions_enabled(is_enabled);
                entry.updated = now;
            }
            if let Some(entry) = alarms.composite.get_mut(name) {
                entry.alarm.set_actions_enabled(is_enabled);
                entry.updated = now;
            }
        }
        Ok(())
    }
}

fn actions_enabled(alarms: &ScopeAlarms, name: &str) -> Option<bool> {
    let metric = alarms.metric.get(name).map(|entry| entry.alarm.actions_enabled());
    metric.or_else(|| alarms.composite.get(name).map(|entry| entry.alarm.actions_enabled()))
}

/// What the history says of an alarm that may act now, or may not any more.
fn switched(alarms: &ScopeAlarms, name: &str, is_enabled: bool, now: Timestamp) -> Option<(AlarmType, HistoryItem)> {
    let (alarm_type, before, after) = match (alarms.metric.get(name), alarms.composite.get(name)) {
        (Some(entry), _) => {
            let mut alarm = entry.alarm.clone();
            alarm.set_actions_enabled(is_enabled);
            let before = ConfigurationFields::of(&entry.alarm, &entry.status, entry.updated);
            (AlarmType::Metric, before, ConfigurationFields::of(&alarm, &entry.status, now))
        }
        (None, Some(entry)) => {
            let mut alarm = entry.alarm.clone();
            alarm.set_actions_enabled(is_enabled);
            let before = configuration_fields(&entry.alarm, &entry.state, entry.updated);
            (AlarmType::Composite, before, configuration_fields(&alarm, &entry.state, now))
        }
        (None, None) => return None,
    };
    Some((alarm_type, configuration_item(name, &after, ConfigurationChange::Updated(&before))))
}
