//! Points as rows: one for each time, with a column for each statistic.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::Answer;
use crate::dimension;
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
    let points = rows(answer).into_iter().map(|(time, values)| Point { time: utc(time), answer, values });
    let document = Document {
        namespace: &answer.metric.namespace,
        metric_name: &answer.metric.name,
        dimensions: dimension::map_of(&answer.metric.dimensions),
        start_time: answer.range.start.to_string(),
        end_time: answer.range.end.to_string(),
        period: answer.period.seconds(),
        datapoints: points.collect(),
    };
    serde_json::to_string_pretty(&document).expect("a document has only strings and numbers") + "\n"
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: BTreeMap<&'a str, &'a str>,
    start_time: String,
    end_time: String,
    period: i64,
    datapoints: Vec<Point<'a>>,
}

/// A time, and under the name of each statistic its value.
struct Point<'a> {
    time: String,
    answer: &'a Answer,
    values: Vec<Option<f64>>,
}

impl Serialize for Point<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Timestamp", &self.time)?;
        for ((statistic, _), value) in self.answer.series.iter().zip(&self.values) {
            if let Some(value) = value {
                map.serialize_entry(statistic.as_str(), value)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use nepho_engine::{Period, Statistic};

    use super::*;
    use crate::metric::Metric;
    use crate::series::Series;
    use crate::terminal::Palette;
    use crate::time_range::TimeRange;

    fn answer() -> Answer {
        let start: Timestamp = "2026-05-04T12:00:00Z".parse().unwrap();
        let end: Timestamp = "2026-05-04T12:10:00Z".parse().unwrap();
        let at = |minute: i64, value: f64| (start.as_second() + 60 * minute, value);
        let series = |points: Vec<(i64, f64)>| Series { points, messages: Vec::new() };
        Answer {
            metric: Metric::new("Shop", "Latency", &[dimension::parse("Service=web").unwrap()]),
            range: TimeRange::relative(start, end),
            period: Period::from_seconds(300).unwrap(),
            series: vec![
                (Statistic::AVERAGE, series(vec![at(0, 12.5), at(5, 1e-9)])),
                (Statistic::parse("p99").unwrap(), series(vec![at(5, 20_000.0)])),
            ],
        }
    }

    #[test]
    fn a_table_has_local_times() {
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(2));
        let expected = "\
TIME                       Average    p99
2026-05-04 14:00:00+02:00     12.5
2026-05-04 14:05:00+02:00     1e-9  20000
";
        assert_eq!(table(&answer(), &zone).aligned(80, Palette::Plain), expected);
    }

    #[test]
    fn csv_leaves_missing_values_empty() {
        let expected = "Timestamp,Average,p99\n2026-05-04T12:00:00Z,12.5,\n2026-05-04T12:05:00Z,1e-9,20000\n";
        assert_eq!(csv(&answer()), expected);
    }

    #[test]
    fn json_leaves_missing_values_out() {
        let expected = r#"{
  "Namespace": "Shop",
  "MetricName": "Latency",
  "Dimensions": {
    "Service": "web"
  },
  "StartTime": "2026-05-04T12:00:00Z",
  "EndTime": "2026-05-04T12:10:00Z",
  "Period": 300,
  "Datapoints": [
    {
      "Timestamp": "2026-05-04T12:00:00Z",
      "Average": 12.5
    },
    {
      "Timestamp": "2026-05-04T12:05:00Z",
      "Average": 1e-9,
      "p99": 20000.0
    }
  ]
}
"#;
        assert_eq!(json(&answer()), expected);
    }
}
