//! The account of samples: what was accepted is delivered, dropped for a named cause, or still here.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why samples were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Cause {
    /// The queue of a sink was full: the oldest had to go.
    QueueFull = 0,
    /// The queue of a sink was full while its breaker was open.
    BreakerOpen = 1,
    /// The queue of a sink was full, as was the place that takes what is too much for it.
    SpillFull = 2,
    /// What was put into the spill file could not be read back.
    SpillDamaged = 3,
    /// The receiver refused them.
    Refused = 4,
    /// The sink failed with them again and again, while it took others.
    GivenUp = 5,
    /// They are more than may be sent, or kept, at once.
    TooLarge = 6,
    /// They were still here when the time for stopping was over.
    Shutdown = 7,
    /// They came after the stop.
    Closed = 8,
    /// A name that CloudWatch would refuse.
    InvalidName = 9,
    /// A value that CloudWatch would refuse.
    InvalidValue = 10,
    /// Not even the overflow series had room.
    TooManySeries = 11,
    /// The buffers between callers and the worker were full of units of work.
    UnitsFull = 12,
}

/// Every cause with its name in metrics and in the log. The position is the cause's number.
pub const CAUSES: [(Cause, &str); 13] = [
    (Cause::QueueFull, "queue_full"),
    (Cause::BreakerOpen, "breaker_open"),
    (Cause::SpillFull, "spill_full"),
    (Cause::SpillDamaged, "spill_damaged"),
    (Cause::Refused, "refused"),
    (Cause::GivenUp, "given_up"),
    (Cause::TooLarge, "too_large"),
    (Cause::Shutdown, "shutdown"),
    (Cause::Closed, "closed"),
    (Cause::InvalidName, "invalid_name"),
    (Cause::InvalidValue, "invalid_value"),
    (Cause::TooManySeries, "too_many_series"),
    (Cause::UnitsFull, "units_full"),
];

impl Cause {
    /// Its name in metrics and in the log.
    pub const fn as_str(self) -> &'static str {
        CAUSES[self as usize].1
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The account at one moment, in samples: calls that put a value, however they were merged since.
///
/// `accepted` is always the sum of `delivered`, `dropped_total()` and `buffered`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accounting {
    /// Every one that was put, also those that were dropped at once.
    pub accepted: u64,
    /// Handed to the receiver, as far as it or the operating system says.
    pub delivered: u64,
    /// Of those delivered, so many went to the sink that takes what the first one cannot.
    pub diverted: u64,
    /// Still here, in memory or in a spill file.
    pub buffered: u64,
    /// Of those buffered, so many are in a spill file, and stay there when the process ends.
    pub spilled: u64,
    dropped: [u64; CAUSES.len()],
}

impl Accounting {
    /// How many were dropped for `cause`.
    pub fn dropped(&self, cause: Cause) -> u64 {
        self.dropped[cause as usize]
    }

    /// How many were dropped.
    pub fn dropped_total(&self) -> u64 {
        self.dropped.iter().sum()
    }

    /// The causes for which something was dropped, with how many.
    pub fn causes(&self) -> impl Iterator<Item = (Cause, u64)> {
        CAUSES.iter().map(|(cause, _)| (*cause, self.dropped(*cause))).filter(|(_, samples)| *samples > 0)
    }

    /// Counts samples, which are accepted already, as dropped.
    pub(crate) fn drop_further(&mut self, cause: Cause, samples: u64) {
        self.dropped[cause as usize] += samples;
    }

    /// Adds another account to this one, as of a second sink.
    pub fn add(&mut self, other: &Accounting) {
        self.accepted += other.accepted;
        self.delivered += other.delivered;
        self.diverted += other.diverted;
        self.buffered += other.buffered;
        self.spilled += other.spilled;
        self.dropped.iter_mut().zip(other.dropped).for_each(|(sum, samples)| *sum += samples);
    }
}

/// Where samples are while they are neither delivered nor dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In memory, on the way included.
    Memory,
    /// In a spill file.
    Spill,
}

/// What becomes of samples that are somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The receiver has them.
    Delivered,
    /// The sink that takes what the first one cannot has them.
    Diverted,
    /// They are in the spill file.
    Spilled,
    /// They are gone.
    Dropped(Cause),
}

/// Counts samples, from any thread.
///
/// Who counts never waits. A reading is of one moment: it is taken again when somebody counted meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Changes begun and changes finished: equal while nobody counts.
    begun: AtomicU64,
    finished: AtomicU64,
    accepted: AtomicU64,
    delivered: AtomicU64,
    diverted: AtomicU64,
    memory: AtomicU64,
    spill: AtomicU64,
    dropped: [AtomicU64; CAUSES.len()],
}

impl Ledger {
    /// How often a reading is taken again before it is answered as it is.
    const READINGS_MAX: usize = 1000;

    /// Takes samples into `place`: those of a spill file are there since an earlier process.
    pub(crate) fn accept(&self, place: Place, samples: u64) {
        self.change(|| {
            add(&self.accepted, samples);
            add(self.place(place), samples);
        });
    }

    /// Accepts samples and drops them at once.
    pub(crate) fn drop_at_once(&self, cause: Cause, samples: u64) {
        self.change(|| {
            add(&self.accepted, samples);
            add(&self.dropped[cause as usize], samples);
        });
    }

    /// Moves samples out of `place`, at most as many as are there: what was given up with [`Ledger::abandon`] and is
    /// delivered after all is not counted twice.
    pub(crate) fn settle(&self, place: Place, fate: Fate, samples: u64) {
        self.change(|| {
            let taken = take(self.place(place), samples);
            match fate {
                Fate::Delivered => add(&self.delivered, taken),
                Fate::Diverted => {
                    add(&self.delivered, taken);
                    add(&self.diverted, taken);
                }
                Fate::Spilled => add(&self.spill, taken),
                Fate::Dropped(cause) => add(&self.dropped[cause as usize], taken),
            }
        });
    }

    /// Drops whatever is in memory.
    pub(crate) fn abandon(&self, cause: Cause) {
        self.settle(Place::Memory, Fate::Dropped(cause), u64::MAX);
    }

    /// The account of this moment.
    pub(crate) fn accounting(&self) -> Accounting {
        for _ in 0..Self::READINGS_MAX {
            let finished = self.finished.load(Ordering::SeqCst);
            let accounting = self.reading();
            if self.begun.load(Ordering::SeqCst) == finished {
                return accounting;
            }
            std::thread::yield_now();
        }
        // Somebody counts without a pause. The sum is right all the same; what is on the move may be counted late.
        let mut accounting = self.reading();
        accounting.accepted = accounting.delivered + accounting.dropped_total() + accounting.buffered;
        accounting
    }

    fn reading(&self) -> Accounting {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        let spilled = read(&self.spill);
        Accounting {
            accepted: read(&self.accepted),
            delivered: read(&self.delivered),
            diverted: read(&self.diverted),
            buffered: read(&self.memory) + spilled,
            spilled,
            dropped: std::array::from_fn(|at| read(&self.dropped[at])),
        }
    }

    fn change(&self, change: impl FnOnce()) {
        add(&self.begun, 1);
        change();
        add(&self.finished, 1);
    }

    fn place(&self, place: Place) -> &AtomicU64 {
        match place {
            Place::Memory => &self.memory,
            Place::Spill => &self.spill,
        }
    }
}

fn add(counter: &AtomicU64, samples: u64) {
    counter.fetch_add(samples, Ordering::SeqCst);
}

/// Takes up to `samples` away, and answers how many.
fn take(counter: &AtomicU64, samples: u64) -> u64 {
    let rest = |there: u64| Some(there.saturating_sub(samples));
    match counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, rest) {
        Ok(there) | Err(there) => there.min(samples),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(accounting: &Accounting) -> u64 {
        accounting.delivered + accounting.dropped_total() + accounting.buffered
    }

    #[test]
    fn each_cause_is_at_its_number() {
        for (at, (cause, name)) in CAUSES.iter().enumerate() {
            assert_eq!((*cause as usize, cause.as_str()), (at, *name));
        }
    }

    #[test]
    fn samples_move_and_never_vanish() {
        let ledger = Ledger::default();
        ledger.accept(Place::Memory, 10);
        ledger.accept(Place::Spill, 5);
        ledger.drop_at_once(Cause::Closed, 2);
        ledger.settle(Place::Memory, Fate::Spilled, 3);
        ledger.settle(Place::Memory, Fate::Delivered, 4);
        ledger.settle(Place::Memory, Fate::Diverted, 1);
        ledger.settle(Place::Spill, Fate::Dropped(Cause::SpillDamaged), 6);
        let accounting = ledger.accounting();
        assert_eq!((accounting.accepted, accounting.delivered, accounting.diverted), (17, 5, 1));
        assert_eq!((accounting.buffered, accounting.spilled), (4, 2));
        let causes: Vec<_> = accounting.causes().collect();
        assert_eq!(causes, [(Cause::SpillDamaged, 6), (Cause::Closed, 2)]);
        assert_eq!(accounting.accepted, balance(&accounting));
    }

    #[test]
    fn what_was_given_up_is_not_counted_again() {
        let ledger = Ledger::default();
        ledger.accept(Place::Memory, 10);
        ledger.abandon(Cause::Shutdown);
        ledger.settle(Place::Memory, Fate::Delivered, 10);
        let accounting = ledger.accounting();
        assert_eq!((accounting.delivered, accounting.dropped(Cause::Shutdown), accounting.buffered), (0, 10, 0));
        assert_eq!(accounting.accepted, balance(&accounting));
    }

    #[test]
    fn it_balances_while_others_count() {
        let ledger = Ledger::default();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        ledger.accept(Place::Memory, 3);
                        ledger.settle(Place::Memory, Fate::Delivered, 2);
                        ledger.settle(Place::Memory, Fate::Dropped(Cause::Refused), 1);
                    }
                });
            }
            for _ in 0..200 {
                let accounting = ledger.accounting();
                assert_eq!(accounting.accepted, balance(&accounting));
            }
        });
        let accounting = ledger.accounting();
        assert_eq!((accounting.accepted, accounting.delivered, accounting.buffered), (12_000, 8000, 0));
    }

    #[test]
    fn accounts_of_several_sinks_add_up() {
        let ledger = Ledger::default();
        ledger.accept(Place::Memory, 2);
        ledger.drop_at_once(Cause::TooLarge, 1);
        let mut sum = ledger.accounting();
        sum.add(&ledger.accounting());
        assert_eq!((sum.accepted, sum.buffered, sum.dropped(Cause::TooLarge)), (6, 4, 2));
    }
}
