//! Changes of records that are made durable together: a transaction costs a sync of the disk, whatever is in it.

use std::sync::{Arc, Mutex, PoisonError};

use nepho_store::{Change, StoreError};
use tokio::sync::oneshot;

use crate::instance::Instance;

/// Changes that wait for their transaction.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    waiting: Mutex<Vec<Waiting>>,
    /// Whoever has it commits for all who wait.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiting {
    changes: Vec<Change>,
    told: oneshot::Sender<Result<(), StoreError>>,
}

/// Makes changes, all or none, in a transaction that others may share. They do not depend on what is there: whose do,
/// keeps others from changing records and commits by itself.
pub(crate) async fn commit(instance: &Arc<Instance>, changes: Vec<Change>) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let (told, mut outcome) = oneshot::channel();
    let commits = &instance.commits;
    commits.lock().push(Waiting { changes, told });
    let _turn = commits.turn.lock().await;
    if let Ok(outcome) = outcome.try_recv() {
        return outcome;
    }
    let all = std::mem::take(&mut *commits.lock());
    instance.blocking(move |instance| commit_all(instance, all)).await;
    outcome.await.unwrap_or(Err(StoreError::Closed))
}

impl Commits {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn commit_all(instance: &Instance, all: Vec<Waiting>) {
    let together: Vec<_> = all.iter().flat_map(|waiting| waiting.changes.iter().cloned()).collect();
    let outcome = instance.records.commit(&together);
    for waiting in all {
        // What cannot be written together may be written by itself, all but what is at fault.
        let outcome = match &outcome {
            Err(_) => instance.records.commit(&waiting.changes),
            Ok(()) => Ok(()),
        };
        // Whoever is not there any more does not have to be told.
        drop(waiting.told.send(outcome));
    }
}
