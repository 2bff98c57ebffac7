//! Metrics and expressions as histories have them.

use serde::Serialize;

use crate::alarm::source::AlarmQuery;
use crate::query::{MetricStat, Source};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Element<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_stat: Option<Stat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<i64>,
    return_data: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stat<'a> {
    metric: Metric<'a>,
    period: i64,
    stat: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metric<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: Vec<Dimension<'a>>,
}

#[derive(Serialize)]
pub(super) struct Dimension<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> Element<'a> {
    pub(super) fn of(element: &'a AlarmQuery) -> Self {
        let (expression, period, stat) = match &element.query.source {
            Source::Metric(stat) => (None, None, Some(stat)),
            Source::Expression(asked) => (Some(asked.text.as_str()), asked.period.map(|period| period.seconds()), None),
        };
        Element {
            id: element.query.id.as_str(),
            expression,
            metric_stat: stat.map(|stat| Stat {
                metric: Metric {
                    namespace: stat.metric.key().namespace(),
                    metric_name: stat.metric.key().name(),
                    dimensions: dimensions(stat),
                },
                period: stat.period.seconds(),
                stat: stat.statistic.as_str(),
                unit: stat.unit.map(|unit| unit.as_str()),
            }),
            label: element.label.as_deref(),
            period,
            return_data: element.query.return_data,
        }
    }
}

pub(super) fn dimensions(stat: &MetricStat) -> Vec<Dimension<'_>> {
    stat.metric.key().dimensions().map(|(name, value)| Dimension { name, value }).collect()
}
