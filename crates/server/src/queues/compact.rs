//! Keeping the log short: files whose messages are gone go, and what little is left in an old one is written again.

use std::collections::VecDeque;

use nepho_model::Timestamp;
use nepho_notify::queue::encode;

use super::{DurableQueues, Held};

/// How long the log may be before the oldest file is given up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths {
    /// So many times as long as what is in the queues ...
    factor: u64,
    /// ... and so many bytes longer.
    slack: u64,
    /// More files than this are too many, however short they are: each start begins one.
    files: u64,
}

impl Default for Lengths {
    fn default() -> Self {
        Lengths { factor: 3, slack: 64 << 20, files: 64 }
    }
}

/// The most messages that are written again along with a request.
const COPIES_MAX: usize = 64;
/// The most bytes of them.
const COPIES_BYTES: usize = 256 << 10;

/// Messages of an old file that are being written again.
#[derive(Debug, Default)]
pub(super) struct Copying {
    file: u64,
    messages: VecDeque<(u64, u64)>,
}

impl DurableQueues {
    /// Begins to write the messages of the oldest file again, if the log is too long.
    pub(super) fn consider_copying(&self, held: &mut Held, now: Timestamp) {
        if !held.copying.messages.is_empty() {
            return;
        }
        let figures = self.log.figures();
        let live = held.queues.bytes() as u64;
        let Lengths { factor, slack, files } = self.lengths;
        if figures.bytes <= factor * live + slack && figures.files <= files {
            return;
        }
        let Some(file) = held.queues.kept_by_messages(now) else { return };
        held.copying = Copying { file, messages: held.queues.living_in(file).into() };
    }

    /// Writes a few messages again, and gives up what is not needed any more when none is left.
    pub(super) fn copy_some(&self, held: &mut Held, now: Timestamp) {
        if held.copying.messages.is_empty() {
            return;
        }
        let (mut copies, mut bytes) = (0, 0);
        while copies < COPIES_MAX && bytes < COPIES_BYTES {
            let Some(message) = held.copying.messages.pop_front() else { break };
            if let Some((event, weight)) = held.queues.rehome(message, held.copying.file) {
                self.log.append(&encode(&[event]));
                bytes += weight;
            }
            copies += 1;
        }
        if held.copying.messages.is_empty() {
            self.give_up(held, now);
            self.consider_copying(held, now);
        }
    }

    /// Gives up the files that are not needed any more.
    pub(super) fn give_up(&self, held: &mut Held, now: Timestamp) {
        let needed = held.queues.first_needed(now);
        self.log.give_up_below(needed);
    }
}

#[cfg(test)]
impl Lengths {
    /// Lengths at which old files are given up all the time.
    pub(super) fn short() -> Self {
        Lengths { factor: 0, slack: 0, files: 2 }
    }
}
