//! One day in one statement.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{Connection, PgConnection};

use super::RollUp;
use super::summary::RolledDay;
use crate::day::Day;
use crate::error::Error;
use crate::labels::LABELS_KEY_LENGTH_MAX;
use crate::read::SERIES_BYTES_MAX;

/// The day's rows come first; then what the day had before and has no more goes, what it has is written, and it is
/// noted as done. `$9` is the longest `labels_key`.
const ROLL_UP: &str = "
WITH declared AS (
    SELECT * FROM unnest($4::text[], $5::text[]) AS declared(metric_type, label)
), keyed AS (
    SELECT m.metric_type, m.metric_value, left(CASE
        WHEN m.labels IS NULL THEN NULL
        WHEN d.metric_type IS NULL THEN
            (SELECT l.key || ':' || l.value FROM json_each_text(m.labels) AS l WHERE l.value IS NOT NULL LIMIT 1)
        ELSE d.label || ':' || (m.labels ->> d.label)
    END, $9) AS labels_key
    FROM operational_metrics AS m LEFT JOIN declared AS d ON d.metric_type = m.metric_type
    WHERE m.recorded_at >= $2 AND m.recorded_at < $3
), fresh AS (
    SELECT metric_type, labels_key, count(*) AS sample_count, sum(metric_value) AS sum_value,
        avg(metric_value) AS avg_value, min(metric_value) AS min_value, max(metric_value) AS max_value,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY metric_value) AS p95_value
    FROM keyed GROUP BY metric_type, labels_key
), gone AS (
    DELETE FROM operational_metrics_daily AS old WHERE old.date = $1 AND NOT EXISTS (
        SELECT FROM fresh WHERE fresh.metric_type = old.metric_type
            AND fresh.labels_key IS NOT DISTINCT FROM old.labels_key)
), written AS (
    INSERT INTO operational_metrics_daily (metric_type, date, labels_key, sample_count, sum_value, avg_value,
        min_value, max_value, p95_value)
    SELECT metric_type, $1, labels_key, sample_count, sum_value, avg_value, min_value, max_value, p95_value FROM fresh
    ON CONFLICT (metric_type, date, (coalesce(labels_key, ''))) DO UPDATE SET
        sample_count = excluded.sample_count, sum_value = excluded.sum_value, avg_value = excluded.avg_value,
        min_value = excluded.min_value, max_value = excluded.max_value, p95_value = excluded.p95_value
    RETURNING sample_count
)
INSERT INTO operational_metrics_rolled_up (date, zone, sample_count, row_count, through_id, rolled_up_at)
SELECT $1, $6, coalesce(sum(sample_count), 0)::bigint, count(*), $7, $8 FROM written
ON CONFLICT (date) DO UPDATE SET zone = excluded.zone, sample_count = excluded.sample_count,
    row_count = excluded.row_count, through_id = excluded.through_id, rolled_up_at = excluded.rolled_up_at
RETURNING sample_count, row_count";

/// Which labels there were on the day, for whoever lists them without reading all rows.
const NOTE_SERIES: &str = "
INSERT INTO operational_metrics_series (metric_type, labels, first_date, last_date)
SELECT metric_type, labels::text, $1, $1 FROM operational_metrics
WHERE recorded_at >= $2 AND recorded_at < $3 AND coalesce(octet_length(labels::text), 0) <= $4
GROUP BY 1, 2
ON CONFLICT (metric_type, (coalesce(labels, ''))) DO UPDATE SET
    first_date = least(operational_metrics_series.first_date, excluded.first_date),
    last_date = greatest(operational_metrics_series.last_date, excluded.last_date)";

/// Room to sort in, on the server: with its usual 4 MB a day of ten million rows goes through the disk many times.
const WORK_MEMORY: &str = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off";

/// The last id that was given out; rows with later ones were not seen.
const LAST_ID: &str =
    "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('operational_metrics', 'id')::regclass), 0)";

pub(super) async fn execute(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    day: &Day,
    now: Timestamp,
) -> Result<RolledDay, Error> {
    let through_id: i64 = sqlx::query_scalar(LAST_ID).fetch_one(&mut *connection).await?;
    let declared = roll_up.catalogue.iter();
    let (types, labels): (Vec<_>, Vec<_>) =
        declared.map(|known| (known.name(), known.labels().first().map(String::as_str))).unzip();
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(WORK_MEMORY).execute(&mut *transaction).await?;
    let (samples, rows): (i64, i64) = sqlx::query_as(ROLL_UP)
        .bind(day.date.to_sqlx())
        .bind(day.start.to_sqlx())
        .bind(day.end.to_sqlx())
        .bind(types)
        .bind(labels)
        .bind(roll_up.zone_name()?)
        .bind(through_id)
        .bind(now.to_sqlx())
        .bind(LABELS_KEY_LENGTH_MAX as i32)
        .fetch_one(&mut *transaction)
        .await?;
    sqlx::query(NOTE_SERIES)
        .bind(day.date.to_sqlx())
        .bind(day.start.to_sqlx())
        .bind(day.end.to_sqlx())
        .bind(SERIES_BYTES_MAX as i32)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(RolledDay { date: day.date, samples: samples as u64, rows: rows as u64 })
}
