//! From what PutMetricAlarm and PutCompositeAlarm are given to alarms, and back to what DescribeAlarms answers.

use jiff::tz::TimeZone;
use nepho_engine::alarm::{
    AlarmFaults, MetricAlarm, Parameters, QueryParameters, StatParameters, WarmUpParameters, WindowParameters,
};
use nepho_engine::composite::{self, CompositeAlarm, CompositeFaults};
use nepho_engine::mute::{self, MuteFaults, MuteRule};
use nepho_engine::{Fault, FaultCode, Faults};
use nepho_model::{Scope, Timestamp};
use nepho_protocol::error::{Code, ServiceError, code};
use nepho_protocol::shapes::Dimension;
use nepho_protocol::shapes::evaluation::EvaluationWindow;
use nepho_protocol::shapes::get_metric_data::MetricDataQuery;
use nepho_protocol::shapes::mute_rules::PutAlarmMuteRuleInput;
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

/// The metric alarm that PutMetricAlarm describes.
///
/// # Errors
/// All that is wrong with it.
pub fn metric_alarm(scope: &Scope, input: &PutMetricAlarmInput) -> Result<MetricAlarm, AlarmFaults> {
    MetricAlarm::new(scope, &parameters(input), &|name| TimeZone::get(name).ok())
}

/// The composite alarm that PutCompositeAlarm describes.
///
/// # Errors
/// All that is wrong with it.
pub fn composite_alarm(scope: &Scope, input: &PutCompositeAlarmInput) -> Result<CompositeAlarm, CompositeFaults> {
    let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let parameters = composite::Parameters {
        alarm_name: input.alarm_name.clone(),
        alarm_description: input.alarm_description.clone(),
        alarm_rule: input.alarm_rule.clone(),
        actions_enabled: input.actions_enabled,
        ok_actions: list(&input.ok_actions),
        alarm_actions: list(&input.alarm_actions),
        insufficient_data_actions: list(&input.insufficient_data_actions),
        actions_suppressor: input.actions_suppressor.clone(),
        actions_suppressor_wait_period: input.actions_suppressor_wait_period,
        actions_suppressor_extension_period: input.actions_suppressor_extension_period,
    };
    CompositeAlarm::new(scope, parameters)
}

/// The mute rule that PutAlarmMuteRule describes.
///
/// # Errors
/// All that is wrong with it.
pub fn mute_rule(scope: &Scope, input: &PutAlarmMuteRuleInput) -> Result<MuteRule, MuteFaults> {
    let schedule = input.rule.as_ref().and_then(|rule| rule.schedule.as_ref());
    let targets = input.mute_targets.as_ref().and_then(|targets| targets.alarm_names.clone());
    let parameters = mute::Parameters {
        name: input.name.clone(),
        description: input.description.clone(),
        expression: schedule.and_then(|schedule| schedule.expression.clone()),
        duration: schedule.and_then(|schedule| schedule.duration.clone()),
        timezone: schedule.and_then(|schedule| schedule.timezone.clone()),
        alarm_names: targets.unwrap_or_default(),
        start_date: input.start_date.map(|date| Timestamp::from_millis(date.ms())),
        expire_date: input.expire_date.map(|date| Timestamp::from_millis(date.ms())),
    };
    MuteRule::new(scope, parameters, &|name| TimeZone::get(name).ok())
}

fn parameters(input: &PutMetricAlarmInput) -> Parameters {
    let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let window = |window: &EvaluationWindow| match (&window.sliding_window, &window.wall_clock_window) {
        (Some(_), None) => WindowParameters::Sliding,
        (None, Some(clock)) => WindowParameters::WallClock(clock.timezone.clone()),
        (Some(_), Some(_)) => WindowParameters::Both,
        (None, None) => WindowParameters::Neither,
    };
    let criteria = input.evaluation_criteria.as_ref();
    Parameters {
        alarm_name: input.alarm_name.clone(),
        alarm_description: input.alarm_description.clone(),
        actions_enabled: input.actions_enabled,
        ok_actions: list(&input.ok_actions),
        alarm_actions: list(&input.alarm_actions),
        insufficient_data_actions: list(&input.insufficient_data_actions),
        namespace: input.namespace.clone(),
        metric_name: input.metric_name.clone(),
        dimensions: dimensions(input.dimensions.as_deref()),
        statistic: input.statistic.clone(),
        extended_statistic: input.extended_statistic.clone(),
        period: input.period,
        unit: input.unit.clone(),
        metrics: input.metrics.iter().flatten().map(query).collect(),
        threshold_metric_id: input.threshold_metric_id.clone(),
        evaluation_periods: input.evaluation_periods,
        datapoints_to_alarm: input.datapoints_to_alarm,
        threshold: input.threshold.map(f64::from),
        comparison_operator: input.comparison_operator.clone(),
        treat_missing_data: input.treat_missing_data.clone(),
        evaluate_low_sample_count_percentile: input.evaluate_low_sample_count_percentile.clone(),
        evaluation_window: input.evaluation_window.as_ref().map(window),
        warm_up_configuration: input.warm_up_configuration.as_ref().map(|warm_up| WarmUpParameters {
            minutes: warm_up.warm_up_period_duration_in_minutes,
            to_the_end: warm_up.only_start_evaluating_after_warm_up_period_ends,
        }),
        prom_ql_query: criteria
            .map(|criteria| criteria.prom_ql_criteria.as_ref().and_then(|one| one.query.clone()).unwrap_or_default()),
        evaluation_interval: input.evaluation_interval,
    }
}

fn query(query: &MetricDataQuery) -> QueryParameters {
    QueryParameters {
        id: query.id.clone(),
        metric_stat: query.metric_stat.as_ref().map(|stat| {
            let metric = stat.metric.as_ref();
            StatParameters {
                namespace: metric.and_then(|metric| metric.namespace.clone()),
                metric_name: metric.and_then(|metric| metric.metric_name.clone()),
                dimensions: dimensions(metric.and_then(|metric| metric.dimensions.as_deref())),
                period: stat.period,
                stat: stat.stat.clone(),
                unit: stat.unit.clone(),
            }
        }),
        expression: query.expression.clone(),
        label: query.label.clone(),
        return_data: query.return_data,
        period: query.period,
        account_id: query.account_id.clone(),
    }
}

fn dimensions(dimensions: Option<&[Dimension]>) -> Vec<(String, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    dimensions.unwrap_or_default().iter().map(|one| (text(&one.name), text(&one.value))).collect()
}

/// What of the parameters is not served, and so is refused rather than kept and ignored.
pub(crate) fn check_served(action_configuration: bool) -> Result<(), ServiceError> {
    match action_configuration {
        true => {
            Err(code::VALIDATION.message("ActionConfiguration is not available here: notifications carry no tags."))
        }
        false => Ok(()),
    }
}

/// The refusal of parameters.
pub(crate) fn refused<F: Fault>(faults: &Faults<F>) -> ServiceError {
    wire_code(faults.code()).message(faults.to_string())
}

/// The wire's code for a fault.
pub(crate) fn wire_code(fault: FaultCode) -> Code {
    match fault {
        FaultCode::Validation => code::VALIDATION,
        FaultCode::InvalidParameterValue => code::INVALID_PARAMETER_VALUE,
        FaultCode::InvalidParameterCombination => code::INVALID_PARAMETER_COMBINATION,
        FaultCode::MissingParameter => code::MISSING_PARAMETER,
        FaultCode::InvalidFormat => code::INVALID_FORMAT,
        FaultCode::LimitExceeded => code::LIMIT_EXCEEDED,
        FaultCode::ResourceNotFound => code::RESOURCE_NOT_FOUND,
    }
}
