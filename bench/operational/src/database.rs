//! A database of its own for each measurement.

use std::ops::Range;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use nepho_operational::{Clock, Schema, Storage, SystemClock};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{Outcome, Setup};

const NAME: &str = "nepho_bench_operational";
/// In a day, at the `checkpoint_timeout` that the server has: 15 minutes.
const CHECKPOINTS: i64 = 96;

/// Makes it anew, with the emails that metrics may refer to.
pub(crate) async fn create(setup: &Setup, storage: Storage) -> Outcome<PgConnectOptions> {
    remove(setup).await?;
    let mut server = PgConnection::connect_with(&setup.postgres).await?;
    run(&mut server, &format!("CREATE DATABASE {NAME}")).await?;
    let options = setup.postgres.clone().database(NAME);
    let mut connection = PgConnection::connect_with(&options).await?;
    run(&mut connection, "CREATE TABLE incoming_emails (id bigint PRIMARY KEY, subject text)").await?;
    run(&mut connection, "INSERT INTO incoming_emails SELECT i, 'mail' FROM generate_series(1, 1000) AS i").await?;
    Schema { storage, ..Schema::default() }.up(&mut connection, SystemClock.now()).await?;
    Ok(options)
}

pub(crate) async fn remove(setup: &Setup) -> Outcome<()> {
    let mut server = PgConnection::connect_with(&setup.postgres).await?;
    run(&mut server, &format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")).await
}

pub(crate) async fn run(connection: &mut PgConnection, sql: &str) -> Outcome<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}

/// Takes the indexes away that rows would be filled into one by one; `restore_indexes` has them made at once, which is
/// faster and comes to the same.
pub(crate) async fn take_indexes(connection: &mut PgConnection) -> Outcome<Vec<String>> {
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "SELECT indexname::text, replace(indexdef, ' ON ONLY ', ' ON ') FROM pg_indexes
         WHERE tablename = 'operational_metrics' AND indexname <> 'operational_metrics_pkey'",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (name, _) in &indexes {
        run(connection, &format!("DROP INDEX {name}")).await?;
    }
    Ok(indexes.into_iter().map(|(_, definition)| definition).collect())
}

pub(crate) async fn restore_indexes(connection: &mut PgConnection, definitions: &[String]) -> Outcome<()> {
    for definition in definitions {
        run(connection, definition).await?;
    }
    Ok(())
}

/// What the server does by itself within some minutes; without it, the first to read would do it.
pub(crate) async fn settle(connection: &mut PgConnection) -> Outcome<()> {
    run(connection, "VACUUM ANALYZE operational_metrics").await?;
    run(connection, "CHECKPOINT").await
}

/// The midnight (UTC) so many days ago.
pub(crate) fn midnight(days_ago: i64) -> Outcome<Timestamp> {
    let today = SystemClock.now().to_zoned(TimeZone::UTC).start_of_day()?.timestamp();
    Ok(today.checked_sub(SignedDuration::from_hours(24 * days_ago))?)
}

/// Fills a day as time does: its files grow side by side, and get their places on the disk at each checkpoint. Filled at
/// once they would lie there in pieces of 128 MB, and how large the pieces are is what freeing them depends on.
pub(crate) async fn grow(connection: &mut PgConnection, start: Timestamp, rows: i64) -> Outcome<()> {
    for checkpoint in 0..CHECKPOINTS {
        let (first, end) = (checkpoint * rows / CHECKPOINTS, (checkpoint + 1) * rows / CHECKPOINTS);
        fill_part(connection, start, rows, first..end).await?;
        run(connection, "CHECKPOINT").await?;
    }
    Ok(())
}

/// Fills a day at once.
pub(crate) async fn fill(connection: &mut PgConnection, start: Timestamp, rows: i64) -> Outcome<()> {
    fill_part(connection, start, rows, 0..rows).await
}

/// Rows of the five types, evenly spread over the day: 4 queues, 8 actors with 3 stages and 4 errors, 2 models with
/// 3 operations, values with all their digits.
async fn fill_part(connection: &mut PgConnection, start: Timestamp, rows: i64, part: Range<i64>) -> Outcome<()> {
    let step = 86_400.0 / rows as f64;
    let sql = format!(
        "INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at)
         SELECT kind.name, random() * 1000, kind.labels::json, '{start}'::timestamptz + i * interval '{step:.9} s'
         FROM generate_series({}::bigint, {}) AS i JOIN (
            SELECT row_number() OVER () - 1 AS number, name, labels FROM (
                SELECT 'queue_depth' AS name, format('{{\"queue\":\"queue_%s\"}}', a) AS labels FROM generate_series(1, 4) a
                UNION ALL SELECT 'processing_time_ms', format('{{\"actor\":\"actor_%s\",\"stage\":\"stage_%s\"}}', a, b)
                    FROM generate_series(1, 8) a, generate_series(1, 3) b
                UNION ALL SELECT 'error_count', format('{{\"actor\":\"actor_%s\",\"error_type\":\"error_%s\"}}', a, b)
                    FROM generate_series(1, 8) a, generate_series(1, 4) b
                UNION ALL SELECT 'token_usage', format('{{\"model\":\"model_%s\",\"operation\":\"operation_%s\"}}', a, b)
                    FROM generate_series(1, 2) a, generate_series(1, 3) b
                UNION ALL SELECT 'confidence_score', format('{{\"bucket\":\"%s\"}}', a)
                    FROM unnest(array['high', 'medium', 'low']) a
            ) AS kinds
         ) AS kind ON kind.number = i % 69",
        part.start,
        part.end - 1,
    );
    run(connection, &sql).await
}
