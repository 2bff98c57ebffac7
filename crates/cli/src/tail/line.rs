//! A line of the server's stream, and how it is shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::number::{counted, exact, short};
use crate::terminal::{Ink, Palette};

/// What a line says.
#[derive(Debug)]
pub(super) enum Received {
    Sample(Box<Sample>),
    /// So many samples were not sent, because they came faster than they were read.
    Dropped(u64),
    Unknown,
}

/// A sample that arrived.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sample {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: BTreeMap<String, String>,
    timestamp: String,
    unit: String,
    value: Option<f64>,
    statistic_values: Option<Statistics>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics {
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

#[derive(Deserialize)]
struct Dropped {
    dropped: u64,
}

impl Received {
    /// Whether it is a sample of this namespace.
    pub(super) fn is_of(&self, namespace: &str) -> bool {
        matches!(self, Received::Sample(sample) if sample.namespace == namespace)
    }
}

/// Reads a line.
pub(super) fn parse(line: &str) -> Received {
    if let Ok(sample) = serde_json::from_str(line) {
        return Received::Sample(Box::new(sample));
    }
    match serde_json::from_str::<Dropped>(line) {
        Ok(Dropped { dropped }) => Received::Dropped(dropped),
        Err(_) => Received::Unknown,
    }
}

/// That samples were not sent.
pub(super) fn dropped(count: u64) -> String {
    format!(
        "{} not shown: they arrive faster than they are read; narrow with a namespace, --name or --dimension",
        counted(count, "sample")
    )
}

impl Sample {
    /// The sample as a line: time, namespace, name and dimensions, the numbers.
    pub(super) fn text(&self, zone: &TimeZone, palette: Palette) -> String {
        let time = match self.timestamp.parse::<Timestamp>() {
            Ok(time) => time.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string(),
            Err(_) => self.timestamp.clone(),
        };
        let dimensions: String = self.dimensions.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        let unit = if self.unit == "None" { String::new() } else { format!(" {}", self.unit) };
        format!(
            "{} {} {}{}  {}{unit}",
            palette.paint(Ink::Faint, &time),
            self.namespace,
            palette.paint(Ink::Strong, &self.metric_name),
            palette.paint(Ink::Faint, &dimensions),
            palette.paint(Ink::Series(0), &self.numbers()),
        )
    }

    fn numbers(&self) -> String {
        match (&self.value, &self.statistic_values) {
            (Some(value), _) => exact(*value),
            (None, Some(set)) => {
                let mean = short(set.sum / set.sample_count);
                let (count, min, max) = (short(set.sample_count), short(set.minimum), short(set.maximum));
                format!("{mean} mean of {count} ({min} to {max})")
            }
            (None, None) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        match parse(line) {
            Received::Sample(sample) => sample.text(&TimeZone::UTC, Palette::Plain),
            Received::Dropped(count) => dropped(count),
            Received::Unknown => "?".to_owned(),
        }
    }

    #[test]
    fn lines_are_shown() {
        let cases = [
            (
                r#"{"Namespace":"Shop","MetricName":"Orders","Dimensions":{"Service":"web"},"Timestamp":"2026-05-04T12:00:00Z","Unit":"Count","StorageResolution":60,"Value":3.0}"#,
                "12:00:00 Shop Orders Service=web  3 Count",
            ),
            (
                r#"{"Namespace":"Shop","MetricName":"Latency","Dimensions":{},"Timestamp":"2026-05-04T12:00:01Z","Unit":"None","StorageResolution":1,"StatisticValues":{"SampleCount":4.0,"Sum":10.0,"Minimum":1.0,"Maximum":4.5}}"#,
                "12:00:01 Shop Latency  2.5 mean of 4 (1 to 4.5)",
            ),
            (
                r#"{"dropped":1200}"#,
                "1,200 samples not shown: they arrive faster than they are read; narrow with a namespace, --name or \
                 --dimension",
            ),
            ("hello", "?"),
        ];
        for (line, expected) in cases {
            assert_eq!(shown(line), expected, "{line}");
        }
    }
}
