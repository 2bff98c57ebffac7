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
pub(crate) use series::last_day;
pub use series::{
    DailySeries, SERIES_BYTES_MAX, Series, daily_series, final_until, last_id, last_roll_up, rolled_up_until, series,
    series_since,
};
pub use status::{Status, status};

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Labels as they were recorded, in their order. What is no text is JSON as it is stored, and null is no label. Of labels
/// with the same name the last one counts, as it does for PostgreSQL.
fn labels_of(json: Option<&str>) -> Vec<(String, String)> {
    let mut labels: Vec<(String, Option<String>)> = Vec::new();
    for (name, value) in entries_of(json) {
        match labels.iter_mut().find(|(earlier, _)| *earlier == name) {
            Some((_, earlier)) => *earlier = value,
            None => labels.push((name, value)),
        }
    }
    labels.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What stands in the JSON, name by name.
fn entries_of(json: Option<&str>) -> Vec<(String, Option<String>)> {
    json.and_then(|json| serde_json::from_str(json).ok()).map_or_else(Vec::new, |Labels(labels)| labels)
}

/// An object whose order is kept.
struct Labels(Vec<(String, Option<String>)>);

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
        while let Some((name, value)) = object.next_entry::<String, Box<RawValue>>()? {
            labels.push(match value.get() {
                "null" => (name, None),
                text if text.starts_with('"') => (name, Some(serde_json::from_str(text).map_err(A::Error::custom)?)),
                other => (name, Some(other.to_owned())),
            });
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
            (Some(r#"{"n": 1.50, "gone": null, "list": [1, "x"]}"#), r#"n=1.50 list=[1, "x"]"#),
            (Some(r#"{"a": "1", "b": 1E2, "a": "2"}"#), "a=2 b=1E2"),
            (Some(r#"{"a": "1", "a": null}"#), ""),
            (Some(r#"{"a": "\u00e9\"x"}"#), "a=\u{e9}\"x"),
            (Some("no JSON"), ""),
            (Some("[1]"), ""),
        ];
        for (json, expected) in cases {
            let labels = labels_of(json).iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            assert_eq!(labels.join(" "), expected, "{json:?}");
        }
    }
}
