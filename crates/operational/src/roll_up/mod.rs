//! Rolling up raw rows to daily ones, and letting go of the raw ones.

mod day_statement;
mod due;
mod retention;
mod seen;
mod summary;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::PgConnection;

pub use due::{DueDay, Reason};
pub use retention::DELETE_ROWS;
pub use summary::{Outcome, Released, RolledDay, Summary};

use crate::clock::Clock;
use crate::day::Day;
use crate::error::Error;
use crate::lock;
use crate::metric_type::Catalogue;
use crate::partition;
use crate::read;

/// How days are rolled up, and how long raw rows are kept.
///
/// A connection that is handed to the methods here should be its own: a lock is held on it that keeps other instances
/// from doing the same work, and it has to lead to the server itself, or to a pooler that gives it one session. When a
/// call is given up before its end, the lock is held until the connection is used again, or closed.
#[derive(Debug, Clone, PartialEq)]
pub struct RollUp {
    /// Whose days are meant by `date`: a zone of the IANA database, such as [`zone`](crate::zone) finds.
    pub zone: TimeZone,
    /// Which label the daily rows of each type are kept by. Types that are not here are kept by the first label that a
    /// row has.
    pub catalogue: Catalogue,
    /// How many days raw rows are kept.
    pub retention_days: u16,
    /// How many of the last days are rolled up again in each run, for transactions that were long on their way.
    pub repeated_days: u16,
}

impl Default for RollUp {
    /// Days of UTC; raw rows are kept 30 days; the last two days are rolled up again.
    fn default() -> Self {
        RollUp { zone: TimeZone::UTC, catalogue: Catalogue::default(), retention_days: 30, repeated_days: 2 }
    }
}

impl RollUp {
    /// Rolls up every day that is missing or has late rows, and the last ones again; then deletes raw rows that are too
    /// old. Logs what it did.
    ///
    /// With `since`, the last days are left alone if they were rolled up at that time or later: so an instance that
    /// comes second does nothing again.
    ///
    /// # Errors
    /// What the server says. Days that were done until then stay done, and the next run goes on from there.
    /// [`Error::Day`] when a day cannot be rolled up: the others are, and no raw rows are deleted.
    pub async fn run(
        &self,
        connection: &mut PgConnection,
        clock: &impl Clock,
        since: Option<Timestamp>,
    ) -> Result<Outcome, Error> {
        let Some(mut lock) = lock::acquire(connection).await? else {
            tracing::info!("another instance is rolling up operational metrics");
            return Ok(Outcome::Elsewhere);
        };
        let summary = self.run_alone(lock.as_mut(), clock, since).await;
        lock::release(lock).await;
        let summary = summary?;
        tracing::info!("operational metrics rolled up: {summary}");
        Ok(Outcome::Done(summary))
    }

    /// Rolls up these days, whether they were before or not, and deletes nothing.
    ///
    /// # Errors
    /// [`Error::NotOver`] and [`Error::Final`] for days that cannot be rolled up; what the server says otherwise.
    pub async fn days(
        &self,
        connection: &mut PgConnection,
        clock: &impl Clock,
        dates: impl IntoIterator<Item = Date>,
    ) -> Result<Outcome, Error> {
        let Some(mut lock) = lock::acquire(connection).await? else {
            return Ok(Outcome::Elsewhere);
        };
        let done = self.days_alone(lock.as_mut(), clock, dates).await;
        lock::release(lock).await;
        done.map(Outcome::Done)
    }

    /// The days that [`RollUp::run`] would roll up.
    ///
    /// # Errors
    /// What the server says.
    pub async fn due(
        &self,
        connection: &mut PgConnection,
        now: Timestamp,
        since: Option<Timestamp>,
    ) -> Result<Vec<DueDay>, Error> {
        let days = due::days(self, connection, now, since).await?;
        Ok(days.into_iter().map(|(day, reason)| DueDay { date: day.date, reason }).collect())
    }

    async fn run_alone(
        &self,
        connection: &mut PgConnection,
        clock: &impl Clock,
        since: Option<Timestamp>,
    ) -> Result<Summary, Error> {
        let is_partitioned = partition::is_partitioned(connection).await?;
        if is_partitioned {
            partition::prepare_or_warn(connection, clock.now()).await?;
        }
        if let Some((_, zone, _)) = read::last_day(&mut *connection).await?
            && Some(&*zone) != self.zone.iana_name()
        {
            tracing::warn!("days were rolled up in {zone}, and are all rolled up again in {}", self.zone_name()?);
        }
        let mark = seen::mark(connection).await?;
        let mut summary = Summary::default();
        let mut first_failed = None;
        for (day, _) in due::days(self, connection, clock.now(), since).await? {
            match self.day(connection, &day, clock.now()).await {
                Ok(rolled) => summary.days.push(rolled),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::error!("{error}");
                    first_failed.get_or_insert(error);
                }
            }
        }
        if let Some(error) = first_failed {
            return Err(error);
        }
        let seen = seen::read(connection).await?.then(mark);
        seen::write(connection, &seen).await?;
        summary.released = retention::release(self, connection, clock, is_partitioned).await?;
        Ok(summary)
    }

    async fn days_alone(
        &self,
        connection: &mut PgConnection,
        clock: &impl Clock,
        dates: impl IntoIterator<Item = Date>,
    ) -> Result<Summary, Error> {
        let mut summary = Summary::default();
        for date in dates {
            let day = self.rollable(connection, clock.now(), date).await?;
            summary.days.push(self.day(connection, &day, clock.now()).await?);
        }
        Ok(summary)
    }

    async fn rollable(&self, connection: &mut PgConnection, now: Timestamp, date: Date) -> Result<Day, Error> {
        let day = Day::of(date, &self.zone)?;
        if day.end > now {
            return Err(Error::NotOver { date, now });
        }
        let may_be_released = day.start < retention::cut(self, now)?;
        let is_lost =
            due::is_final(connection, date).await? || (may_be_released && due::has_rows(connection, date).await?);
        match is_lost {
            true => Err(Error::Final { date, retention_days: self.retention_days }),
            false => Ok(day),
        }
    }

    async fn day(&self, connection: &mut PgConnection, day: &Day, now: Timestamp) -> Result<RolledDay, Error> {
        let rolled =
            day_statement::execute(self, connection, day, now).await.map_err(|error| error.of_day(day.date))?;
        tracing::debug!("{rolled}");
        Ok(rolled)
    }

    /// The zone's name, as it is kept beside each day. Whoever reads the day has to find the zone by it.
    fn zone_name(&self) -> Result<&str, Error> {
        let nameless = || Error::Zone { name: format!("{:?}", self.zone), reason: "it has no IANA name".to_owned() };
        self.zone.iana_name().ok_or_else(nameless)
    }
}
