//! The cell of a histogram in one thread: two halves, one written, one read.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU64, fence};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::half::{Contents, Half};
use super::tally::Tally;

/// How often a reader looks again at a cell whose writer is in the middle of a sample.
const LOOKS_MAX: u32 = 256;

/// Samples of one thread. The writer fills the half of its `epoch`. When the reader wishes for the next epoch, the
/// writer takes the other half with its next sample, and the half it leaves is the reader's alone.
///
/// A writer that pauses never hears the wish. The reader then copies the half that is still in use, which is sound when
/// `sequence` is even and the same before and after, and remembers what it has seen of it; since a writer looks at the
/// wish before each sample, what is added to that half later is no more than the sample it may have been writing, and
/// is found by comparing once the half is left.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    /// Odd while a sample is being written, and twice the number of samples otherwise. The writer's.
    sequence: AtomicU64,
    /// The writer's.
    epoch: AtomicU64,
    /// The reader's: `epoch`, or the one after it.
    wish: AtomicU64,
    halves: [Half; 2],
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// How many samples the reader has taken.
    samples: u64,
    /// `sequence` when the half in use was copied.
    sequence: u64,
    /// What was in the half in use when it was copied.
    in_use: Contents,
}

impl Samples {
    /// Adds `count` samples of one value, at least one. Only the thread that owns the cell calls this.
    #[inline]
    pub(super) fn record(&self, value: f64, count: u64) {
        let sequence = self.sequence.load(Relaxed);
        self.sequence.store(sequence.wrapping_add(1), Relaxed);
        fence(Release);
        let mut epoch = self.epoch.load(Relaxed);
        let wish = self.wish.load(Acquire);
        if wish != epoch {
            epoch = wish;
            self.begin(epoch);
        }
        self.halves[(epoch & 1) as usize].add(value, count);
        self.sequence.store(sequence.wrapping_add(2 * count), Release);
    }

    #[cold]
    #[inline(never)]
    fn begin(&self, epoch: u64) {
        self.halves[(epoch & 1) as usize].clear();
        self.epoch.store(epoch, Release);
    }

    /// Puts into `tally` what was recorded since the last time: every sample that was written before this call, and
    /// perhaps some that are written during it. `false` when the writer stood in the middle of a sample all the while:
    /// what it wrote since the last time is then left for the next.
    pub(super) fn collect(&self, tally: &mut Tally) -> bool {
        let seen = &mut *self.seen();
        if self.sequence.load(Acquire) == seen.sequence {
            return true;
        }
        self.take_left(seen, tally);
        let asked = self.wish.load(Relaxed);
        for look in 0..LOOKS_MAX {
            if self.take_left(seen, tally) || self.take_in_use(seen, tally) {
                return true;
            }
            debug_assert_eq!(self.wish.load(Relaxed), asked);
            if look < LOOKS_MAX / 4 {
                std::hint::spin_loop();
            } else {
                // The writer has lost its processor in the middle of a sample: it may have ours.
                std::thread::yield_now();
            }
        }
        false
    }

    /// Takes the half that the writer has left, if it has, and wishes for the next epoch.
    fn take_left(&self, seen: &mut Seen, tally: &mut Tally) -> bool {
        let epoch = self.epoch.load(Acquire);
        let is_left = epoch == self.wish.load(Relaxed);
        if is_left {
            if epoch > 0 {
                let left = self.halves[(epoch.wrapping_sub(1) & 1) as usize].contents();
                seen.samples += left.since(&seen.in_use, tally);
            }
            seen.in_use = Contents::default();
            seen.sequence = u64::MAX;
            self.wish.store(epoch.wrapping_add(1), Release);
        }
        is_left
    }

    /// Copies the half in use, if nothing is being written to it.
    fn take_in_use(&self, seen: &mut Seen, tally: &mut Tally) -> bool {
        let before = self.sequence.load(Acquire);
        let epoch = self.epoch.load(Acquire);
        if !before.is_multiple_of(2) || epoch == self.wish.load(Relaxed) {
            return false;
        }
        let contents = self.halves[(epoch & 1) as usize].contents();
        fence(Acquire);
        let is_whole = self.sequence.load(Relaxed) == before && self.epoch.load(Relaxed) == epoch;
        if is_whole {
            seen.samples += contents.since(&seen.in_use, tally);
            seen.in_use = contents;
            seen.sequence = before;
        }
        is_whole
    }

    /// How many samples wait to be collected.
    pub(super) fn waiting(&self) -> u64 {
        let seen = self.seen();
        (self.sequence.load(Acquire) / 2).wrapping_sub(seen.samples)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
