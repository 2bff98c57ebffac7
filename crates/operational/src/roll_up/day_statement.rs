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
/// noted as done. `$8` is the longest `labels_key`, `$9` the longest labels that are listed, `$10` the bounds of cells.
///
/// Nothing is sorted but what p95 lies between. Rows are counted by type, labels and cell, a range of values; the label
/// is taken out of each JSON once; the counts tell which cell has the rank that is looked for, and only that cell's rows
/// are read again and put in order. An empty text stands for no labels meanwhile, because nulls do not join.
const ROLL_UP: &str = "
WITH declared AS (
    SELECT * FROM unnest($4::text[], $5::text[]) AS declared(metric_type, label)
), cells AS MATERIALIZED (
    SELECT metric_type, coalesce(labels::text, '') AS labels, width_bucket(metric_value, $10::float8[]) AS cell,
        count(*) AS sample_count, sum(metric_value) AS sum_value, min(metric_value) AS min_value,
        max(metric_value) AS max_value
    FROM operational_metrics WHERE recorded_at >= $2 AND recorded_at < $3 GROUP BY 1, 2, 3
), series AS MATERIALIZED (
    SELECT s.metric_type, s.labels, coalesce(left(CASE
        WHEN s.labels = '' THEN NULL
        WHEN d.metric_type IS NULL THEN
            (SELECT l.key || ':' || l.value FROM json_each_text(s.labels::json) AS l WHERE l.value IS NOT NULL LIMIT 1)
        ELSE d.label || ':' || (s.labels::json ->> d.label)
    END, $8), '') AS key
    FROM (SELECT DISTINCT metric_type, labels FROM cells) AS s LEFT JOIN declared AS d ON d.metric_type = s.metric_type
), keyed AS MATERIALIZED (
    SELECT metric_type, key, cell, sum(sample_count)::bigint AS sample_count, sum(sum_value) AS sum_value,
        min(min_value) AS min_value, max(max_value) AS max_value
    FROM cells JOIN series USING (metric_type, labels) GROUP BY metric_type, key, cell
), ranked AS (
    SELECT metric_type, key, cell, min_value, max_value,
        (sum(sample_count) OVER upwards - sample_count)::float8 AS first,
        (sum(sample_count) OVER upwards - 1)::float8 AS last,
        0.95::float8 * (sum(sample_count) OVER whole - 1)::float8 AS rank
    FROM keyed WINDOW whole AS (PARTITION BY metric_type, key), upwards AS (whole ORDER BY cell)
), neighbours AS (
    SELECT *, unnest(ARRAY[floor(rank), ceil(rank)]) AS neighbour FROM ranked
), sides AS MATERIALIZED (
    SELECT metric_type, key, cell, min_value, max_value, rank - floor(rank) AS part, neighbour - first AS place, CASE
        WHEN neighbour = first OR min_value = max_value THEN min_value
        WHEN neighbour = last THEN max_value
    END AS value
    FROM neighbours WHERE neighbour BETWEEN first AND last
), sought AS MATERIALIZED (
    SELECT DISTINCT metric_type, labels, key, cell, min_value, max_value
    FROM sides JOIN series USING (metric_type, key) WHERE value IS NULL
), found AS (
    SELECT s.metric_type, s.key, s.cell, m.metric_value AS value,
        (row_number() OVER (PARTITION BY s.metric_type, s.key, s.cell ORDER BY m.metric_value) - 1)::float8 AS place
    FROM operational_metrics AS m
    JOIN sought AS s ON s.metric_type = m.metric_type AND s.labels = coalesce(m.labels::text, '')
        AND m.metric_value BETWEEN s.min_value AND s.max_value
    WHERE m.recorded_at >= $2 AND m.recorded_at < $3 AND m.metric_value
        BETWEEN (SELECT min(min_value) FROM sought) AND (SELECT max(max_value) FROM sought)
), p95 AS (
    SELECT s.metric_type, s.key, min(s.part) AS part, min(coalesce(s.value, f.value)) AS low,
        max(coalesce(s.value, f.value)) AS high
    FROM sides AS s LEFT JOIN found AS f
        ON f.metric_type = s.metric_type AND f.key = s.key AND f.cell = s.cell AND f.place = s.place
    GROUP BY s.metric_type, s.key
), fresh AS MATERIALIZED (
    SELECT metric_type, nullif(key, '') AS labels_key, sum(sample_count)::bigint AS sample_count,
        sum(sum_value) AS sum_value, sum(sum_value) / sum(sample_count)::float8 AS avg_value,
        min(min_value) AS min_value, max(max_value) AS max_value, min(low + part * (high - low)) AS p95_value
    FROM keyed JOIN p95 USING (metric_type, key) GROUP BY metric_type, key
), gone AS (
    DELETE FROM operational_metrics_daily AS old WHERE old.date = $1 AND NOT EXISTS (
        SELECT FROM fresh WHERE fresh.metric_type = old.metric_type
            AND fresh.labels_key IS NOT DISTINCT FROM old.labels_key)
), listed AS (
    INSERT INTO operational_metrics_series (metric_type, labels, first_date, last_date)
    SELECT metric_type, nullif(labels, ''), $1, $1 FROM series WHERE octet_length(labels) <= $9
    ON CONFLICT (metric_type, (coalesce(labels, ''))) DO UPDATE SET
        first_date = least(operational_metrics_series.first_date, excluded.first_date),
        last_date = greatest(operational_metrics_series.last_date, excluded.last_date)
), written AS (
    INSERT INTO operational_metrics_daily (metric_type, date, labels_key, sample_count, sum_value, avg_value,
        min_value, max_value, p95_value)
    SELECT metric_type, $1, labels_key, sample_count, sum_value, avg_value, min_value, max_value, p95_value FROM fresh
    ON CONFLICT (metric_type, date, (coalesce(labels_key, ''))) DO UPDATE SET
        sample_count = excluded.sample_count, sum_value = excluded.sum_value, avg_value = excluded.avg_value,
        min_value = excluded.min_value, max_value = excluded.max_value, p95_value = excluded.p95_value
    RETURNING sample_count
)
INSERT INTO operational_metrics_rolled_up (date, zone, sample_count, row_count, rolled_up_at)
SELECT $1, $6, coalesce(sum(sample_count), 0)::bigint, count(*), $7 FROM written
ON CONFLICT (date) DO UPDATE SET zone = excluded.zone, sample_count = excluded.sample_count,
    row_count = excluded.row_count, rolled_up_at = excluded.rolled_up_at
RETURNING sample_count, row_count";

/// Cells of each doubling of a value. With 16, a cell has 4 % of the values that are spread evenly up to its bound.
const CELLS_OF_DOUBLING: i32 = 16;
/// Smaller magnitudes than 2 to this power are one cell, and so are larger ones than 2 to that.
const DOUBLINGS: std::ops::Range<i32> = -20..40;

/// Room to count and to sort in, on the server: with its usual 4 MB much would go through the disk. What the server
/// thinks of the day's rows may be days old, and with too few in mind it would join them one by one.
const SETTINGS: &str = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL enable_nestloop = off";

pub(super) async fn execute(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    day: &Day,
    now: Timestamp,
) -> Result<RolledDay, Error> {
    let declared = roll_up.catalogue.iter();
    let (types, labels): (Vec<_>, Vec<_>) =
        declared.map(|known| (known.name(), known.labels().first().map(String::as_str))).unzip();
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(SETTINGS).execute(&mut *transaction).await?;
    let (samples, rows): (i64, i64) = sqlx::query_as(ROLL_UP)
        .bind(day.date.to_sqlx())
        .bind(day.start.to_sqlx())
        .bind(day.end.to_sqlx())
        .bind(types)
        .bind(labels)
        .bind(roll_up.zone_name()?)
        .bind(now.to_sqlx())
        .bind(LABELS_KEY_LENGTH_MAX as i32)
        .bind(SERIES_BYTES_MAX as i32)
        .bind(bounds())
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(RolledDay { date: day.date, samples: samples as u64, rows: rows as u64 })
}

/// Where cells begin, ascending: the same below and above zero, and zero itself.
fn bounds() -> Vec<f64> {
    let steps = DOUBLINGS.start * CELLS_OF_DOUBLING..=DOUBLINGS.end * CELLS_OF_DOUBLING;
    let above: Vec<f64> = steps.map(|step| (f64::from(step) / f64::from(CELLS_OF_DOUBLING)).exp2()).collect();
    let below = above.iter().rev().map(|bound| -bound);
    below.chain([0.0]).chain(above.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_ascend_and_are_the_same_on_both_sides_of_zero() {
        let bounds = bounds();
        assert!(bounds.is_sorted_by(|a, b| a < b));
        let mirrored: Vec<f64> = bounds.iter().rev().map(|bound| 0.0 - bound).collect();
        assert_eq!(mirrored, bounds);
        assert_eq!((bounds.len(), bounds[0]), (1923, -(2f64.powi(40))));
    }
}
