//! Which metrics the tables have.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use nepho_model::{Metric, Timestamp, Unit};
use nepho_operational::read::{DailySeries, Series};
use nepho_operational::{Catalogue, ERROR_COUNT, LABELS_KEY_LENGTH_MAX, PROCESSING_TIME_MS, QUEUE_DEPTH, TOKEN_USAGE};

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
        self.show_raw(series, &key, Some(daily), seen);
        if key != labels {
            self.show_raw(series, &labels, None, seen);
        }
    }

    /// Adds what there are daily rows of, as far as no series has brought it: its raw rows may be long gone.
    pub(super) fn add_daily(&mut self, found: Vec<DailySeries>) {
        let daily = |known: &Known| known.daily.clone().map(|labels_key| (known.metric_type.clone(), labels_key));
        let known: HashSet<(String, Option<String>)> = self.metrics.values().filter_map(daily).collect();
        for DailySeries { metric_type, labels_key, last_date } in found {
            let key = (metric_type, labels_key);
            if known.contains(&key) {
                continue;
            }
            let (metric_type, labels_key) = key;
            // The recorder lets no colon into the name of a label.
            let label = match labels_key.as_deref().map(|key| key.split_once(':').ok_or(key)) {
                None => Vec::new(),
                Some(Ok((name, value))) => vec![(name.to_owned(), value.to_owned())],
                Some(Err(key)) => {
                    self.leave_out(|| format!("labels_key {key:?} of {metric_type} is no label with its name"));
                    continue;
                }
            };
            if let Err(why) = self.show(&metric_type, &label, Some(labels_key), end_of(last_date)) {
                self.leave_out(|| format!("daily rows of {metric_type}: {why}"));
            }
        }
    }

    fn key_of(&self, metric_type: &str, labels: &[(String, String)]) -> Option<(String, String)> {
        let found = match self.catalogue.find(metric_type) {
            Some(known) => labels.iter().find(|(name, _)| Some(name) == known.labels().first()),
            None => labels.first(),
        };
        found.cloned()
    }

    fn show_raw(
        &mut self,
        series: &Series,
        labels: &[(String, String)],
        daily: Option<Option<String>>,
        seen: Timestamp,
    ) {
        match self.show(&series.metric_type, labels, daily, seen) {
            Ok(known) if known.labels.contains(&series.json) => {}
            Ok(known) => known.labels.push(series.json.clone()),
            Err(why) => {
                let json = series.json.as_deref().unwrap_or("{}");
                self.leave_out(|| format!("{json} of {}: {why}", series.metric_type));
            }
        }
    }

    /// The metric with these labels as dimensions; why it cannot be shown otherwise.
    fn show(
        &mut self,
        metric_type: &str,
        labels: &[(String, String)],
        daily: Option<Option<String>>,
        seen: Timestamp,
    ) -> Result<&mut Known, String> {
        let dimensions: Vec<(&str, &str)> = labels.iter().map(|(name, value)| (&**name, &**value)).collect();
        let metric = Metric::new(OPERATIONAL_NAMESPACE, metric_type, &dimensions).map_err(|fault| fault.to_string())?;
        if self.metrics.len() >= METRICS_MAX && !self.metrics.contains_key(&metric) {
            return Err(format!("there are more than {METRICS_MAX} metrics"));
        }
        let known = self.metrics.entry(metric).or_insert_with(|| Known {
            metric_type: metric_type.to_owned(),
            unit: unit_of(metric_type),
            labels: Vec::new(),
            daily: None,
            seen,
        });
        known.seen = known.seen.max(seen);
        known.daily = known.daily.take().or(daily);
        Ok(known)
    }

    fn leave_out(&mut self, why: impl FnOnce() -> String) {
        if self.left_out.is_none() {
            self.left_out = Some(why());
        }
    }
}

/// The end of a day, as far as one can say without its zone.
pub(super) fn end_of(date: Date) -> Timestamp {
    let next = date.tomorrow().unwrap_or(date).to_zoned(TimeZone::UTC);
    Timestamp::from_seconds(next.map(|zoned| zoned.timestamp().as_second()).unwrap_or_default())
}

/// As the roll-up writes it.
fn labels_key(name: &str, value: &str) -> String {
    format!("{name}:{value}").chars().take(LABELS_KEY_LENGTH_MAX).collect()
}

fn unit_of(metric_type: &str) -> Unit {
    match metric_type {
        PROCESSING_TIME_MS => Unit::Milliseconds,
        QUEUE_DEPTH | ERROR_COUNT | TOKEN_USAGE => Unit::Count,
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
        let told = r#"{"queue":"q100001"} of queue_depth: there are more than 100000 metrics"#;
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

    #[test]
    fn daily_rows_are_shown_that_no_series_has_brought() {
        let mut names = Names::default();
        let long = "q".repeat(LABELS_KEY_LENGTH_MAX);
        for json in [r#"{"queue":"still"}"#.to_owned(), format!(r#"{{"queue":"{long}"}}"#)] {
            names.add(&Series { metric_type: "queue_depth".to_owned(), json: Some(json) }, Timestamp::from_seconds(60));
        }
        let daily = |labels_key: Option<&str>| DailySeries {
            metric_type: "queue_depth".to_owned(),
            labels_key: labels_key.map(str::to_owned),
            last_date: Date::constant(2026, 3, 31),
        };
        let cut = labels_key("queue", &long);
        names.add_daily([Some("queue:still"), Some("queue:old:er"), None, Some(&cut)].map(daily).into());
        let line = |(metric, known): (&Metric, &Known)| {
            let values: Vec<&str> = metric.key().dimensions().map(|(_, value)| value).collect();
            format!("{} {} {}", values.concat(), known.labels.len(), known.seen.seconds())
        };
        let found: Vec<String> = names.metrics().iter().map(line).collect();
        let end = 1_775_001_600;
        let expected =
            [format!(" 0 {end}"), format!("old:er 0 {end}"), format!("{long} 1 60"), "still 1 60".to_owned()];
        assert_eq!((found, names.left_out.clone()), (expected.to_vec(), None));
        // Its rows come again.
        let json = Some(r#"{"queue":"old:er"}"#.to_owned());
        names.add(&Series { metric_type: "queue_depth".to_owned(), json }, Timestamp::from_seconds(end + 1));
        let metric = Metric::new("Operational", "queue_depth", &[("queue", "old:er")]).unwrap();
        let known = &names.metrics()[&metric];
        assert_eq!((known.labels.len(), known.seen.seconds()), (1, end + 1));
        assert_eq!(known.daily, Some(Some("queue:old:er".to_owned())));
        names.add_daily(vec![daily(Some("what"))]);
        assert_eq!(names.left_out.as_deref(), Some(r#"labels_key "what" of queue_depth is no label with its name"#));
    }
}
