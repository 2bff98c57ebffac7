//! Alarms as DescribeAlarms shows them. What was not given is absent.

use nepho_engine::Source;
use nepho_engine::alarm::Source as AlarmSource;
use nepho_engine::alarm::{Action, AlarmQuery, Condition, EvaluationWindow, MetricAlarm};
use nepho_engine::turn::{CompositeEntry, MetricEntry};
use nepho_model::{Metric, Timestamp, Unit};
use nepho_protocol::shapes::composite_alarm::CompositeAlarm as WireComposite;
use nepho_protocol::shapes::evaluation as wire;
use nepho_protocol::shapes::get_metric_data::{MetricDataQuery, MetricStat as WireStat};
use nepho_protocol::shapes::metric_alarm::MetricAlarm as WireMetric;
use nepho_protocol::shapes::{Dimension, Metric as WireMetricName};
use nepho_protocol::value::{Double, Timestamp as WireTimestamp};

/// A metric alarm with its state.
pub(crate) fn metric(entry: &MetricEntry) -> WireMetric {
    let MetricEntry { alarm, status, updated } = entry;
    let state = &status.state;
    let mut described = definition(alarm);
    described.alarm_configuration_updated_timestamp = Some(time(*updated));
    described.state_value = Some(state.value.to_string());
    described.state_reason = Some(state.reason.clone());
    described.state_reason_data.clone_from(&state.reason_data);
    described.state_updated_timestamp = Some(time(state.updated));
    described.state_transitioned_timestamp = Some(time(status.transitioned));
    described.evaluation_state = status.evaluation_state.map(|state| state.as_str().to_owned());
    described
}

/// A composite alarm with its state.
pub(crate) fn composite(entry: &CompositeEntry) -> WireComposite {
    let CompositeEntry { alarm, state, updated } = entry;
    let suppressor = alarm.suppressor();
    let by = state.suppression.by();
    WireComposite {
        actions_enabled: Some(alarm.actions_enabled()),
        alarm_actions: Some(alarm.actions(nepho_model::AlarmState::Alarm).to_vec()),
        alarm_arn: Some(alarm.arn()),
        alarm_configuration_updated_timestamp: Some(time(*updated)),
        alarm_description: alarm.description().map(str::to_owned),
        alarm_name: Some(alarm.name().to_owned()),
        alarm_rule: Some(alarm.rule().text().to_owned()),
        insufficient_data_actions: Some(alarm.actions(nepho_model::AlarmState::InsufficientData).to_vec()),
        ok_actions: Some(alarm.actions(nepho_model::AlarmState::Ok).to_vec()),
        state_reason: Some(state.reason.clone()),
        state_reason_data: state.reason_data.as_ref().map(nepho_engine::composite::ReasonData::text),
        state_updated_timestamp: Some(time(state.updated)),
        state_value: Some(state.state.to_string()),
        state_transitioned_timestamp: Some(time(state.transitioned)),
        actions_suppressed_by: by.map(|by| by.as_str().to_owned()),
        actions_suppressed_reason: by.zip(suppressor).map(|(by, suppressor)| by.reason(suppressor.alarm.name())),
        actions_suppressor: suppressor.map(|suppressor| suppressor.alarm.as_str().to_owned()),
        actions_suppressor_wait_period: suppressor.map(|suppressor| suppressor.wait_seconds as i32),
        actions_suppressor_extension_period: suppressor.map(|suppressor| suppressor.extension_seconds as i32),
        action_configuration: None,
    }
}

/// A metric alarm without its state.
pub(crate) fn definition(alarm: &MetricAlarm) -> WireMetric {
    let arns = |actions: &[Action]| Some(actions.iter().map(|action| action.arn().to_owned()).collect());
    let actions = alarm.actions();
    let (threshold, threshold_metric_id) = match alarm.condition() {
        Condition::Threshold { threshold, .. } => (Some(Double::from(*threshold)), None),
        Condition::Band { band, .. } => (None, Some(band.to_string())),
    };
    let mut described = WireMetric {
        alarm_name: Some(alarm.name().to_owned()),
        alarm_arn: Some(alarm.arn()),
        alarm_description: alarm.description().map(str::to_owned),
        actions_enabled: Some(alarm.actions_enabled()),
        ok_actions: arns(&actions.ok),
        alarm_actions: arns(&actions.alarm),
        insufficient_data_actions: arns(&actions.insufficient_data),
        evaluation_periods: Some(alarm.evaluation_periods() as i32),
        datapoints_to_alarm: alarm.datapoints_to_alarm().map(|datapoints| datapoints as i32),
        threshold,
        threshold_metric_id,
        comparison_operator: Some(alarm.condition().operator().as_str().to_owned()),
        treat_missing_data: alarm.treat_missing_data().map(|treatment| treatment.as_str().to_owned()),
        evaluate_low_sample_count_percentile: alarm.low_samples().map(|low| low.as_str().to_owned()),
        evaluation_window: alarm.window().map(window),
        warm_up_configuration: alarm.warm_up().map(|warm_up| wire::WarmUpConfiguration {
            warm_up_period_duration_in_minutes: Some(warm_up.minutes()),
            only_start_evaluating_after_warm_up_period_ends: Some(warm_up.is_to_the_end()),
        }),
        ..WireMetric::default()
    };
    match alarm.source() {
        AlarmSource::Metric(scalar) => {
            let WireMetricName { namespace, metric_name, dimensions } = metric_name(scalar.metric());
            let statistic = Some(scalar.statistic().as_str().to_owned());
            described.namespace = namespace;
            described.metric_name = metric_name;
            described.dimensions = dimensions;
            described.period = Some(alarm.period().seconds() as i32);
            described.unit = scalar.unit().map(|unit| unit.as_str().to_owned());
            match scalar.is_extended {
                true => described.extended_statistic = statistic,
                false => described.statistic = statistic,
            }
        }
        other => described.metrics = Some(other.queries().iter().map(query).collect()),
    }
    described
}

fn window(window: &EvaluationWindow) -> wire::EvaluationWindow {
    match window {
        EvaluationWindow::Sliding => {
            wire::EvaluationWindow { sliding_window: Some(wire::SlidingWindow {}), wall_clock_window: None }
        }
        EvaluationWindow::WallClock(clock) => wire::EvaluationWindow {
            sliding_window: None,
            wall_clock_window: Some(wire::WallClockWindow { timezone: clock.timezone().map(str::to_owned) }),
        },
    }
}

fn query(element: &AlarmQuery) -> MetricDataQuery {
    let query = &element.query;
    let mut described = MetricDataQuery {
        id: Some(query.id.to_string()),
        label: element.label.clone(),
        return_data: Some(query.return_data),
        account_id: element.account_id.clone(),
        ..MetricDataQuery::default()
    };
    match &query.source {
        Source::Metric(stat) => {
            described.metric_stat = Some(WireStat {
                metric: Some(metric_name(&stat.metric)),
                period: Some(stat.period.seconds() as i32),
                stat: Some(stat.statistic.as_str().to_owned()),
                unit: stat.unit.map(|unit: Unit| unit.as_str().to_owned()),
            });
        }
        Source::Expression(asked) => {
            described.expression = Some(asked.text.clone());
            described.period = asked.period.map(|period| period.seconds() as i32);
        }
    }
    described
}

fn metric_name(metric: &Metric) -> WireMetricName {
    let key = metric.key();
    let dimension =
        |(name, value): (&str, &str)| Dimension { name: Some(name.to_owned()), value: Some(value.to_owned()) };
    WireMetricName {
        namespace: Some(key.namespace().to_owned()),
        metric_name: Some(key.name().to_owned()),
        dimensions: Some(key.dimensions().map(dimension).collect()),
    }
}

pub(crate) fn time(time: Timestamp) -> WireTimestamp {
    WireTimestamp::from_ms(time.millis())
}
