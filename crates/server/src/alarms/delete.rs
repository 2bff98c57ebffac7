//! DeleteAlarms.

use nepho_engine::alarm::text::{ConfigurationChange, ConfigurationFields, configuration_item};
use nepho_engine::composite::text::configuration_fields;
use nepho_engine::composite::{DeletionFault, check_deletion};
use nepho_engine::turn::{AlarmType, Turn};
use nepho_model::{Scope, Timestamp};
use nepho_store::Change;

use super::put::NotPut;
use super::record::{ALARMS, STATES, key};
use super::{Alarms, crossing};
use crate::instance::Instance;

impl Alarms {
    /// Deletes all of these alarms, or none; `tags` removes the tags of one.
    pub(crate) fn delete(
        &self,
        instance: &Instance,
        scope: &Scope,
        names: &[&str],
        tags: &dyn Fn(&str) -> Change,
        now: Timestamp,
    ) -> Result<(), NotPut> {
        let mut book = self.lock();
        let alarms = book.of(scope);
        check_deletion(names, &alarms.graph, &|name| alarms.exists(name)).map_err(|fault| refused(&fault))?;
        let mut changes = Vec::new();
        let mut turn = Turn::new(alarms, now);
        for name in names {
            let (alarm_type, fields) = match (alarms.metric.get(*name), alarms.composite.get(*name)) {
                (Some(entry), _) => {
                    (AlarmType::Metric, ConfigurationFields::of(&entry.alarm, &entry.status, entry.updated))
                }
                (None, Some(entry)) => {
                    (AlarmType::Composite, configuration_fields(&entry.alarm, &entry.state, entry.updated))
                }
                (None, None) => continue,
            };
            turn.note(name, alarm_type, configuration_item(name, &fields, ConfigurationChange::Deleted));
            turn.remove(name);
            changes.push(Change::Delete(ALARMS, key(scope, name)));
            changes.push(Change::Delete(STATES, key(scope, name)));
            changes.push(tags(name));
        }
        let mut turned = turn.end();
        for name in names {
            turned.take_composite(name);
        }
        self.commit(instance, scope, alarms, turned, changes, now)?;
        for name in names {
            alarms.metric.remove(*name);
            alarms.composite.remove(*name);
            alarms.muted.remove(*name);
            alarms.graph.remove(name);
        }
        Ok(())
    }
}

fn refused(fault: &DeletionFault) -> NotPut {
    let code = crossing::wire_code(fault.code());
    let message = fault.to_string();
    NotPut::Refused(if message.is_empty() { code.bare() } else { code.message(message) })
}
