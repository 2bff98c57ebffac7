//! PutMetricAlarm and PutCompositeAlarm: an alarm is made, or replaced whole; its state stays.

use nepho_engine::Faults;
use nepho_engine::alarm::text::{ConfigurationChange, ConfigurationFields, HistoryItem, configuration_item};
use nepho_engine::alarm::{AlarmStatus, MetricAlarm};
use nepho_engine::composite::text::configuration_fields;
use nepho_engine::composite::{CompositeAlarm, CompositeFault, CompositeState, Event};
use nepho_engine::turn::{AlarmType, CompositeEntry, MetricEntry, Turn};
use nepho_model::{Scope, Timestamp};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use nepho_store::{Change, StoreError};

use super::Alarms;
use super::crossing::refused;
use super::record::{ALARMS, Defined, Definition, STATES, State, key, put};
use crate::instance::Instance;

/// Something that is put: where, when, and what is written with it when it is new.
pub(crate) struct Put<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) scope: &'a Scope,
    pub(crate) now: Timestamp,
    /// The tags of a new alarm.
    pub(crate) tags: Option<Change>,
}

/// Why something is not put.
#[derive(Debug)]
pub(crate) enum NotPut {
    /// It is wrong.
    Refused(ServiceError),
    /// It could not be written.
    Store(StoreError),
}

impl From<StoreError> for NotPut {
    fn from(error: StoreError) -> Self {
        NotPut::Store(error)
    }
}

impl Alarms {
    /// Puts a metric alarm.
    pub(crate) fn put_metric(
        &self,
        put: Put<'_>,
        alarm: MetricAlarm,
        mut input: PutMetricAlarmInput,
    ) -> Result<(), NotPut> {
        let Put { instance, scope, now, tags } = put;
        let mut book = self.lock();
        let alarms = book.of(scope);
        let name = alarm.name().to_owned();
        if alarms.composite.contains_key(&name) {
            return Err(NotPut::Refused(name_is_taken(&name, "a composite alarm")));
        }
        input.tags = None;
        let before = alarms.metric.get(&name);
        let status = before.map_or_else(|| AlarmStatus::created(&alarm, now), |entry| entry.status.clone());
        let entry = MetricEntry { alarm, status, updated: now };
        let (mut changes, definition) = (Vec::new(), Definition::Metric(Box::new(input)));
        changes.push(self::put(ALARMS, key(scope, &name), &Defined { alarm: definition, updated_ms: now.millis() }));
        if before.is_none() {
            changes.push(self::put(STATES, key(scope, &name), &State::from(&entry.status)));
            changes.extend(tags);
        }
        let fields = |entry: &MetricEntry| ConfigurationFields::of(&entry.alarm, &entry.status, entry.updated);
        let mut turn = Turn::new(alarms, now);
        turn.note(&name, AlarmType::Metric, put_item(&name, &fields(&entry), before.map(fields).as_ref()));
        let turned = turn.end();
        self.commit(instance, scope, alarms, turned, changes, now)?;
        alarms.metric.insert(name, entry);
        Ok(())
    }

    /// Puts a composite alarm, and evaluates it at once.
    pub(crate) fn put_composite(
        &self,
        put: Put<'_>,
        alarm: CompositeAlarm,
        mut input: PutCompositeAlarmInput,
    ) -> Result<(), NotPut> {
        let Put { instance, scope, now, tags } = put;
        let mut book = self.lock();
        let alarms = book.of(scope);
        let name = alarm.name().to_owned();
        if alarms.metric.contains_key(&name) {
            return Err(NotPut::Refused(name_is_taken(&name, "a metric alarm")));
        }
        let not_put = |fault: CompositeFault| NotPut::Refused(refused(&Faults(vec![fault])));
        alarm.check_references(&|name| alarms.exists(name)).map_err(not_put)?;
        alarms.graph.check_parents(&alarm).map_err(not_put)?;
        input.tags = None;
        let before = alarms.composite.get(&name);
        let mut graph = alarms.graph.clone();
        graph.insert(&alarm);
        let state = before.map_or_else(|| CompositeState::created(now), |entry| entry.state.clone());
        let entry = CompositeEntry { alarm, state, updated: now };
        let mut changes = vec![self::put(
            ALARMS,
            key(scope, &name),
            &Defined { alarm: Definition::Composite(Box::new(input)), updated_ms: now.millis() },
        )];
        let mut turn = Turn::new(alarms, now);
        if before.is_none() {
            changes.push(self::put(STATES, key(scope, &name), &State::from(&entry.state)));
            changes.extend(tags);
        }
        let fields = |entry: &CompositeEntry| configuration_fields(&entry.alarm, &entry.state, entry.updated);
        turn.note(&name, AlarmType::Composite, put_item(&name, &fields(&entry), before.map(fields).as_ref()));
        // An alarm that depends on itself is not evaluated.
        if !graph.is_in_cycle(&name) {
            match before {
                None => turn.meet(&entry.alarm, &entry.state, Event::Created),
                Some(before) => turn.meet(&entry.alarm, &entry.state, Event::Replaced(&before.alarm)),
            }
        }
        let mut turned = turn.end();
        let state = turned.take_composite(&name);
        if let Some(state) = &state {
            changes.push(self::put(STATES, key(scope, &name), &State::from(state)));
        }
        self.commit(instance, scope, alarms, turned, changes, now)?;
        let entry = CompositeEntry { state: state.unwrap_or(entry.state), ..entry };
        alarms.graph = graph;
        alarms.composite.insert(name, entry);
        Ok(())
    }
}

/// What the history says of an alarm that is put; of one that is new there is nothing before.
fn put_item(name: &str, fields: &ConfigurationFields, before: Option<&ConfigurationFields>) -> HistoryItem {
    configuration_item(name, fields, before.map_or(ConfigurationChange::Created, ConfigurationChange::Updated))
}

fn name_is_taken(name: &str, by: &str) -> ServiceError {
    code::VALIDATION.message(format!("The name {name} is that of {by} in this account and Region."))
}
