//! What PutMetricAlarm is given, under CloudWatch's names.

use super::action::Action;
use super::comparison::Condition;
use super::definition::{EvaluationWindow, MetricAlarm};
use super::source::{AlarmQuery, Source as AlarmSource};
use super::wall_clock::WallClock;
use crate::query::{MetricStat, Source};

/// The parameters of PutMetricAlarm that make up the alarm. Tags are no part of its definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    /// Its name, which no other alarm of the scope has.
    pub alarm_name: Option<String>,
    /// What it is for.
    pub alarm_description: Option<String>,
    /// Whether it acts at all; it does if this is left out.
    pub actions_enabled: Option<bool>,
    /// ARNs of what to do when it goes to OK.
    pub ok_actions: Vec<String>,
    /// ARNs of what to do when it goes to ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs of what to do when it goes to INSUFFICIENT_DATA.
    pub insufficient_data_actions: Vec<String>,
    /// The namespace of the one metric.
    pub namespace: Option<String>,
    /// The name of the one metric.
    pub metric_name: Option<String>,
    /// The dimensions of the one metric, in any order.
    pub dimensions: Vec<(String, String)>,
    /// One of the five basic statistics.
    pub statistic: Option<String>,
    /// Any other statistic.
    pub extended_statistic: Option<String>,
    /// The length of a period, in seconds.
    pub period: Option<i32>,
    /// Only data under this unit.
    pub unit: Option<String>,
    /// Metrics and expressions, in place of the one metric.
    pub metrics: Vec<QueryParameters>,
    /// Which of the expressions is the band, in place of a threshold.
    pub threshold_metric_id: Option<String>,
    /// N: how many periods are looked at.
    pub evaluation_periods: Option<i32>,
    /// M: how many of them have to breach; N if this is left out.
    pub datapoints_to_alarm: Option<i32>,
    /// What the statistic is compared with.
    pub threshold: Option<f64>,
    /// How.
    pub comparison_operator: Option<String>,
    /// What missing datapoints count as.
    pub treat_missing_data: Option<String>,
    /// What a percentile of few samples counts as.
    pub evaluate_low_sample_count_percentile: Option<String>,
    /// Where periods begin.
    pub evaluation_window: Option<WindowParameters>,
    /// How long a new alarm waits.
    pub warm_up_configuration: Option<WarmUpParameters>,
    /// EvaluationCriteria.PromQLCriteria.Query.
    pub prom_ql_query: Option<String>,
    /// The distance between evaluations, in seconds, which only PromQL alarms choose.
    pub evaluation_interval: Option<i32>,
}

/// An element of Metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryParameters {
    /// Its name among the elements.
    pub id: Option<String>,
    /// A metric.
    pub metric_stat: Option<StatParameters>,
    /// An expression.
    pub expression: Option<String>,
    /// What to call it.
    pub label: Option<String>,
    /// Whether the alarm is about it; so it is if this is left out.
    pub return_data: Option<bool>,
    /// The period of an expression that nothing else gives one to, in seconds.
    pub period: Option<i32>,
    /// Whose metric it is.
    pub account_id: Option<String>,
}

/// The metric of an element of Metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatParameters {
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its name.
    pub metric_name: Option<String>,
    /// Its dimensions, in any order.
    pub dimensions: Vec<(String, String)>,
    /// The length of a period, in seconds.
    pub period: Option<i32>,
    /// What is computed of each period.
    pub stat: Option<String>,
    /// Only data under this unit.
    pub unit: Option<String>,
}

/// EvaluationWindow, a union: exactly one of its members is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowParameters {
    /// SlidingWindow.
    Sliding,
    /// WallClockWindow, with its Timezone.
    WallClock(Option<String>),
    /// Both.
    Both,
    /// None.
    Neither,
}

/// WarmUpConfiguration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WarmUpParameters {
    /// WarmUpPeriodDurationInMinutes.
    pub minutes: Option<i32>,
    /// OnlyStartEvaluatingAfterWarmUpPeriodEnds.
    pub to_the_end: Option<bool>,
}

impl From<&MetricAlarm> for Parameters {
    /// The parameters that describe the alarm, as DescribeAlarms gives them back.
    fn from(alarm: &MetricAlarm) -> Self {
        let arns = |actions: &[Action]| actions.iter().map(|action| action.arn().to_owned()).collect();
        let mut parameters = Parameters {
            alarm_name: Some(alarm.name().to_owned()),
            alarm_description: alarm.description().map(str::to_owned),
            actions_enabled: Some(alarm.actions_enabled()),
            ok_actions: arns(&alarm.actions().ok),
            alarm_actions: arns(&alarm.actions().alarm),
            insufficient_data_actions: arns(&alarm.actions().insufficient_data),
            metrics: alarm.source().queries().iter().map(QueryParameters::from).collect(),
            evaluation_periods: Some(alarm.evaluation_periods() as i32),
            datapoints_to_alarm: alarm.datapoints_to_alarm().map(|datapoints| datapoints as i32),
            comparison_operator: Some(alarm.condition().operator().to_string()),
            treat_missing_data: alarm.treat_missing_data().map(|treatment| treatment.to_string()),
            evaluate_low_sample_count_percentile: alarm.low_samples().map(|one| one.as_str().to_owned()),
            evaluation_window: alarm.window().map(WindowParameters::from),
            warm_up_configuration: alarm.warm_up().map(|warm_up| WarmUpParameters {
                minutes: Some(warm_up.minutes()),
                to_the_end: Some(warm_up.is_to_the_end()),
            }),
            ..Parameters::default()
        };
        match alarm.condition() {
            Condition::Threshold { threshold, .. } => parameters.threshold = Some(*threshold),
            Condition::Band { band, .. } => parameters.threshold_metric_id = Some(band.to_string()),
        }
        if let AlarmSource::Metric(metric) = alarm.source() {
            let stat = StatParameters::from(&metric.stat);
            parameters.namespace = stat.namespace;
            parameters.metric_name = stat.metric_name;
            parameters.dimensions = stat.dimensions;
            parameters.period = stat.period;
            parameters.unit = stat.unit;
            match metric.is_extended {
                true => parameters.extended_statistic = stat.stat,
                false => parameters.statistic = stat.stat,
            }
        }
        parameters
    }
}

impl From<&AlarmQuery> for QueryParameters {
    fn from(element: &AlarmQuery) -> Self {
        let mut parameters = QueryParameters {
            id: Some(element.query.id.to_string()),
            label: element.label.clone(),
            return_data: Some(element.query.return_data),
            account_id: element.account_id.clone(),
            ..QueryParameters::default()
        };
        match &element.query.source {
            Source::Metric(stat) => parameters.metric_stat = Some(stat.into()),
            Source::Expression(expression) => {
                parameters.expression = Some(expression.text.clone());
                parameters.period = expression.period.map(|period| period.seconds() as i32);
            }
        }
        parameters
    }
}

impl From<&MetricStat> for StatParameters {
    fn from(stat: &MetricStat) -> Self {
        let key = stat.metric.key();
        StatParameters {
            namespace: Some(key.namespace().to_owned()),
            metric_name: Some(key.name().to_owned()),
            dimensions: key.dimensions().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            period: Some(stat.period.seconds() as i32),
            stat: Some(stat.statistic.to_string()),
            unit: stat.unit.map(|unit| unit.as_str().to_owned()),
        }
    }
}

impl From<&EvaluationWindow> for WindowParameters {
    fn from(window: &EvaluationWindow) -> Self {
        match window {
            EvaluationWindow::Sliding => WindowParameters::Sliding,
            EvaluationWindow::WallClock(clock) => {
                WindowParameters::WallClock(WallClock::timezone(clock).map(str::to_owned))
            }
        }
    }
}
