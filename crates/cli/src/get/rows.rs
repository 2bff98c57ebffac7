//! Points as rows: one for each time, with a column for each statistic.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Number, Value, json};

use super::Answer;
use crate::number;
use crate::table::{Side, Table};

/// The values of each time, in the order of the statistics.
fn rows(answer: &Answer) -> BTreeMap<i64, Vec<Option<f64>>> {
    let mut rows = BTreeMap::new();
    for (column, (_, series)) in answer.series.iter().enumerate() {
        for (time, value) in &series.points {
            let row = rows.entry(*time).or_insert_with(|| vec![None; answer.series.len()]);
            row[column] = Some(*value);
        }
    }
    rows
}

fn utc(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

/// For people: local times.
pub(super) fn table(answer: &Answer, zone: &TimeZone) -> Table {
    let statistics = answer.series.iter().map(|(statistic, _)| (statistic.to_string(), Side::Right));
    let mut table = Table::new([("TIME".to_owned(), Side::Left)].into_iter().chain(statistics));
    for (time, values) in rows(answer) {
        let time = Timestamp::from_second(time).unwrap_or(Timestamp::MAX).to_zoned(zone.clone());
        let time = time.strftime("%Y-%m-%d %H:%M:%S%:z").to_string();
        let values = values.into_iter().map(|value| value.map(number::exact).unwrap_or_default());
        table.row(std::iter::once(time).chain(values).collect());
    }
    table
}

/// For spreadsheets.
pub(super) fn csv(answer: &Answer) -> String {
    let header = answer.series.iter().map(|(statistic, _)| statistic.to_string());
    let mut text = line(std::iter::once("Timestamp".to_owned()).chain(header));
    for (time, values) in rows(answer) {
        let values = values.into_iter().map(|value| value.map(number::exact).unwrap_or_default());
        text.push_str(&line(std::iter::once(utc(time)).chain(values)));
    }
    text
}

/// Neither statistics, times nor numbers have a character that CSV would have quoted.
fn line(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(",") + "\n"
}

/// For programs: one document, in AWS's words.
pub(super) fn json(answer: &Answer) -> String {
    let dimensions: Map<String, Value> =
        answer.metric.dimensions.iter().map(|d| (d.name.clone(), Value::from(d.value.as_str()))).collect();
    let datapoint = |(time, values): (i64, Vec<Option<f64>>)| {
        let mut point = Map::from_iter([("Timestamp".to_owned(), Value::from(utc(time)))]);
        for ((statistic, _), value) in answer.series.iter().zip(values) {
            if let Some(number) = value.and_then(Number::from_f64) {
                point.insert(statistic.to_string(), Value::Number(number));
            }
        }
        Value::Object(point)
    };
    let document = json!({
        "Namespace": answer.metric.namespace,
        "MetricName": answer.metric.name,
        "Dimensions": dimensions,
        "StartTime": answer.range.start.to_string(),
        "EndTime": answer.range.end.to_string(),
        "Period": answer.period.seconds(),
        "Datapoints": rows(answer).into_iter().map(datapoint).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}
