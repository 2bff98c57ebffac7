//! Letting go of raw rows that are too old.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx};
use sqlx::{Connection, PgConnection};

use super::RollUp;
use super::summary::Released;
use crate::clock::Clock;
use crate::day::Day;
use crate::error::Error;
use crate::partition;

/// Rows of one delete, which is a transaction of its own.
pub const DELETE_ROWS: i64 = 5_000;
/// Between two deletes: ten times what one takes, because the pages that they touch are written later, in the background,
/// and commits wait behind those writes.
const PAUSE: Duration = Duration::from_millis(100);
/// How often the lock for taking a partition away is asked for.
const DETACH_TRIES: u32 = 40;
/// Between two of these tries.
const DETACH_PAUSE: Duration = Duration::from_millis(250);

/// Nobody misses a delete that a crash takes back, so no writer has to wait for its sync.
const NO_SYNC: &str = "SET LOCAL synchronous_commit = off";

/// From where the last delete ended, so that what is dead already is not looked at again.
const DELETE_PLAIN: &str = "
WITH old AS (
    SELECT id, recorded_at FROM operational_metrics WHERE recorded_at >= $1 AND recorded_at < $2
    ORDER BY recorded_at LIMIT $3
), deleted AS (
    DELETE FROM operational_metrics AS m USING old WHERE m.id = old.id AND m.recorded_at = old.recorded_at
)
SELECT count(*), max(recorded_at) FROM old";

const DELETE_DEFAULT: &str = "
WITH old AS (
    SELECT id, recorded_at FROM operational_metrics_default WHERE recorded_at >= $1 AND recorded_at < $2
    ORDER BY recorded_at LIMIT $3
), deleted AS (
    DELETE FROM operational_metrics_default AS m USING old WHERE m.id = old.id AND m.recorded_at = old.recorded_at
)
SELECT count(*), max(recorded_at) FROM old";

const FORGET_SERIES: &str = "DELETE FROM operational_metrics_series WHERE last_date < $1";

/// Deletes what is older than the retention, and notes which days can no longer be rolled up because of that.
pub(super) async fn release(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    clock: &impl Clock,
    is_partitioned: bool,
) -> Result<Released, Error> {
    let cut = cut(roll_up, clock.now())?;
    make_final(roll_up, connection, cut).await?;
    let mut released = Released::default();
    if is_partitioned {
        drop_partitions(connection, clock, cut, &mut released).await?;
    }
    let delete = if is_partitioned { DELETE_DEFAULT } else { DELETE_PLAIN };
    released.rows = delete_rows(connection, clock, cut, delete).await?;
    let first_kept = Day::at(cut, &roll_up.zone)?.date;
    sqlx::query(FORGET_SERIES).bind(first_kept.to_sqlx()).execute(connection).await?;
    Ok(released)
}

/// The time before which rows are too old.
pub(super) fn cut(roll_up: &RollUp, now: Timestamp) -> Result<Timestamp, Error> {
    let zoned = now.to_zoned(roll_up.zone.clone());
    let cut = zoned.checked_sub(i64::from(roll_up.retention_days).days());
    cut.map(|zoned| zoned.timestamp()).map_err(|_| Error::Calendar(zoned.date()))
}

async fn make_final(roll_up: &RollUp, connection: &mut PgConnection, cut: Timestamp) -> Result<(), Error> {
    let day = Day::at(cut, &roll_up.zone)?;
    let last = if day.start < cut { Some(day.date) } else { day.date.yesterday().ok() };
    sqlx::query("UPDATE operational_metrics_rolled_up SET is_final = true WHERE date <= $1 AND NOT is_final")
        .bind(last.map(ToSqlx::to_sqlx))
        .execute(connection)
        .await?;
    Ok(())
}

async fn drop_partitions(
    connection: &mut PgConnection,
    clock: &impl Clock,
    cut: Timestamp,
    released: &mut Released,
) -> Result<(), Error> {
    for date in partition::days(connection).await? {
        if Day::of(date, &TimeZone::UTC)?.end > cut {
            break;
        }
        match detach(connection, clock, date).await? {
            true => released.partitions.push(date),
            false => released.postponed.push(date),
        }
    }
    // Those too that a run which was ended in the middle has left.
    for date in partition::detached(connection).await? {
        match partition::remove(connection, clock, date).await {
            Err(error) if partition::is_lock_timeout(&error) => {
                tracing::warn!(
                    "what was the partition of {date} is being read, and stays on the disk until the next run"
                );
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Whether the partition could be taken away: who reads for long keeps it until another run.
async fn detach(connection: &mut PgConnection, clock: &impl Clock, date: Date) -> Result<bool, Error> {
    for _ in 0..DETACH_TRIES {
        match partition::detach(connection, date).await {
            Ok(()) => return Ok(true),
            Err(error) if partition::is_lock_timeout(&error) => clock.sleep(DETACH_PAUSE).await,
            Err(error) => return Err(error),
        }
    }
    tracing::warn!("the partition of {date} is in use, and stays until the next run");
    Ok(false)
}

async fn delete_rows(
    connection: &mut PgConnection,
    clock: &impl Clock,
    cut: Timestamp,
    statement: &'static str,
) -> Result<u64, Error> {
    let (mut rows, mut position) = (0, crate::sample::TIME_MIN.to_sqlx());
    loop {
        let mut transaction = connection.begin().await?;
        sqlx::raw_sql(NO_SYNC).execute(&mut *transaction).await?;
        let (deleted, last): (i64, Option<SqlTimestamp>) = sqlx::query_as(statement)
            .bind(position)
            .bind(cut.to_sqlx())
            .bind(DELETE_ROWS)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        rows += deleted as u64;
        let (DELETE_ROWS, Some(last)) = (deleted, last) else { return Ok(rows) };
        position = last;
        clock.sleep(PAUSE).await;
    }
}
