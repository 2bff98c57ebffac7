//! Reading in runs of cells, with a thread for each of several sinks.

use std::panic::resume_unwind;

use nepho_model::{Numbers, Read, Run, Scope, Timestamp};

use crate::chunk::Columns;
use crate::embedded::found::{Found, Wanted, find, from_head, from_section};
use crate::embedded::state::{State, View};
use crate::error::StoreError;
use crate::samples::OnRun;

/// Gives the cells that reads ask for to `sinks`, which share the metrics out among them: each has a thread.
pub(crate) fn each_run(
    state: &State,
    scope: &Scope,
    reads: &[Read],
    numbers: Numbers,
    sinks: &mut [&mut OnRun<'_>],
) -> Vec<Result<(), StoreError>> {
    let Found { wanted, view, mut outcomes } = find(state, scope, reads);
    let share = wanted.len().div_ceil(sinks.len()).max(1);
    let failures: Vec<_> = std::thread::scope(|threads| {
        let mut parts = wanted.chunks(share).zip(sinks);
        let own = parts.next();
        let view = &view;
        let others: Vec<_> =
            parts.map(|(wanted, sink)| threads.spawn(|| runs_of(view, wanted, numbers, *sink))).collect();
        let mut failures = own.map_or_else(Vec::new, |(wanted, sink)| runs_of(view, wanted, numbers, *sink));
        for thread in others {
            failures.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        failures
    });
    failures.into_iter().for_each(|(number, error)| outcomes[number] = Err(error));
    outcomes
}

/// Gives all runs of some metrics to a sink, and says which reads failed.
fn runs_of(view: &View, wanted: &[Wanted<'_>], numbers: Numbers, sink: &mut OnRun<'_>) -> Vec<(usize, StoreError)> {
    let (mut columns, mut failures) = (Columns::default(), Vec::new());
    for section in &view.sections {
        let (start, slot_seconds) = (Timestamp::from_seconds(section.entry.start), section.entry.tier.slot_seconds());
        failures.extend(from_section(section, wanted, |wanted, chunk, slots| {
            let at = chunk.decode_numbers(numbers, &slots, &mut columns)?;
            // A column that was not wanted is empty.
            let [count, sum, min, max] = [&columns.count, &columns.sum, &columns.min, &columns.max]
                .map(|column| column.get(at.clone()).unwrap_or_default());
            let slots = &columns.slots[at];
            sink(wanted.number, &Run { unit: chunk.unit, start, slot_seconds, slots, count, sum, min, max });
            Ok(())
        }));
    }
    for head in &view.heads {
        from_head(head, wanted, |wanted, key, slot, cell| {
            let (start, slot_seconds) = (Timestamp::from_seconds(0), key.tier.slot_seconds());
            let [count, sum, min, max] = &[cell.count(), cell.sum(), cell.min(), cell.max()].map(|number| [number]);
            sink(wanted.number, &Run { unit: key.unit, start, slot_seconds, slots: &[slot], count, sum, min, max });
        });
    }
    failures
}
