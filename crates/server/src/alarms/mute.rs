//! Mute rules: put, deleted.

use nepho_engine::Faults;
use nepho_engine::mute::{MuteFault, MuteRule, PutRule, check_rule_count};
use nepho_engine::turn::{MuteEntry, Turn};
use nepho_model::{Scope, Timestamp};
use nepho_protocol::shapes::mute_rules::PutAlarmMuteRuleInput;
use nepho_store::{Change, StoreError};

use super::Alarms;
use super::crossing::refused;
use super::put::{NotPut, Put};
use super::record::{DefinedMute, MUTE_RULES, key, put};
use crate::instance::Instance;

impl Alarms {
    /// Puts a mute rule, which holds at once.
    pub(crate) fn put_mute(
        &self,
        put: Put<'_>,
        rule: MuteRule,
        mut input: PutAlarmMuteRuleInput,
    ) -> Result<(), NotPut> {
        let Put { instance, scope, now, tags } = put;
        let mut book = self.lock();
        let alarms = book.of(scope);
        let not_put = |fault: MuteFault| NotPut::Refused(refused(&Faults(vec![fault])));
        rule.check_targets(&|name| alarms.exists(name)).map_err(not_put)?;
        let name = rule.name().to_owned();
        let before = alarms.mutes.get(&name);
        if before.is_none() {
            check_rule_count(alarms.mutes.len()).map_err(not_put)?;
        }
        input.tags = None;
        let created = before.map_or(now, |entry| entry.created);
        let defined = DefinedMute { rule: input, created_ms: created.millis(), updated_ms: now.millis() };
        let mut changes = vec![self::put(MUTE_RULES, key(scope, &name), &defined)];
        changes.extend(tags.filter(|_| before.is_none()));
        let entry = MuteEntry { rule, created, updated: now };
        let others = alarms.mutes.iter().filter(|(other, _)| **other != name).map(|(_, entry)| entry);
        let rules: Vec<_> = others.chain([&entry]).map(put_rule).collect();
        let mut turn = Turn::new(alarms, now);
        turn.unmute(&rules);
        let turned = turn.end();
        self.commit(instance, scope, alarms, turned, changes, now)?;
        alarms.mutes.insert(name, entry);
        Ok(())
    }

    /// Deletes a mute rule; one that is not there does not matter. What it alone has kept is run at once.
    pub(crate) fn delete_mute(
        &self,
        instance: &Instance,
        scope: &Scope,
        name: &str,
        tags: Change,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut book = self.lock();
        let alarms = book.of(scope);
        if !alarms.mutes.contains_key(name) {
            return Ok(());
        }
        let others = alarms.mutes.iter().filter(|(other, _)| *other != name);
        let rules: Vec<_> = others.map(|(_, entry)| put_rule(entry)).collect();
        let mut turn = Turn::new(alarms, now);
        turn.unmute(&rules);
        let turned = turn.end();
        let changes = vec![Change::Delete(MUTE_RULES, key(scope, name)), tags];
        self.commit(instance, scope, alarms, turned, changes, now)?;
        alarms.mutes.remove(name);
        Ok(())
    }
}

fn put_rule(entry: &MuteEntry) -> PutRule<'_> {
    PutRule { rule: &entry.rule, created: entry.created }
}
