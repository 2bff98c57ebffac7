//! Reading what was recorded and what was rolled up.
//!
//! Every function here asks one thing, on a connection, in a transaction, or from a pool.

mod daily;
mod percentiles;
mod periods;
mod raw;
mod series;
mod status;

pub use daily::{DailyQuery, DailyRow, daily};
pub use percentiles::{Percentiles, percentiles};
pub use periods::{EXACT_WEIGHTS_MAX, Numbers, PeriodQuery, Weight, Weights, numbers, weights};
pub use raw::{RAW_ROWS_MAX, RawQuery, RawRow, raw};
pub use series::{
    DailySeries, SERIES_BYTES_MAX, Series, daily_series, final_until, last_id, last_roll_up, rolled_up_until, series,
    series_since,
};
pub use status::{Status, status};

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// Labels as they were recorded, in their order. What is no text is written as JSON, and null is no label.
fn labels_of(json: Option<&str>) -> Vec<(String, String)> {
    json.and_then(|json| serde_json::from_str(json).ok()).map_or_else(Vec::new, |Labels(labels)| labels)
}

/// An object whose order is kept.
struct Labels(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LabelsVisitor)
    }
}

struct LabelsVisitor;

impl<'de> Visitor<'de> for LabelsVisitor {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of labels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Labels, A::Error> {
        let mut labels = Vec::new();
        while let Some((name, value)) = object.next_entry::<String, Value>()? {
            match value {
                Value::Null => {}
                Value::String(text) => labels.push((name, text)),
                other => labels.push((name, other.to_string())),
            }
        }
        Ok(Labels(labels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_order() {
        let cases = [
            (None, ""),
            (Some("{}"), ""),
            (Some(r#"{"stage": "parse", "actor":"a"}"#), "stage=parse actor=a"),
            (Some(r#"{"n": 1.5, "gone": null, "list": [1, "x"]}"#), r#"n=1.5 list=[1,"x"]"#),
            (Some("no JSON"), ""),
            (Some("[1]"), ""),
        ];
        for (json, expected) in cases {
            let labels = labels_of(json).iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            assert_eq!(labels.join(" "), expected, "{json:?}");
        }
    }
}
