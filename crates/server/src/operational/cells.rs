//! From rows to cells.

use std::collections::BTreeMap;

use nepho_model::{Cell, Detail, KnownPercentiles, Point, Read, Timestamp, UnitSeries};
use nepho_operational::read::{self, DailyQuery, DailyRow, Numbers, PeriodQuery, Weight};
use nepho_operational::{Day, Error, TIME_END, TIME_MIN, zone};
use sqlx::PgPool;

use super::names::Known;

/// The percentile that daily rows have.
const DAILY_PERCENTILE: f64 = 95.0;

/// Reads one metric. Raw rows are added up by period on the server; days before `raw_from` come from daily rows, each as
/// a point at the beginning of its day.
pub(super) async fn read(
    pool: &PgPool,
    known: &Known,
    wanted: &Read,
    raw_from: Option<Timestamp>,
) -> Result<Vec<UnitSeries>, Error> {
    if wanted.unit.is_some_and(|unit| unit != known.unit) {
        return Ok(Vec::new());
    }
    let mut cells = BTreeMap::new();
    if let (Some(labels_key), Some(raw_from)) = (&known.daily, raw_from) {
        daily(pool, known, labels_key.as_deref(), wanted, raw_from, &mut cells).await?;
    }
    raw(pool, known, wanted, raw_from, &mut cells).await?;
    let points: Vec<Point> = cells.into_iter().map(|(time, cell)| Point { time, cell }).collect();
    Ok(if points.is_empty() { Vec::new() } else { vec![UnitSeries { unit: known.unit, points }] })
}

fn merge(cells: &mut BTreeMap<Timestamp, Cell>, at: Timestamp, cell: Cell) {
    match cells.entry(at) {
        std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(cell)),
        std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().merge(&cell),
    }
}

async fn daily(
    pool: &PgPool,
    known: &Known,
    labels_key: Option<&str>,
    wanted: &Read,
    raw_from: Timestamp,
    cells: &mut BTreeMap<Timestamp, Cell>,
) -> Result<(), Error> {
    let (from, to) = (to_jiff(wanted.start), to_jiff(wanted.end.min(raw_from)));
    if from >= to {
        return Ok(());
    }
    // A day of any zone begins within a day of that date in UTC.
    let date = |time: jiff::Timestamp| time.to_zoned(jiff::tz::TimeZone::UTC).date();
    let days = DailyQuery {
        metric_type: Some(known.metric_type.clone()),
        labels_key: Some(labels_key.map(str::to_owned)),
        from: date(from).yesterday().unwrap_or(jiff::civil::Date::MIN),
        to: date(to).tomorrow().unwrap_or(jiff::civil::Date::MAX),
    };
    for row in read::daily(pool, &days).await? {
        let day = Day::of(row.date, &zone(row.zone.as_deref().unwrap_or("UTC"))?)?;
        let start = Timestamp::from_millis(day.start.as_millisecond());
        if let (Some(at), true) = (wanted.period_of(start), start < raw_from)
            && let Some(cell) = daily_cell(&row)
        {
            merge(cells, at, cell);
        }
    }
    Ok(())
}

/// A day's numbers with its p95. A row that is no cell, which only others can have written, is left out.
fn daily_cell(row: &DailyRow) -> Option<Cell> {
    let cell = Cell::of_statistics(row.sample_count as f64, row.sum_value, row.min_value, row.max_value).ok()?;
    let percentiles = row.p95_value.map(|value| KnownPercentiles::new(vec![(DAILY_PERCENTILE, value)]));
    Some(percentiles.map_or_else(|| cell.clone(), |percentiles| cell.clone().with_percentiles(percentiles)))
}

async fn raw(
    pool: &PgPool,
    known: &Known,
    wanted: &Read,
    raw_from: Option<Timestamp>,
    cells: &mut BTreeMap<Timestamp, Cell>,
) -> Result<(), Error> {
    let from = raw_from.map_or(wanted.start, |raw_from| wanted.start.max(raw_from));
    let query = PeriodQuery {
        metric_type: known.metric_type.clone(),
        labels: known.labels.clone(),
        from: to_jiff(from),
        to: to_jiff(wanted.end),
        anchor: to_jiff(wanted.start),
        period_seconds: wanted.period_seconds,
    };
    if query.from >= query.to || query.labels.is_empty() {
        return Ok(());
    }
    let at = |period: i64| wanted.start.plus_seconds(period * wanted.period_seconds);
    match wanted.detail {
        Detail::Numbers => {
            for numbers in read::numbers(pool, &query).await? {
                merge(cells, at(numbers.period), statistics(&numbers));
            }
        }
        Detail::Distribution => {
            for weight in read::weights(pool, &query).await?.weights {
                merge(cells, at(weight.numbers.period), weighted(&weight));
            }
        }
    }
    Ok(())
}

fn statistics(numbers: &Numbers) -> Cell {
    let of = Cell::of_statistics(numbers.count as f64, numbers.sum, numbers.min, numbers.max);
    of.expect("the table's constraints let in no numbers that are no cell")
}

/// Rows of one value, or of a bin, whose numbers stay exact.
fn weighted(weight: &Weight) -> Cell {
    let value = weight.value.clamp(weight.numbers.min, weight.numbers.max);
    let values = Cell::of_values(&[value], &[weight.numbers.count as f64]);
    statistics(&weight.numbers).with_values_of(&values.expect("a value of the table with its count is a cell"))
}

/// Clamped to what rows may have, which also is what PostgreSQL can say.
fn to_jiff(time: Timestamp) -> jiff::Timestamp {
    let time = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or(jiff::Timestamp::MAX);
    time.clamp(TIME_MIN, TIME_END)
}
