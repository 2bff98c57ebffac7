//! Alarms: kept in memory and on disk alike, changed by whoever asks, evaluated when the clock says so.
//!
//! What an alarm is and what becomes of it is decided by `nepho-engine`, in functions of values. Here is what has a
//! lock: one [`Book`] of all alarms, in which one [`Turn`](nepho_engine::turn::Turn) at a time is made: by an operation, or by the
//! [evaluation](evaluate). A turn is written in one transaction before it is kept.

mod action;
mod book;
pub(crate) mod crossing;
mod delete;
pub(crate) mod describe;
mod evaluate;
mod explain;
mod graph;
pub(crate) mod history;
mod mute;
mod outbox;
mod put;
mod record;
pub(crate) mod replay;
mod state;
mod turn;

use std::sync::{Mutex, MutexGuard, PoisonError};

use nepho_engine::turn::{ScopeAlarms, Turned};
use nepho_model::{Scope, Timestamp};
use nepho_store::{Change, Records, StoreError};

pub(crate) use book::Book;
pub(crate) use evaluate::{evaluate, reach_deadlines, run_left_over};
use history::Histories;
use outbox::Outbox;
pub(crate) use put::{NotPut, Put};

use crate::instance::Instance;

/// The alarms of a running server.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    book: Mutex<Book>,
    histories: Histories,
    outbox: Outbox,
}

impl Alarms {
    /// Reads the alarms that there are.
    ///
    /// # Errors
    /// What the store said. Damaged records are told to `on_damage`.
    pub(crate) fn load(records: &dyn Records, on_damage: &mut dyn FnMut(String)) -> Result<Self, StoreError> {
        Ok(Alarms {
            book: Mutex::new(Book::load(records, on_damage)?),
            histories: Histories::load(records)?,
            outbox: Outbox::load(records)?,
        })
    }

    /// Looks at the alarms of a scope.
    pub(crate) fn look<T>(&self, scope: &Scope, at: impl FnOnce(&ScopeAlarms) -> T) -> T {
        at(self.lock().of(scope))
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what a turn came to, with `changes` besides, keeps it, and runs its actions.
    fn commit(
        &self,
        instance: &Instance,
        scope: &Scope,
        alarms: &mut ScopeAlarms,
        turned: Turned,
        mut changes: Vec<Change>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        turn::write(&turned, scope, alarms, &self.histories, &self.outbox, &mut changes);
        if changes.is_empty() {
            return Ok(());
        }
        let has_runs = !turned.runs.is_empty();
        changes.extend(instance.clock.remembered());
        instance.records.commit(&changes)?;
        turned.keep(alarms);
        if has_runs { self.run_actions(instance, scope, now) } else { Ok(()) }
    }

    /// Runs the actions of a scope that nobody has run yet.
    pub(crate) fn run_actions(&self, instance: &Instance, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
        self.outbox.deliver(instance, scope, &self.histories, now)
    }

    /// Drops what is too old of the histories.
    pub(crate) fn forget(&self, records: &dyn Records, now: Timestamp) -> Result<(), StoreError> {
        self.histories.forget(records, now)
    }
}
