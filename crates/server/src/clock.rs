//! The only place that reads time: everything else takes `now` as an argument.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nepho_model::Timestamp;
use nepho_store::{Change, Record, Records, StoreError, Table};
use tokio::sync::watch;

/// The server's clock: the machine's, or one that moves when it is told to.
#[derive(Debug)]
pub struct Clock(Kind);

#[derive(Debug)]
enum Kind {
    System,
    Manual(watch::Sender<Timestamp>),
}

/// Where a manual clock stood when it was last moved, so that a server goes on from there after a start.
const CLOCK: Table = Table("clock");
/// The key of the one record, whose value is the time in milliseconds.
const MANUAL: &str = "manual";

/// The time at which a manual clock stood when a server with these records ended, or was killed; `None` when there was
/// none.
///
/// # Errors
/// What the store said, and a record that is damaged.
pub fn manual_time(records: &dyn Records) -> Result<Option<Timestamp>, StoreError> {
    let Some(value) = records.get(CLOCK, MANUAL)? else { return Ok(None) };
    let ms = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok());
    let ms = ms.ok_or_else(|| StoreError::Records {
        path: format!("{}/{MANUAL}", CLOCK.0).into(),
        detail: "it is no time in milliseconds".to_owned(),
    })?;
    Ok(Some(Timestamp::from_millis(ms)))
}

/// The longest sleep before the machine's clock is looked at again: it may have been set.
const SLEEP_MAX: Duration = Duration::from_secs(60);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Clock(Kind::System)
    }

    /// A clock that stands at `start` until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Clock(Kind::Manual(watch::Sender::new(start)))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => system_time(),
            Kind::Manual(time) => *time.borrow(),
        }
    }

    /// Whether it only moves when it is told to.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Kind::Manual(_))
    }

    /// Moves a manual clock. The machine's stays what it is.
    pub(crate) fn set(&self, now: Timestamp) {
        if let Kind::Manual(time) = &self.0 {
            time.send_replace(now);
        }
    }

    /// The change that remembers where a manual clock stands; none of the machine's.
    pub(crate) fn remembered(&self) -> Option<Change> {
        let value = self.now().millis().to_string().into_bytes();
        self.is_manual().then(|| Change::Put(CLOCK, Record { key: MANUAL.to_owned(), value }))
    }

    /// Waits until it is that late.
    pub(crate) async fn reached(&self, time: Timestamp) {
        match &self.0 {
            Kind::Manual(manual) => {
                // The clock itself holds the other end.
                drop(manual.subscribe().wait_for(|now| *now >= time).await);
            }
            Kind::System => {
                while let left @ 1.. = time.millis() - system_time().millis() {
                    tokio::time::sleep(Duration::from_millis(left as u64).min(SLEEP_MAX)).await;
                }
            }
        }
    }
}

/// The machine's time.
#[expect(clippy::disallowed_methods, reason = "this is the clock that the rest takes its time from")]
pub fn system_time() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since_epoch.as_millis() as i64)
}

/// Time since the first call. For measuring durations, never for times of data.
#[expect(clippy::disallowed_methods, reason = "a duration of the server's own work, never a time of data")]
pub fn monotonic() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Measures how long something took, for the server's own metrics.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Duration);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Stopwatch(monotonic())
    }

    pub(crate) fn elapsed(self) -> Duration {
        monotonic().saturating_sub(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_until_it_is_moved() {
        let clock = Clock::manual(Timestamp::from_seconds(60));
        assert_eq!(clock.now(), Timestamp::from_seconds(60));
        clock.set(Timestamp::from_seconds(30));
        assert_eq!(clock.now(), Timestamp::from_seconds(30));
    }

    #[test]
    fn a_manual_clock_is_remembered() {
        let records = nepho_store::MemoryRecords::default();
        let kept = || manual_time(&records).unwrap();
        let remember = |clock: &Clock| records.commit(&clock.remembered().into_iter().collect::<Vec<_>>()).unwrap();
        remember(&Clock::system());
        assert_eq!(kept(), None);
        let at = Timestamp::from_millis(1_777_896_000_123);
        remember(&Clock::manual(at));
        assert_eq!(kept(), Some(at));
        let damaged = Record { key: MANUAL.to_owned(), value: b"noon".to_vec() };
        records.commit(&[Change::Put(CLOCK, damaged)]).unwrap();
        assert!(manual_time(&records).unwrap_err().to_string().contains("no time in milliseconds"));
    }

    #[tokio::test]
    async fn who_waits_for_a_manual_clock_waits_until_it_is_moved() {
        let clock = Clock::manual(Timestamp::from_seconds(0));
        let moved = async {
            clock.set(Timestamp::from_seconds(59));
            tokio::task::yield_now().await;
            clock.set(Timestamp::from_seconds(60));
        };
        tokio::join!(clock.reached(Timestamp::from_seconds(60)), moved);
        assert_eq!(clock.now(), Timestamp::from_seconds(60));
    }
}
