//! The apply thread: puts what is durable into the head, and only then acknowledges it.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, RwLock};

use crate::embedded::flush::FlushCommand;
use crate::embedded::head::Head;
use crate::embedded::journal::{Closed, Write};
use crate::embedded::state::{State, View, write_head};
use crate::error::StoreError;

/// What the apply thread is asked.
pub(crate) enum ApplyCommand {
    /// Add these samples, which are durable.
    Apply(Vec<Write>),
    /// The journals up to here are closed: begin a new head, and have the old one flushed.
    Freeze { closed: Closed, done: Vec<Sender<Result<(), StoreError>>> },
}

/// Works until the journal thread is gone.
pub(crate) fn run(state: &State, commands: &Receiver<ApplyCommand>, flush: &Sender<FlushCommand>) {
    let mut head = current(state);
    while let Ok(command) = commands.recv() {
        match command {
            ApplyCommand::Apply(writes) => writes.into_iter().for_each(|write| apply(state, &head, write)),
            ApplyCommand::Freeze { closed, done } => {
                let frozen = head;
                head = begin_head(state);
                let bytes = state.counts.head_bytes.swap(0, Ordering::Relaxed);
                state.counts.frozen_bytes.fetch_add(bytes, Ordering::Relaxed);
                drop(flush.send(FlushCommand::Flush { head: frozen, closed, done }));
            }
        }
    }
}

fn apply(state: &State, head: &RwLock<Head>, write: Write) {
    let footprint = write.footprint();
    {
        let index = state.index();
        for entry in &write.entries {
            let seconds = i64::from(entry.slot) * entry.tier.slot_seconds();
            index.saw(entry.metric, u32::try_from(seconds).unwrap_or(u32::MAX));
        }
    }
    let mut head = write_head(head);
    write.entries.into_iter().for_each(|entry| head.add(entry));
    state.counts.head_bytes.store(head.bytes(), Ordering::Relaxed);
    drop(head);
    state.counts.waiting_bytes.fetch_sub(footprint, Ordering::Relaxed);
    write.acknowledge.settle(Ok(()));
}

fn current(state: &State) -> Arc<RwLock<Head>> {
    state.view().heads.last().cloned().expect("a view always has a head that takes samples")
}

fn begin_head(state: &State) -> Arc<RwLock<Head>> {
    let head = Arc::new(RwLock::new(Head::default()));
    state.change_view(|view| {
        let heads = view.heads.iter().cloned().chain([head.clone()]).collect();
        View { heads, sections: view.sections.clone(), unreadable: view.unreadable.clone() }
    });
    head
}
