//! The part of a message that is about metrics: Trigger.

use serde::Serialize;

use crate::alarm::comparison::Condition;
use crate::alarm::definition::MetricAlarm;
use crate::alarm::low_samples::LowSamples;
use crate::alarm::missing::TreatMissingData;
use crate::alarm::source::{AlarmQuery, ScalarMetric, Source as AlarmSource};
use crate::query::{MetricStat, Source};

/// What only the messages of metric alarms have.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tail<'a> {
    trigger: Trigger<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger<'a> {
    #[serde(flatten)]
    metric: Option<Scalar<'a>>,
    period: i64,
    evaluation_periods: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<u32>,
    comparison_operator: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold_metric_id: Option<&'a str>,
    treat_missing_data: &'static str,
    evaluate_low_sample_count_percentile: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Element<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Scalar<'a> {
    metric_name: &'a str,
    namespace: &'a str,
    statistic_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_statistic: Option<&'a str>,
    unit: Option<&'static str>,
    dimensions: Vec<Dimension<'a>>,
}

#[derive(Serialize)]
struct Dimension<'a> {
    value: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Element<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'a str>,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_stat: Option<Stat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<i64>,
    return_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stat<'a> {
    metric: Metric<'a>,
    period: i64,
    stat: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric<'a> {
    dimensions: Vec<Dimension<'a>>,
    metric_name: &'a str,
    namespace: &'a str,
}

impl<'a> Tail<'a> {
    pub(super) fn of(alarm: &'a MetricAlarm) -> Self {
        let (threshold, band) = match alarm.condition() {
            Condition::Threshold { threshold, .. } => (Some(*threshold), None),
            Condition::Band { band, .. } => (None, Some(band.as_str())),
        };
        let trigger = Trigger {
            metric: alarm.source().metric().map(Scalar::of),
            period: alarm.period().seconds(),
            evaluation_periods: alarm.evaluation_periods(),
            datapoints_to_alarm: alarm.datapoints_to_alarm(),
            comparison_operator: alarm.condition().operator().as_str(),
            threshold,
            threshold_metric_id: band,
            treat_missing_data: alarm.treat_missing_data().map_or("", TreatMissingData::as_str),
            evaluate_low_sample_count_percentile: alarm.low_samples().map_or("", LowSamples::as_str),
            metrics: match alarm.source() {
                AlarmSource::Metric(_) => Vec::new(),
                source => source.queries().iter().map(Element::of).collect(),
            },
        };
        Tail { trigger }
    }
}

impl<'a> Scalar<'a> {
    fn of(metric: &'a ScalarMetric) -> Self {
        let (key, statistic) = (metric.metric().key(), metric.statistic().as_str());
        Scalar {
            metric_name: key.name(),
            namespace: key.namespace(),
            statistic_type: if metric.is_extended { "ExtendedStatistic" } else { "Statistic" },
            statistic: (!metric.is_extended).then(|| upper_snake(statistic)),
            extended_statistic: metric.is_extended.then_some(statistic),
            unit: metric.unit().map(|unit| unit.as_str()),
            dimensions: dimensions(&metric.stat),
        }
    }
}

impl<'a> Element<'a> {
    fn of(element: &'a AlarmQuery) -> Self {
        let (expression, period, metric_stat) = match &element.query.source {
            Source::Metric(stat) => (None, None, Some(Stat::of(stat))),
            Source::Expression(asked) => (Some(asked.text.as_str()), asked.period.map(|period| period.seconds()), None),
        };
        Element {
            expression,
            id: element.query.id.as_str(),
            label: element.label.as_deref(),
            metric_stat,
            period,
            return_data: element.query.return_data,
            account_id: element.account_id.as_deref(),
        }
    }
}

impl<'a> Stat<'a> {
    fn of(stat: &'a MetricStat) -> Self {
        let key = stat.metric.key();
        Stat {
            metric: Metric { dimensions: dimensions(stat), metric_name: key.name(), namespace: key.namespace() },
            period: stat.period.seconds(),
            stat: stat.statistic.as_str(),
            unit: stat.unit.map(|unit| unit.as_str()),
        }
    }
}

fn dimensions(stat: &MetricStat) -> Vec<Dimension<'_>> {
    stat.metric.key().dimensions().map(|(name, value)| Dimension { value, name }).collect()
}

/// `SampleCount` as `SAMPLE_COUNT`.
pub(super) fn upper_snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 1);
    for (at, c) in name.char_indices() {
        if at > 0 && c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}
