//! What the batches of three operations have in common: entries with ids, each of which is done or refused.

use nepho_notify::queue::{Fault, Queue, QueueArn, Queues, Step, check_entries};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::BatchResultErrorEntry;

use super::{refusal, url};
use crate::api::call::Call;

/// What a client is told: the entries that were done, by id, and those that were refused.
pub(super) type Told<T> = (Vec<(String, T)>, Vec<BatchResultErrorEntry>);

/// Entries for one queue, by ids that are legal and distinct.
pub(super) struct Batch<E> {
    target: QueueArn,
    entries: Vec<(String, E)>,
}

impl<E> Batch<E> {
    /// Checks the ids. `name` is what an entry is called in refusals.
    pub(super) fn check(
        call: &Call,
        queue_url: Option<&str>,
        name: &str,
        entries: Vec<(Option<String>, E)>,
    ) -> Result<Self, ServiceError> {
        let target = url::target(call, queue_url)?;
        let ids: Vec<_> = entries.iter().map(|(id, _)| id.as_deref()).collect();
        check_entries(name, &ids).map_err(|fault| refusal::of_fault(call.route, fault))?;
        let entries = entries.into_iter().map(|(id, entry)| (id.unwrap_or_default(), entry)).collect();
        Ok(Batch { target, entries })
    }

    /// Makes something else of each entry, by its place and itself.
    pub(super) fn map<F>(self, make: impl Fn(usize, E) -> F) -> Batch<F> {
        let entries = self.entries.into_iter().enumerate().map(|(at, (id, entry))| (id, make(at, entry))).collect();
        Batch { target: self.target, entries }
    }

    /// The entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = &E> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// Does something with each entry, if the queue takes the batch at all; all of it is one entry of the log.
    pub(super) async fn run<T>(
        self,
        call: &Call,
        takes: impl FnOnce(&Queue, &Self) -> Result<(), Fault>,
        act: impl Fn(&mut Queues, u64, E) -> Result<Step<T>, Fault>,
    ) -> Result<Told<T>, ServiceError> {
        let changed = call.instance.queues.change(call.now, |queues| {
            let queue = queues.find_by_arn(&self.target)?;
            let id = queue.id;
            takes(queue, &self)?;
            let (mut done, mut refused, mut events) = (Vec::new(), Vec::new(), Vec::new());
            for (entry_id, entry) in self.entries {
                match act(queues, id, entry) {
                    Ok(step) => {
                        events.extend(step.events);
                        done.push((entry_id, step.value));
                    }
                    Err(fault) => refused.push(refusal::of_entry(call.route, entry_id, fault)),
                }
            }
            Ok(Step { value: (done, refused), events })
        });
        changed.await.map_err(|error| refusal::of(call, error))
    }
}
