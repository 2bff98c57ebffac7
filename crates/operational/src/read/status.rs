//! How things stand.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::Timestamp as SqlTimestamp;
use sqlx::PgConnection;

use super::last_day;
use crate::error::Error;
use crate::partition;
use crate::roll_up::{Reason, RollUp};
use crate::schema::{Applied, applied};

/// The state of the tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The migrations that were applied; none when the tables were made in another way.
    pub migrations: Vec<Applied>,
    /// The days that have a partition; `None` when the raw table is a plain one.
    pub partitions: Option<Vec<Date>>,
    /// Raw rows, as the server estimates them; `None` while it has not looked at a table yet.
    pub raw_rows: Option<u64>,
    /// The first raw row's time.
    pub oldest: Option<Timestamp>,
    /// The last raw row's time.
    pub newest: Option<Timestamp>,
    /// Bytes of raw rows with their indexes.
    pub raw_bytes: u64,
    /// Daily rows.
    pub daily_rows: u64,
    /// The last day that was rolled up.
    pub last_day: Option<Date>,
    /// The zone whose day it was.
    pub zone: Option<String>,
    /// When that was.
    pub rolled_up_at: Option<Timestamp>,
    /// Days that were not rolled up.
    pub missing: Vec<Date>,
    /// Days that were, and have to be again: in another zone, or before rows of them came.
    pub outdated: Vec<Date>,
}

const RAW_TABLE: &str = "
SELECT CASE WHEN NOT bool_or(c.relpages = 0 AND pg_relation_size(c.oid) > 0)
    THEN sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind = 'r')::bigint END, sum(pg_total_relation_size(c.oid))::bigint
FROM pg_catalog.pg_class AS c
WHERE c.oid = 'operational_metrics'::regclass
    OR c.oid IN (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = 'operational_metrics'::regclass)";

/// Looks at everything. A day that ended by `now` should have been rolled up.
///
/// # Errors
/// [`Error::NotMigrated`] without tables; what the server says otherwise.
pub async fn status(connection: &mut PgConnection, roll_up: &RollUp, now: Timestamp) -> Result<Status, Error> {
    let migrations = applied(connection).await?;
    let partitions = match partition::is_partitioned(connection).await? {
        true => Some(partition::days(connection).await?),
        false => None,
    };
    let (raw_rows, raw_bytes): (Option<i64>, i64) = sqlx::query_as(RAW_TABLE).fetch_one(&mut *connection).await?;
    let (oldest, newest): (Option<SqlTimestamp>, Option<SqlTimestamp>) =
        sqlx::query_as("SELECT min(recorded_at), max(recorded_at) FROM operational_metrics")
            .fetch_one(&mut *connection)
            .await?;
    let daily_rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM operational_metrics_daily").fetch_one(&mut *connection).await?;
    let last = last_day(&mut *connection).await?;
    let due = roll_up.due(connection, now, None).await?;
    let because = |reason| due.iter().filter(|due| due.reason == reason).map(|due| due.date).collect();
    Ok(Status {
        migrations,
        partitions,
        raw_rows: raw_rows.map(|rows| rows as u64),
        oldest: oldest.map(SqlTimestamp::to_jiff),
        newest: newest.map(SqlTimestamp::to_jiff),
        raw_bytes: raw_bytes as u64,
        daily_rows: daily_rows as u64,
        last_day: last.as_ref().map(|(date, ..)| date.to_jiff()),
        rolled_up_at: last.as_ref().map(|(.., at)| at.to_jiff()),
        zone: last.map(|(_, zone, _)| zone),
        missing: because(Reason::Missing),
        outdated: because(Reason::Outdated),
    })
}
