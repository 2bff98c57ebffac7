//! Points as JSON: one document, in AWS's words.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::Answer;
use crate::dimension;
use crate::rows::{rows, utc};

pub(super) fn json(answer: &Answer) -> String {
    let points = rows(&answer.columns()).into_iter().map(|(time, values)| Point { time: utc(time), answer, values });
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
    use jiff::Timestamp;
    use nepho_engine::{Period, Statistic};

    use super::*;
    use crate::metric::Metric;
    use crate::series::Series;
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
