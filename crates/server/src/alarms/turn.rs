//! What a turn of the alarms changes on disk: states, history and outbox, in one transaction.

use std::collections::BTreeSet;

use nepho_engine::turn::{ScopeAlarms, Turned};
use nepho_model::Scope;
use nepho_store::Change;

use super::history::Histories;
use super::outbox::Outbox;
use super::record::{STATES, State, key, put};

/// Adds what is to be written of a turn.
pub(super) fn write(
    turned: &Turned,
    scope: &Scope,
    alarms: &ScopeAlarms,
    histories: &Histories,
    outbox: &Outbox,
    changes: &mut Vec<Change>,
) {
    let names: BTreeSet<&String> =
        turned.metric.keys().chain(turned.composite.keys()).chain(turned.muted.keys()).collect();
    for name in names {
        let metric = turned.metric.get(name).or_else(|| alarms.metric.get(name).map(|entry| &entry.status));
        let composite = turned.composite.get(name).or_else(|| alarms.composite.get(name).map(|entry| &entry.state));
        let state = metric.map(State::from).or_else(|| composite.map(State::from));
        let muted = turned.muted.get(name).cloned().unwrap_or_else(|| alarms.muted.get(name).cloned());
        changes.extend(state.map(|state| put(STATES, key(scope, name), &state.with_muted(muted))));
    }
    turned.history.iter().for_each(|item| histories.add(scope, item, changes));
    turned.runs.iter().for_each(|run| outbox.add(scope, run, changes));
}
