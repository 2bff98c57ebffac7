//! Batches on their way to the disk.

use std::collections::VecDeque;

use nepho_model::{Batch, Scope, Timestamp};
use nepho_store::{Receipt, StoreError};

use crate::instance::Instance;
use crate::own::counters::{CAUSE_STORE, Intake};

/// A batch that the store has, and has not acknowledged yet.
#[derive(Debug)]
pub(crate) struct Write {
    intake: Intake,
    scope: Scope,
    items: usize,
    batch: Batch,
    receipt: Receipt,
}

impl Write {
    /// Hands a batch made of `items` to the store.
    pub(crate) fn begin(
        instance: &Instance,
        intake: Intake,
        scope: &Scope,
        batch: Batch,
        items: usize,
        now: Timestamp,
    ) -> Self {
        let receipt = instance.samples.append(scope, &batch, now);
        Write { intake, scope: scope.clone(), items, batch, receipt }
    }

    /// Waits until it is durable, and counts it as stored or rejected.
    pub(crate) async fn settle(mut self, instance: &Instance) -> Result<(), StoreError> {
        let _waiting = instance.counters.appends.enter();
        let outcome = (&mut self.receipt).await;
        self.account(instance, outcome)
    }

    fn account(self, instance: &Instance, outcome: Result<(), StoreError>) -> Result<(), StoreError> {
        let flow = instance.counters.flow(self.intake);
        match outcome {
            Ok(()) => {
                flow.store(self.items, self.batch.len());
                instance.tails.show(&self.scope, &self.batch);
                Ok(())
            }
            Err(error) => {
                flow.reject(CAUSE_STORE, self.items);
                instance.fault(&format!("samples could not be stored: {error}"));
                Err(error)
            }
        }
    }
}

/// The writes of one connection, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Writes(VecDeque<Write>);

impl Writes {
    pub(crate) fn push(&mut self, write: Option<Write>) {
        self.0.extend(write);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits for the oldest. Nothing is lost when the wait is given up.
    pub(crate) async fn settle_oldest(&mut self, instance: &Instance) {
        let Some(oldest) = self.0.front_mut() else { return };
        let outcome = (&mut oldest.receipt).await;
        let oldest = self.0.pop_front().expect("it was just there");
        drop(oldest.account(instance, outcome));
    }

    /// Waits for all.
    pub(crate) async fn settle_all(&mut self, instance: &Instance) {
        while !self.is_empty() {
            self.settle_oldest(instance).await;
        }
    }
}
