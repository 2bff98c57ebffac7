//! Rolling up on schedule, for as long as the process runs.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Connection;
use sqlx::postgres::PgConnectOptions;

use crate::back_off::BackOff;
use crate::clock::Clock;
use crate::connect::connect;
use crate::error::Error;
use crate::roll_up::{Outcome, RollUp};
use crate::schedule::Schedule;

/// The longest wait before the clock is looked at again, so that one that is set or was asleep is noticed.
const LOOK: Duration = Duration::from_secs(60);

/// Rolls up when the schedule says so, and at its start what was missed before.
///
/// Any number of instances may follow the same schedule on one database: one does the work, and the others find it
/// done. A connection that cannot be had or is lost is tried again with a back-off until it comes back, and each failure
/// is a warning in the log.
#[derive(Debug, Clone)]
pub struct Routine {
    /// The database. Each run has a connection of its own, which has to be one session (see [`RollUp`]).
    pub database: PgConnectOptions,
    /// When.
    pub schedule: Schedule,
    /// What.
    pub roll_up: RollUp,
    /// How long to wait after a failure.
    pub back_off: BackOff,
}

impl Routine {
    /// Every day at half past one of UTC, with 30 days of raw rows.
    pub fn new(database: PgConnectOptions) -> Self {
        Routine { database, schedule: Schedule::default(), roll_up: RollUp::default(), back_off: BackOff::default() }
    }

    /// Follows the schedule until `stop` resolves. A roll-up that runs then is given up; the day it was at is not half
    /// done, but not done.
    pub async fn follow(&self, clock: &impl Clock, stop: impl Future<Output = ()>) {
        let work = async {
            let mut served = None;
            loop {
                let now = clock.now();
                let due = self.schedule.previous(now).filter(|due| served.is_none_or(|served| served < *due));
                if let Some(due) = due {
                    self.serve(clock, due).await;
                    served = Some(due);
                }
                clock.sleep(self.wait(clock.now())).await;
            }
        };
        tokio::select! {
            () = stop => {}
            () = work => {}
        }
    }

    /// Does what was due at `due`, however often it takes.
    async fn serve(&self, clock: &impl Clock, due: Timestamp) {
        let mut failures = 0;
        loop {
            let why = match self.run(clock, Some(due)).await {
                Ok(Outcome::Done(_)) => return,
                Ok(Outcome::Elsewhere) => None,
                Err(error) => Some(error),
            };
            failures += 1;
            let wait = self.back_off.after(failures);
            if let Some(error) = why {
                let seconds = wait.as_secs_f64();
                tracing::warn!("operational metrics were not rolled up (try {failures}, next in {seconds} s): {error}");
            }
            clock.sleep(wait).await;
        }
    }

    /// Rolls up once, on a connection of its own; see [`RollUp::run`].
    ///
    /// # Errors
    /// What the server says, or what keeps it from saying anything.
    pub async fn run(&self, clock: &impl Clock, since: Option<Timestamp>) -> Result<Outcome, Error> {
        let mut connection = connect(&self.database).await?;
        let outcome = self.roll_up.run(&mut connection, clock, since).await;
        if outcome.is_ok() {
            connection.close().await?;
        }
        outcome
    }

    /// As [`Routine::run`], and again with the back-off while the server cannot be reached, at most so many times.
    ///
    /// # Errors
    /// The last one, when it is not transient or there are no tries left.
    pub async fn run_with_retries(&self, clock: &impl Clock, tries: u32) -> Result<Outcome, Error> {
        let mut failures = 0;
        loop {
            let error = match self.run(clock, None).await {
                Err(error) if error.is_transient() => error,
                outcome => return outcome,
            };
            failures += 1;
            if failures >= tries {
                return Err(error);
            }
            let wait = self.back_off.after(failures);
            tracing::warn!("try {failures} of {tries} failed, next in {} s: {error}", wait.as_secs_f64());
            clock.sleep(wait).await;
        }
    }

    fn wait(&self, now: Timestamp) -> Duration {
        let next = self.schedule.next(now).map(|next| next.duration_since(now).unsigned_abs());
        next.unwrap_or(LOOK).min(LOOK)
    }
}
