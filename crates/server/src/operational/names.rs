//! Which metrics the tables have.

use std::collections::BTreeMap;

use nepho_model::{Metric, Timestamp, Unit};
use nepho_operational::read::Series;
use nepho_operational::{
    CONFIDENCE_SCORE, Catalogue, ERROR_COUNT, LABELS_KEY_LENGTH_MAX, PROCESSING_TIME_MS, QUEUE_DEPTH, TOKEN_USAGE,
};

use super::OPERATIONAL_NAMESPACE;

/// The most metrics that are shown.
pub(super) const METRICS_MAX: usize = 100_000;

/// The metrics by their names.
pub(super) type Metrics = BTreeMap<Metric, Known>;

/// Where the data of a metric is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub(super) metric_type: String,
    pub(super) unit: Unit,
    /// The labels of its raw rows, exactly as they are stored.
    pub(super) labels: Vec<Option<String>>,
    /// The `labels_key` of its daily rows; `None` when daily rows do not tell its labels apart.
    pub(super) daily: Option<Option<String>>,
    /// When it had data last.
    pub(super) seen: Timestamp,
}

/// Collects metrics from the series of the tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    catalogue: Catalogue,
    metrics: Metrics,
    /// The first series that could not be shown, and why.
    pub(super) left_out: Option<String>,
}

impl Names {
    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Adds a series. Its rows are shown under all of their labels, and under the one that daily rows are kept by.
    pub(super) fn add(&mut self, series: &Series, seen: Timestamp) {
        let labels = series.labels();
        let key = self.key_of(&series.metric_type, &labels);
        let key: Vec<(String, String)> = key.into_iter().collect();
        let daily = key.first().map(|(name, value)| labels_key(name, value));
        self.show(series, &key, Some(daily), seen);
        if key != labels {
            self.show(series, &labels, None, seen);
        }
    }

    fn key_of(&self, metric_type: &str, labels: &[(String, String)]) -> Option<(String, String)> {
        let found = match self.catalogue.find(metric_type) {
            Some(known) => labels.iter().find(|(name, _)| Some(name) == known.labels().first()),
            None => labels.first(),
        };
        found.cloned()
    }

    fn show(&mut self, series: &Series, labels: &[(String, String)], daily: Option<Option<String>>, seen: Timestamp) {
        let dimensions: Vec<(&str, &str)> = labels.iter().map(|(name, value)| (&**name, &**value)).collect();
        let metric = match Metric::new(OPERATIONAL_NAMESPACE, &series.metric_type, &dimensions) {
            Ok(metric) => metric,
            Err(fault) => {
                self.leave_out(|| {
                    format!("{} of {}: {fault}", series.json.as_deref().unwrap_or("{}"), series.metric_type)
                });
                return;
            }
        };
        if self.metrics.len() >= METRICS_MAX && !self.metrics.contains_key(&metric) {
            self.leave_out(|| format!("there are more than {METRICS_MAX} metrics"));
            return;
        }
        let known = self.metrics.entry(metric).or_insert_with(|| Known {
            metric_type: series.metric_type.clone(),
            unit: unit_of(&series.metric_type),
            labels: Vec::new(),
            daily,
            seen,
        });
        known.seen = known.seen.max(seen);
        if !known.labels.contains(&series.json) {
            known.labels.push(series.json.clone());
        }
    }

    fn leave_out(&mut self, why: impl FnOnce() -> String) {
        if self.left_out.is_none() {
            self.left_out = Some(why());
        }
    }
}

/// As the roll-up writes it.
fn labels_key(name: &str, value: &str) -> String {
    format!("{name}:{value}").chars().take(LABELS_KEY_LENGTH_MAX).collect()
}

fn unit_of(metric_type: &str) -> Unit {
    match metric_type {
        PROCESSING_TIME_MS => Unit::Milliseconds,
        QUEUE_DEPTH | ERROR_COUNT | TOKEN_USAGE => Unit::Count,
        CONFIDENCE_SCORE => Unit::None,
        _ => Unit::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(metric_type: &str, json: Option<&str>) -> Vec<String> {
        let mut names = Names::default();
        let series = Series { metric_type: metric_type.to_owned(), json: json.map(str::to_owned) };
        names.add(&series, Timestamp::from_seconds(60));
        let line = |(metric, known): (&Metric, &Known)| {
            let dimensions: Vec<String> =
                metric.key().dimensions().map(|(name, value)| format!("{name}={value}")).collect();
            let daily = known.daily.as_ref().map(|daily| daily.as_deref().unwrap_or("null"));
            format!("{} {} {}", dimensions.join(","), known.unit.as_str(), daily.unwrap_or("-"))
        };
        names.metrics().iter().map(line).collect()
    }

    #[test]
    fn rows_are_shown_under_all_labels_and_under_that_of_the_daily_rows() {
        let cases: [(&str, Option<&str>, &[&str]); 7] = [
            ("queue_depth", Some(r#"{"queue":"q"}"#), &["queue=q Count queue:q"]),
            (
                "processing_time_ms",
                Some(r#"{"actor":"a","stage":"s"}"#),
                &["actor=a Milliseconds actor:a", "actor=a,stage=s Milliseconds -"],
            ),
            ("processing_time_ms", Some(r#"{"stage":"s"}"#), &[" Milliseconds null", "stage=s Milliseconds -"]),
            ("error_count", None, &[" Count null"]),
            ("own", Some(r#"{"b":"1","a":"2"}"#), &["a=2,b=1 None -", "b=1 None b:1"]),
            ("own", Some(r#"{"b":"größe"}"#), &[]),
            ("own", Some(r#"{"b":""}"#), &[]),
        ];
        for (metric_type, json, expected) in cases {
            assert_eq!(shown(metric_type, json), expected, "{metric_type} {json:?}");
        }
    }

    #[test]
    fn metrics_beyond_the_limit_are_left_out_and_told_of() {
        let mut names = Names::default();
        let mut add = |number: usize| {
            let json = Some(format!(r#"{{"queue":"q{number}"}}"#));
            names.add(&Series { metric_type: "queue_depth".to_owned(), json }, Timestamp::from_seconds(60));
            (names.metrics().len(), names.left_out.clone())
        };
        for number in 0..METRICS_MAX - 1 {
            add(number);
        }
        assert_eq!(add(METRICS_MAX), (METRICS_MAX, None));
        let told = "there are more than 100000 metrics";
        assert_eq!(add(METRICS_MAX + 1), (METRICS_MAX, Some(told.to_owned())));
        assert_eq!(add(0).0, METRICS_MAX);
    }

    #[test]
    fn series_of_one_metric_come_together() {
        let mut names = Names::default();
        for (json, seen) in [(r#"{"actor":"a","stage":"s"}"#, 60), (r#"{"actor":"a", "stage":"t"}"#, 30)] {
            let series = Series { metric_type: "error_count".to_owned(), json: Some(json.to_owned()) };
            names.add(&series, Timestamp::from_seconds(seen));
        }
        let metric = Metric::new("Operational", "error_count", &[("actor", "a")]).unwrap();
        let known = &names.metrics()[&metric];
        assert_eq!((known.labels.len(), known.seen), (2, Timestamp::from_seconds(60)));
        assert_eq!(names.metrics().len(), 3);
        assert_eq!(names.left_out, None);
    }
}
