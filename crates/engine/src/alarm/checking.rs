//! What goes together in an alarm: PutMetricAlarm's parameters checked against each other.

use jiff::tz::TimeZone;
use nepho_model::{Scope, Unit};

use super::action::{Action, ActionKind, Actions, InstanceAction, MAX_ACTIONS};
use super::comparison::{ComparisonOperator, Condition};
use super::definition::{EvaluationWindow, MetricAlarm};
use super::fault::{AlarmFault, AlarmFaults, MetricsFault, too_many_actions};
use super::low_samples::LowSamples;
use super::metrics_list::{MetricsList, metric, period_of};
use super::missing::TreatMissingData;
use super::parameters::{Parameters, WindowParameters};
use super::source::{ScalarMetric, Source};
use super::wall_clock::{WALL_CLOCK_PERIODS, WallClock};
use super::warm_up::WarmUp;
use crate::faults::Faults;
use crate::insights::MAX_INSIGHTS_AGE_SECONDS;
use crate::query::{MetricStat, QueryId};
use crate::statistic::Statistic;

/// The most that an alarm on periods below an hour looks at, in seconds: Period * EvaluationPeriods.
pub const MAX_SPAN_SECONDS: i64 = 24 * HOUR;

/// The most that an alarm on hours looks at, in seconds.
pub const MAX_LONG_SPAN_SECONDS: i64 = 7 * 24 * HOUR;

const HOUR: i64 = 3600;

/// Parameters of which the model allows each.
pub(super) struct Checking<'a> {
    scope: &'a Scope,
    parameters: &'a Parameters,
    faults: Vec<AlarmFault>,
}

impl<'a> Checking<'a> {
    pub(super) fn new(scope: &'a Scope, parameters: &'a Parameters) -> Self {
        Checking { scope, parameters, faults: Vec::new() }
    }

    /// The alarm that they describe, or all that is wrong with them.
    pub(super) fn alarm(mut self, zones: &dyn Fn(&str) -> Option<TimeZone>) -> Result<MetricAlarm, AlarmFaults> {
        match self.read(zones) {
            Some(alarm) if self.faults.is_empty() => Ok(alarm),
            _ => Err(Faults(self.faults)),
        }
    }

    /// The alarm, unless so much is wrong that there is none; it may be wrong all the same.
    fn read(&mut self, zones: &dyn Fn(&str) -> Option<TimeZone>) -> Option<MetricAlarm> {
        let parameters = self.parameters;
        if parameters.prom_ql_query.is_some() {
            self.faults.push(AlarmFault::PromQl);
            return None;
        }
        self.refuse(parameters.evaluation_interval.map(|_| AlarmFault::EvaluationInterval));
        let name = parameters.alarm_name.as_deref().unwrap_or_default();
        self.refuse(name.chars().find(char::is_ascii_control).map(AlarmFault::NameControl));
        let actions = Actions {
            ok: self.actions("OKActions", &parameters.ok_actions),
            alarm: self.actions("AlarmActions", &parameters.alarm_actions),
            insufficient_data: self.actions("InsufficientDataActions", &parameters.insufficient_data_actions),
        };
        let evaluation_periods = self.required("EvaluationPeriods", parameters.evaluation_periods);
        let datapoints_to_alarm = parameters.datapoints_to_alarm.map(|datapoints| datapoints as u32);
        if evaluation_periods.zip(datapoints_to_alarm).is_some_and(|(periods, datapoints)| datapoints > periods as u32)
        {
            self.faults.push(AlarmFault::DatapointsToAlarm);
        }
        let condition = self.condition();
        let source = self.source();
        let window = parameters.evaluation_window.as_ref().and_then(|window| self.window(window, zones));
        let treat_missing_data = parameters.treat_missing_data.as_deref().and_then(|name| {
            let treatment = TreatMissingData::parse(name);
            self.refuse(treatment.is_none().then(|| AlarmFault::TreatMissingData(name.to_owned())));
            treatment
        });
        let low_samples = parameters.evaluate_low_sample_count_percentile.as_deref().and_then(|name| {
            let low_samples = LowSamples::parse(name);
            self.refuse(low_samples.is_none().then(|| AlarmFault::LowSamples(name.to_owned())));
            low_samples
        });
        let warm_up = parameters.warm_up_configuration.as_ref();
        let warm_up = warm_up.and_then(|one| WarmUp::new(one.minutes?, one.to_the_end.unwrap_or(false)));
        let alarm = MetricAlarm {
            scope: self.scope.clone(),
            name: name.into(),
            description: parameters.alarm_description.as_deref().map(Into::into),
            actions_enabled: parameters.actions_enabled.unwrap_or(true),
            actions,
            source: source?,
            evaluation_periods: evaluation_periods? as u32,
            datapoints_to_alarm,
            condition: condition?,
            treat_missing_data,
            low_samples,
            window,
            warm_up,
        };
        self.check_span(&alarm);
        self.check_actions(&alarm);
        Some(alarm)
    }

    fn refuse(&mut self, fault: Option<AlarmFault>) {
        self.faults.extend(fault);
    }

    fn required<T>(&mut self, name: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.faults.push(AlarmFault::Null(name));
        }
        value
    }

    fn actions(&mut self, name: &'static str, arns: &[String]) -> Vec<Action> {
        if arns.len() > MAX_ACTIONS {
            self.faults.push(too_many_actions(name));
            return Vec::new();
        }
        let mut actions = Vec::with_capacity(arns.len());
        for arn in arns {
            match Action::parse(arn) {
                Some(action) => actions.push(action),
                None => self.faults.push(AlarmFault::Action(arn.clone())),
            }
        }
        actions
    }

    fn condition(&mut self) -> Option<Condition> {
        let parameters = self.parameters;
        let name = self.required("ComparisonOperator", parameters.comparison_operator.as_deref())?;
        let operator = ComparisonOperator::parse(name)?;
        match (parameters.threshold, parameters.threshold_metric_id.as_deref()) {
            (Some(_), Some(_)) => self.refuse(Some(AlarmFault::ThresholdAndBand)),
            (None, None) if operator.is_of_band() => self.refuse(Some(AlarmFault::Null("ThresholdMetricId"))),
            (None, None) => self.refuse(Some(AlarmFault::Null("Threshold"))),
            (Some(_), None) if operator.is_of_band() => {
                self.refuse(Some(AlarmFault::OperatorOfBand(operator.as_str())));
            }
            (Some(threshold), None) if !threshold.is_finite() => self.refuse(Some(AlarmFault::Threshold(threshold))),
            (Some(threshold), None) => return Some(Condition::Threshold { operator, threshold }),
            (None, Some(_)) if !operator.is_of_band() => {
                self.refuse(Some(AlarmFault::OperatorOfThreshold(operator.as_str())));
            }
            (None, Some(id)) => match QueryId::parse(id) {
                Ok(band) => return Some(Condition::Band { operator, band }),
                Err(_) => self.refuse(Some(AlarmFault::NoBand(id.to_owned()))),
            },
        }
        None
    }

    fn source(&mut self) -> Option<Source> {
        let source = if self.parameters.metrics.is_empty() { self.scalar() } else { self.list() };
        source.map_err(|fault| self.faults.push(fault)).ok()
    }

    fn list(&mut self) -> Result<Source, AlarmFault> {
        let parameters = self.parameters;
        let scalar = [
            ("MetricName", parameters.metric_name.is_some()),
            ("Namespace", parameters.namespace.is_some()),
            ("Dimensions", !parameters.dimensions.is_empty()),
            ("Statistic", parameters.statistic.is_some()),
            ("ExtendedStatistic", parameters.extended_statistic.is_some()),
            ("Period", parameters.period.is_some()),
            ("Unit", parameters.unit.is_some()),
        ];
        self.faults.extend(scalar.into_iter().filter(|(_, is)| *is).map(|(name, _)| AlarmFault::NotWithMetrics(name)));
        let band = parameters.threshold_metric_id.as_deref();
        MetricsList { scope: self.scope, metrics: &parameters.metrics, band }.source()
    }

    fn scalar(&mut self) -> Result<Source, AlarmFault> {
        let parameters = self.parameters;
        let name = parameters.metric_name.as_deref().ok_or(AlarmFault::Null("MetricName"))?;
        let namespace = parameters.namespace.as_deref().ok_or(AlarmFault::Null("Namespace"))?;
        let (statistic, is_extended) = match (&parameters.statistic, &parameters.extended_statistic) {
            (Some(_), Some(_)) => return Err(AlarmFault::BothStatistics),
            (None, None) => return Err(AlarmFault::NoStatistic),
            (Some(basic), None) => (basic, false),
            (None, Some(extended)) => (extended, true),
        };
        if let Some(band) = &parameters.threshold_metric_id {
            self.faults.push(AlarmFault::NoBand(band.clone()));
        }
        let seconds = parameters.period.ok_or(AlarmFault::Null("Period"))?;
        let stat = MetricStat {
            metric: metric(namespace, name, &parameters.dimensions)?,
            period: period_of(seconds).ok_or(AlarmFault::Period(seconds))?,
            statistic: Statistic::parse(statistic).map_err(|_| AlarmFault::ExtendedStatistic(statistic.clone()))?,
            unit: parameters.unit.as_deref().and_then(Unit::parse),
        };
        Ok(Source::Metric(ScalarMetric { stat, is_extended }))
    }

    fn window(
        &mut self,
        window: &WindowParameters,
        zones: &dyn Fn(&str) -> Option<TimeZone>,
    ) -> Option<EvaluationWindow> {
        match window {
            WindowParameters::Sliding => Some(EvaluationWindow::Sliding),
            WindowParameters::Both | WindowParameters::Neither => {
                self.faults.push(AlarmFault::Window { are_both: *window == WindowParameters::Both });
                None
            }
            WindowParameters::WallClock(timezone) => match WallClock::new(timezone.as_deref(), zones) {
                Ok(clock) => Some(EvaluationWindow::WallClock(clock)),
                Err(fault) => {
                    self.faults.push(fault.into());
                    None
                }
            },
        }
    }

    /// How long the alarm looks back.
    fn check_span(&mut self, alarm: &MetricAlarm) {
        let period = alarm.period().seconds();
        let limit = if period >= HOUR { MAX_LONG_SPAN_SECONDS } else { MAX_SPAN_SECONDS };
        let seconds = period.saturating_mul(alarm.evaluation_periods.into());
        if seconds > limit {
            self.faults.push(AlarmFault::TooLong { seconds, limit });
        }
        // The period that is not over yet takes up some of what the query is about.
        let whole = if alarm.wall_clock().is_some() { seconds.saturating_add(period) } else { seconds };
        if alarm.source.insights().is_some() && whole > MAX_INSIGHTS_AGE_SECONDS {
            self.faults.push(MetricsFault::InsightsTooLong { seconds: whole }.into());
        }
        if alarm.wall_clock().is_some() && !WALL_CLOCK_PERIODS.contains(&period) {
            self.faults.push(AlarmFault::WallClockPeriod(period as i32));
        }
    }

    /// Which actions go with what the alarm is about.
    fn check_actions(&mut self, alarm: &MetricAlarm) {
        let metric = alarm.source.metric().map(|metric| metric.metric().key());
        let is_of_instance = metric.is_some_and(|metric| metric.dimensions().any(|(name, _)| name == "InstanceId"));
        let is_system_check =
            metric.is_some_and(|key| (key.namespace(), key.name()) == ("AWS/EC2", "StatusCheckFailed_System"));
        for action in alarm.actions.all() {
            let arn = || action.arn().to_owned();
            self.faults.extend(match action.kind() {
                ActionKind::Instance(_) if !is_of_instance => Some(AlarmFault::InstanceAction(arn())),
                ActionKind::Instance(InstanceAction::Recover) if !is_system_check => {
                    Some(AlarmFault::RecoverAction(arn()))
                }
                ActionKind::Scaling if matches!(alarm.condition, Condition::Band { .. }) => {
                    Some(AlarmFault::ScalingAction(arn()))
                }
                _ => None,
            });
        }
    }
}
