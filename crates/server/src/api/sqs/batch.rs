//! The outcome of a batch: what was done, and what was refused.

use nepho_notify::queue::{Event, Fault, Step};
use nepho_protocol::Route;
use nepho_protocol::shapes::sqs::BatchResultErrorEntry;

use super::refusal;

/// What a client is told: the entries that were done, by id, and those that were refused.
pub(super) type Told<T> = (Vec<(String, T)>, Vec<BatchResultErrorEntry>);

/// What has come of a batch so far.
#[derive(Debug)]
pub(super) struct Outcome<T> {
    told: Told<T>,
    events: Vec<Event>,
}

impl<T> Default for Outcome<T> {
    fn default() -> Self {
        Outcome { told: (Vec::new(), Vec::new()), events: Vec::new() }
    }
}

impl<T> Outcome<T> {
    /// Adds what came of an entry.
    pub(super) fn add(&mut self, route: Route, id: Option<String>, outcome: Result<Step<T>, Fault>) {
        let id = id.unwrap_or_default();
        match outcome {
            Ok(step) => {
                self.events.extend(step.events);
                self.told.0.push((id, step.value));
            }
            Err(fault) => self.told.1.push(refusal::of_entry(route, id, fault)),
        }
    }

    /// All of it as one step, which is written as one entry of the log.
    pub(super) fn into_step(self) -> Step<Told<T>> {
        Step { value: self.told, events: self.events }
    }
}
