//! How often a sink may be called.

use std::collections::VecDeque;
use std::time::Duration;

/// A minute, and a second because the receiver's minute is not ours: calls arrive after different times.
const MINUTE: Duration = Duration::from_secs(61);

/// At most so many calls in any minute.
#[derive(Debug)]
pub(super) struct Pace {
    calls_max: usize,
    /// When the calls of the last minute were made.
    calls: VecDeque<Duration>,
    /// So many more may be made whatever the limit is, because somebody waits for them.
    free: usize,
}

impl Pace {
    /// Without a limit, or with one of at least 1.
    pub(super) fn new(calls_per_minute_max: Option<u32>) -> Self {
        let calls_max = calls_per_minute_max.map_or(usize::MAX, |calls| calls.max(1) as usize);
        Pace { calls_max, calls: VecDeque::new(), free: 0 }
    }

    /// When the next call may be made, unless that is now.
    pub(super) fn wait(&mut self, now: Duration) -> Option<Duration> {
        while self.calls.front().is_some_and(|call| *call + MINUTE <= now) {
            self.calls.pop_front();
        }
        let is_over = self.free == 0 && self.calls.len() >= self.calls_max;
        is_over.then(|| self.calls[self.calls.len() - self.calls_max] + MINUTE)
    }

    pub(super) fn called(&mut self, now: Duration) {
        if self.free > 0 {
            self.free -= 1;
        } else if self.calls_max < usize::MAX {
            self.calls.push_back(now);
        }
    }

    /// Forgets the calls that were made, and lets the next ones through, however many: somebody waits for them.
    pub(super) fn forgive(&mut self, calls: usize) {
        self.calls.clear();
        self.free = calls;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_calls_than_the_limit() {
        let seconds = Duration::from_secs;
        let mut pace = Pace::new(Some(2));
        let cases = [(0, None), (10, None), (11, Some(61)), (60, Some(61)), (61, None), (62, Some(71)), (71, None)];
        for (now, expected) in cases {
            let wait = pace.wait(seconds(now));
            assert_eq!(wait, expected.map(seconds), "at {now} s");
            if wait.is_none() {
                pace.called(seconds(now));
            }
        }
        pace.forgive(3);
        let cases = [(72, None), (72, None), (72, None), (73, None), (74, None), (75, Some(134))];
        for (now, expected) in cases {
            assert_eq!(pace.wait(seconds(now)), expected.map(seconds), "at {now} s, after it was forgiven");
            pace.called(seconds(now));
        }
        let mut free = Pace::new(None);
        (0..1000).for_each(|_| free.called(seconds(1)));
        assert_eq!(free.wait(seconds(1)), None);
    }
}
