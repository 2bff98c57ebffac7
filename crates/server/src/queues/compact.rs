//! Keeping the log short: files whose messages are gone go, and what little is left in an old one is written again.

use std::collections::VecDeque;

use nepho_model::Timestamp;
use nepho_notify::queue::encode;

use super::{DurableQueues, Held};

/// The log may be so many times as long as what is in the queues ...
const LENGTH_FACTOR: u64 = 3;
/// ... and so many bytes longer, before the oldest file is given up.
const LENGTH_SLACK: u64 = 64 << 20;
/// More files than this are too many, however short they are: each start begins one.
const FILES_MAX: u64 = 64;
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
        if figures.bytes <= LENGTH_FACTOR * live + LENGTH_SLACK && figures.files <= FILES_MAX {
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
