//! Progress of what takes longer than a second, on standard error.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use tokio::time::Instant;

use crate::number::counted;
use crate::print;

/// From when on it is shown.
const QUIET: Duration = Duration::from_secs(1);
/// How often it is shown anew on a terminal ...
const TERMINAL_PAUSE: Duration = Duration::from_millis(250);
/// ... and in a file, where it adds up.
const FILE_PAUSE: Duration = Duration::from_secs(10);

/// A count that grows.
#[derive(Debug)]
pub(crate) struct Progress {
    noun: &'static str,
    is_terminal: bool,
    started: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// Starts to count things of this name, in the singular.
    pub(crate) fn of(noun: &'static str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "how long the command has taken; never a time of data")]
        let started = std::time::Instant::now().into();
        Progress { noun, is_terminal: stderr().is_terminal(), started, shown: None }
    }

    /// Shows the count, when it is time to.
    pub(crate) fn show(&mut self, count: u64) {
        let elapsed = self.started.elapsed();
        let pause = if self.is_terminal { TERMINAL_PAUSE } else { FILE_PAUSE };
        if elapsed < QUIET || self.shown.is_some_and(|shown| shown.elapsed() < pause) {
            return;
        }
        self.shown = Some(self.started + elapsed);
        let text = format!("{} in {} s", counted(count, self.noun), elapsed.as_secs());
        if self.is_terminal {
            print::note_over(&text);
        } else {
            print::note(&text);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_terminal && self.shown.is_some() {
            print::note_over("");
        }
    }
}
