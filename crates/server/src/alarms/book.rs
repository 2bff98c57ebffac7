//! All alarms in memory, as they are on disk.

use std::collections::BTreeMap;

use nepho_engine::turn::{CompositeEntry, MetricEntry, MuteEntry, ScopeAlarms};
use nepho_model::{Scope, Timestamp};
use nepho_store::{Records, StoreError};

use super::crossing::{composite_alarm, metric_alarm, mute_rule};
use super::record::{ALARMS, Defined, DefinedMute, Definition, MUTE_RULES, STATES, State, parse_key};

/// Records that are read at once when the server starts.
const LOADED_AT_ONCE: usize = 1000;

/// The alarms of every scope.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) scopes: BTreeMap<Scope, ScopeAlarms>,
}

impl Book {
    /// The alarms of a scope, which may be the first ones.
    pub(crate) fn of(&mut self, scope: &Scope) -> &mut ScopeAlarms {
        // Looked up first: the scope is only copied for its first alarm.
        if !self.scopes.contains_key(scope) {
            self.scopes.insert(scope.clone(), ScopeAlarms::default());
        }
        self.scopes.get_mut(scope).expect("it was just put there")
    }

    /// Reads everything.
    ///
    /// # Errors
    /// What the store said. A record that does not hold what was written to it is told to `on_damage`, and its alarm is
    /// left out.
    pub(crate) fn load(records: &dyn Records, on_damage: &mut dyn FnMut(String)) -> Result<Self, StoreError> {
        let mut book = Book::default();
        let mut after: Option<String> = None;
        loop {
            let some = records.scan(ALARMS, "", after.as_deref(), LOADED_AT_ONCE)?;
            for record in &some {
                let state = records.get(STATES, &record.key)?;
                if let Err(what) = book.add(&record.key, &record.value, state.as_deref()) {
                    on_damage(format!("alarm {:?} cannot be read and is left out: {what}", record.key));
                }
            }
            match some.last() {
                Some(last) if some.len() == LOADED_AT_ONCE => after = Some(last.key.clone()),
                _ => break,
            }
        }
        book.load_mutes(records, on_damage)?;
        Ok(book)
    }

    fn load_mutes(&mut self, records: &dyn Records, on_damage: &mut dyn FnMut(String)) -> Result<(), StoreError> {
        let mut after: Option<String> = None;
        loop {
            let some = records.scan(MUTE_RULES, "", after.as_deref(), LOADED_AT_ONCE)?;
            for record in &some {
                if let Err(what) = self.add_mute(&record.key, &record.value) {
                    on_damage(format!("mute rule {:?} cannot be read and is left out: {what}", record.key));
                }
            }
            match some.last() {
                Some(last) if some.len() == LOADED_AT_ONCE => after = Some(last.key.clone()),
                _ => return Ok(()),
            }
        }
    }

    fn add_mute(&mut self, key: &str, defined: &[u8]) -> Result<(), String> {
        let (scope, name) = parse_key(key).ok_or("its key is none")?;
        let defined: DefinedMute = serde_json::from_slice(defined).map_err(|error| error.to_string())?;
        let rule = mute_rule(&scope, &defined.rule).map_err(|faults| faults.to_string())?;
        let [created, updated] = [defined.created_ms, defined.updated_ms].map(Timestamp::from_millis);
        self.of(&scope).mutes.insert(name.to_owned(), MuteEntry { rule, created, updated });
        Ok(())
    }

    fn add(&mut self, key: &str, defined: &[u8], state: Option<&[u8]>) -> Result<(), String> {
        let (scope, name) = parse_key(key).ok_or("its key is none")?;
        let defined: Defined = serde_json::from_slice(defined).map_err(|error| error.to_string())?;
        let state = state.ok_or("it has no state")?;
        let state: State = serde_json::from_slice(state).map_err(|error| error.to_string())?;
        let updated = Timestamp::from_millis(defined.updated_ms);
        let alarms = self.of(&scope);
        if let Some(muted) = state.muted() {
            alarms.muted.insert(name.to_owned(), muted);
        }
        match &defined.alarm {
            Definition::Metric(input) => {
                let alarm = metric_alarm(&scope, input).map_err(|faults| faults.to_string())?;
                let status = state.status().ok_or("its state is none")?;
                alarms.metric.insert(name.to_owned(), MetricEntry { alarm, status, updated });
            }
            Definition::Composite(input) => {
                let alarm = composite_alarm(&scope, input).map_err(|faults| faults.to_string())?;
                let state = state.composite_state().ok_or("its state is none")?;
                alarms.graph.insert(&alarm);
                alarms.composite.insert(name.to_owned(), CompositeEntry { alarm, state, updated });
            }
        }
        Ok(())
    }
}
