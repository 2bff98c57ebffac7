//! From what the SDK says an alarm is to what would put it.

use aws_sdk_cloudwatch::types::{self, EvaluationWindow, MetricAlarm};
use nepho_protocol::shapes::get_metric_data::{MetricDataQuery, MetricStat};
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use nepho_protocol::shapes::{Dimension, Metric, evaluation};
use nepho_protocol::value::Double;

/// What would put a metric alarm, without its actions.
pub(super) fn metric_alarm(alarm: &MetricAlarm) -> PutMetricAlarmInput {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let metrics = alarm.metrics();
    let criteria = alarm.evaluation_criteria().map(|_| evaluation::EvaluationCriteria::default());
    PutMetricAlarmInput {
        alarm_name: text(alarm.alarm_name()),
        metric_name: text(alarm.metric_name()),
        namespace: text(alarm.namespace()),
        statistic: text(alarm.statistic().map(types::Statistic::as_str)),
        extended_statistic: text(alarm.extended_statistic()),
        dimensions: metrics.is_empty().then(|| dimensions(alarm.dimensions())),
        period: alarm.period(),
        unit: text(alarm.unit().map(types::StandardUnit::as_str)),
        evaluation_periods: alarm.evaluation_periods(),
        datapoints_to_alarm: alarm.datapoints_to_alarm(),
        threshold: alarm.threshold().map(Double::from),
        comparison_operator: text(alarm.comparison_operator().map(types::ComparisonOperator::as_str)),
        treat_missing_data: text(alarm.treat_missing_data()),
        evaluate_low_sample_count_percentile: text(alarm.evaluate_low_sample_count_percentile()),
        metrics: (!metrics.is_empty()).then(|| metrics.iter().map(query).collect()),
        threshold_metric_id: text(alarm.threshold_metric_id()),
        evaluation_criteria: criteria,
        evaluation_interval: alarm.evaluation_interval(),
        evaluation_window: alarm.evaluation_window().map(window),
        warm_up_configuration: alarm.warm_up_configuration().map(|warm_up| evaluation::WarmUpConfiguration {
            warm_up_period_duration_in_minutes: warm_up.warm_up_period_duration_in_minutes(),
            only_start_evaluating_after_warm_up_period_ends: warm_up.only_start_evaluating_after_warm_up_period_ends(),
        }),
        ..PutMetricAlarmInput::default()
    }
}

fn dimensions(dimensions: &[types::Dimension]) -> Vec<Dimension> {
    let one = |one: &types::Dimension| Dimension {
        name: one.name().map(str::to_owned),
        value: one.value().map(str::to_owned),
    };
    dimensions.iter().map(one).collect()
}

fn query(query: &types::MetricDataQuery) -> MetricDataQuery {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let stat = query.metric_stat().map(|stat| MetricStat {
        metric: stat.metric().map(|metric| Metric {
            namespace: text(metric.namespace()),
            metric_name: text(metric.metric_name()),
            dimensions: Some(dimensions(metric.dimensions())),
        }),
        period: stat.period(),
        stat: text(stat.stat()),
        unit: text(stat.unit().map(types::StandardUnit::as_str)),
    });
    MetricDataQuery {
        id: text(query.id()),
        metric_stat: stat,
        expression: text(query.expression()),
        label: text(query.label()),
        return_data: query.return_data(),
        period: query.period(),
        account_id: text(query.account_id()),
    }
}

fn window(window: &EvaluationWindow) -> evaluation::EvaluationWindow {
    match window.as_wall_clock_window() {
        Ok(clock) => evaluation::EvaluationWindow {
            sliding_window: None,
            wall_clock_window: Some(evaluation::WallClockWindow { timezone: clock.timezone().map(str::to_owned) }),
        },
        Err(_) => {
            evaluation::EvaluationWindow { sliding_window: Some(evaluation::SlidingWindow {}), wall_clock_window: None }
        }
    }
}
