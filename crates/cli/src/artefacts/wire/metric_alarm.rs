//! The request that puts a metric alarm.

use nepho_protocol::shapes::action_configuration::{ActionConfiguration, AlarmTagsPropagation};
use nepho_protocol::shapes::evaluation::{
    AlarmPromQLCriteria, EvaluationCriteria, EvaluationWindow, SlidingWindow, WallClockWindow, WarmUpConfiguration,
};
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use nepho_protocol::value::Double;

use super::query::query;
use crate::artefacts::members::{Members, Spelling};

/// Reads the members of a metric alarm.
pub(crate) fn metric_alarm(alarm: &mut Members<'_>) -> PutMetricAlarmInput {
    let input = PutMetricAlarmInput {
        alarm_name: alarm.text("AlarmName"),
        alarm_description: alarm.text("AlarmDescription"),
        actions_enabled: alarm.boolean("ActionsEnabled"),
        ok_actions: alarm.texts("OKActions"),
        alarm_actions: alarm.texts("AlarmActions"),
        insufficient_data_actions: alarm.texts("InsufficientDataActions"),
        metric_name: alarm.text("MetricName"),
        namespace: alarm.text("Namespace"),
        statistic: alarm.text("Statistic"),
        extended_statistic: alarm.text("ExtendedStatistic"),
        dimensions: alarm.dimensions(),
        period: alarm.integer("Period"),
        unit: alarm.text("Unit"),
        evaluation_periods: alarm.integer("EvaluationPeriods"),
        datapoints_to_alarm: alarm.integer("DatapointsToAlarm"),
        threshold: alarm.double("Threshold"),
        comparison_operator: alarm.text("ComparisonOperator"),
        treat_missing_data: alarm.text("TreatMissingData"),
        evaluate_low_sample_count_percentile: alarm.text("EvaluateLowSampleCountPercentile"),
        metrics: alarm.structures("Metrics", query),
        tags: alarm.tags(),
        threshold_metric_id: alarm.text("ThresholdMetricId"),
        evaluation_criteria: alarm.structure("EvaluationCriteria", criteria),
        evaluation_interval: alarm.integer("EvaluationInterval"),
        evaluation_window: alarm.structure("EvaluationWindow", window),
        warm_up_configuration: alarm.structure("WarmUpConfiguration", warm_up),
        action_configuration: action_configuration(alarm),
    };
    match alarm.spelling() {
        Spelling::Aws => input,
        Spelling::Terraform => sent_by_terraform(input, alarm),
    }
}

/// Adds what the provider sends when it is not written, as recorded from its 5.100.
fn sent_by_terraform(input: PutMetricAlarmInput, alarm: &Members<'_>) -> PutMetricAlarmInput {
    let needs_threshold =
        input.threshold_metric_id.is_none() && !alarm.is_unresolved("Threshold") && input.evaluation_criteria.is_none();
    let zero = needs_threshold.then_some(Double(0.0));
    PutMetricAlarmInput {
        actions_enabled: input.actions_enabled.or(Some(true).filter(|_| !alarm.is_unresolved("ActionsEnabled"))),
        treat_missing_data: input.treat_missing_data.or_else(|| Some("missing".to_owned())),
        threshold: input.threshold.or(zero),
        ..input
    }
}

/// What notifications hold besides.
pub(super) fn action_configuration(alarm: &mut Members<'_>) -> Option<ActionConfiguration> {
    alarm.structure("ActionConfiguration", |configuration| ActionConfiguration {
        alarm_tags_propagation: configuration.structure("AlarmTagsPropagation", |tags| AlarmTagsPropagation {
            enabled: tags.boolean("Enabled"),
            included_tag_keys: tags.texts("IncludedTagKeys"),
            excluded_tag_keys: tags.texts("ExcludedTagKeys"),
        }),
    })
}

fn criteria(criteria: &mut Members<'_>) -> EvaluationCriteria {
    EvaluationCriteria {
        prom_ql_criteria: criteria.structure("PromQLCriteria", |query| AlarmPromQLCriteria {
            query: query.text("Query"),
            pending_period: query.integer("PendingPeriod"),
            recovery_period: query.integer("RecoveryPeriod"),
        }),
    }
}

fn window(window: &mut Members<'_>) -> EvaluationWindow {
    EvaluationWindow {
        sliding_window: window.structure("SlidingWindow", |_| SlidingWindow {}),
        wall_clock_window: window
            .structure("WallClockWindow", |clock| WallClockWindow { timezone: clock.text("Timezone") }),
    }
}

fn warm_up(warm_up: &mut Members<'_>) -> WarmUpConfiguration {
    WarmUpConfiguration {
        warm_up_period_duration_in_minutes: warm_up.integer("WarmUpPeriodDurationInMinutes"),
        only_start_evaluating_after_warm_up_period_ends: warm_up.boolean("OnlyStartEvaluatingAfterWarmUpPeriodEnds"),
    }
}
