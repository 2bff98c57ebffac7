//! Partitions of the raw table: one for each day of UTC, and one for all other times.
//!
//! Statements here take locks that writers would queue behind: on the table, two of its partitions and the application's
//! table. So each waits for a lock only so long ([`LOCK_WAIT_MS`]), gives way, and tries again.

mod release;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
pub(crate) use release::{detach, detached, remove, remove_detached_sql};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::error::Error;
use crate::lock;

/// How long a statement that changes partitions may wait for each of its locks, of which there are four at most, and hold
/// up writers meanwhile.
pub const LOCK_WAIT_MS: u32 = 10;
/// How many days' partitions are made in advance. Rows for which there is none go to the default partition.
pub const DAYS_AHEAD: i32 = 7;

/// First half of the key of the lock that keeps two instances from making the same partition.
const LOCK_CLASS: i32 = 0x6e65_7069;
/// Begins the name of every partition of a day; its date follows.
const PREFIX: &str = "operational_metrics_";

/// Whether the raw table has partitions.
pub(crate) async fn is_partitioned(connection: &mut PgConnection) -> Result<bool, Error> {
    let kind: bool =
        sqlx::query_scalar("SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = 'operational_metrics'::regclass")
            .fetch_one(connection)
            .await?;
    Ok(kind)
}

/// Makes the partitions of the day before `now`, the day itself, and [`DAYS_AHEAD`] more, as far as they are missing.
///
/// # Errors
/// What the server says; [`Error::is_transient`] when a lock was not to be had.
async fn prepare(connection: &mut PgConnection, now: Timestamp) -> Result<(), Error> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let there = days(connection).await?;
    for offset in -1..=DAYS_AHEAD {
        let Ok(day) = today.checked_add(offset.days()) else { continue };
        if !there.contains(&day) {
            add(connection, day).await?;
        }
    }
    Ok(())
}

/// As [`prepare`]; a lock that was not to be had is no failure, because rows go to the default partition until the next
/// time.
pub(crate) async fn prepare_or_warn(connection: &mut PgConnection, now: Timestamp) -> Result<(), Error> {
    match prepare(connection, now).await {
        Err(error) if is_lock_timeout(&error) => {
            tracing::warn!("partitions of the coming days were not all made: {error}");
            Ok(())
        }
        outcome => outcome,
    }
}

/// Whether a lock was not to be had within [`LOCK_WAIT_MS`].
pub(crate) fn is_lock_timeout(error: &Error) -> bool {
    let Error::Database(error) = error else { return false };
    error.as_database_error().and_then(|refusal| refusal.code()).is_some_and(|code| code == "55P03")
}

/// The days that have a partition, ascending.
pub(crate) async fn days(connection: &mut PgConnection) -> Result<Vec<Date>, Error> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'operational_metrics'::regclass ORDER BY 1",
    )
    .fetch_all(connection)
    .await?;
    Ok(names.iter().filter_map(|name| day_of(name)).collect())
}

/// Makes the partition of a day, with the rows that were recorded while it was missing.
///
/// It is filled beside the table and attached with a constraint that says what is in it, so that nothing has to be
/// read while locks are held.
async fn add(connection: &mut PgConnection, day: Date) -> Result<(), Error> {
    let (name, next) = (name_of(day), day.tomorrow().map_err(|_| Error::Calendar(day))?);
    let within = format!("recorded_at >= '{day} 00:00:00Z' AND recorded_at < '{next} 00:00:00Z'");
    let script = format!(
        "SET LOCAL lock_timeout = {LOCK_WAIT_MS};
         CREATE TABLE {name} (LIKE operational_metrics INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
         ALTER TABLE {name} ADD CONSTRAINT {name}_day CHECK ({within});
         WITH moved AS (DELETE FROM operational_metrics_default WHERE {within} RETURNING *)
             INSERT INTO {name} SELECT * FROM moved;
         ALTER TABLE operational_metrics ATTACH PARTITION {name}
             FOR VALUES FROM ('{day} 00:00:00Z') TO ('{next} 00:00:00Z');
         ALTER TABLE {name} DROP CONSTRAINT {name}_day;"
    );
    let mut transaction = connection.begin().await?;
    let table = lock::table_key(&mut transaction).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)").bind(LOCK_CLASS).bind(table).execute(&mut *transaction).await?;
    let is_there: bool =
        sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(&name).fetch_one(&mut *transaction).await?;
    if !is_there {
        sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

fn name_of(day: Date) -> String {
    format!("{PREFIX}{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn day_of(name: &str) -> Option<Date> {
    let digits = name.strip_prefix(PREFIX)?;
    let is_date = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    match is_date {
        true => Date::new(part(0..4)?, part(4..6)? as i8, part(6..8)? as i8).ok(),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_name_of_a_partition_is_that_of_its_day() {
        assert_eq!(name_of(date(2026, 5, 4)), "operational_metrics_20260504");
        assert_eq!(day_of("operational_metrics_20260504"), Some(date(2026, 5, 4)));
        for other in ["operational_metrics_default", "operational_metrics_20261332", "operational_metrics_2026050", "x"]
        {
            assert_eq!(day_of(other), None, "{other}");
        }
    }
}
