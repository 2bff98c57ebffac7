//! What CloudWatch's model says of the parameters of PutMetricAlarm, before anything is made of them.

use std::fmt;

use nepho_model::{MAX_DIMENSION_NAME, MAX_DIMENSION_VALUE, MAX_METRIC_NAME, MAX_NAMESPACE, UNITS};

use super::comparison::ComparisonOperator;
use super::definition::{MAX_ALARM_DESCRIPTION, MAX_ALARM_NAME};
use super::fault::AlarmFault;
use super::parameters::{Parameters, QueryParameters, WindowParameters};
use super::wall_clock::MAX_TIMEZONE;
use super::warm_up::MAX_WARM_UP_MINUTES;
use super::{MAX_ACTION, action};
use crate::math::MAX_EXPRESSION;
use crate::query::MAX_QUERY_ID;

/// The longest text of an option, in characters.
const MAX_OPTION: usize = 255;

/// The basic statistics, in the order of CloudWatch's model.
pub(super) const BASIC_STATISTICS: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];

/// A value that the model does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The value; `None` where there is none.
    pub value: Option<String>,
    /// Where it stands: `alarmName`, `metrics.1.member.id`.
    pub member: String,
    /// What the model wants there.
    pub constraint: Constraint,
}

/// What the model wants of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// It must be there.
    NotNull,
    /// It must be one of these.
    OneOf(&'static [&'static str]),
    /// It must be the name of a unit.
    Unit,
    /// It must be the name of an operator.
    Operator,
    /// It must have so many characters.
    LengthMin(usize),
    /// It must not have more characters.
    LengthMax(usize),
    /// It must not be less.
    ValueMin(i32),
    /// It must not be more.
    ValueMax(i32),
    /// It must match a regular expression.
    Pattern(&'static str),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            None => f.write_str("Value null")?,
            Some(value) => write!(f, "Value '{value}'")?,
        }
        write!(f, " at '{}' failed to satisfy constraint: Member must {}", self.member, self.constraint)
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one_of =
            |f: &mut fmt::Formatter<'_>, names: &[&str]| write!(f, "satisfy enum value set: [{}]", names.join(", "));
        match self {
            Constraint::NotNull => f.write_str("not be null"),
            Constraint::OneOf(names) => one_of(f, names),
            Constraint::Unit => one_of(f, &UNITS.map(|(_, name)| name)),
            Constraint::Operator => one_of(f, &ComparisonOperator::ALL.map(ComparisonOperator::as_str)),
            Constraint::LengthMin(limit) => write!(f, "have length greater than or equal to {limit}"),
            Constraint::LengthMax(limit) => write!(f, "have length less than or equal to {limit}"),
            Constraint::ValueMin(limit) => write!(f, "have value greater than or equal to {limit}"),
            Constraint::ValueMax(limit) => write!(f, "have value less than or equal to {limit}"),
            Constraint::Pattern(pattern) => write!(f, "satisfy regular expression pattern: {pattern}"),
        }
    }
}

/// The violations so far.
struct Violations<'a>(&'a mut Vec<AlarmFault>);

/// Adds what of the parameters the model does not allow.
pub(super) fn check_model(parameters: &Parameters, faults: &mut Vec<AlarmFault>) {
    let mut all = Violations(faults);
    all.required("alarmName", parameters.alarm_name.as_deref(), MAX_ALARM_NAME);
    all.length("alarmDescription", parameters.alarm_description.as_deref(), 0, MAX_ALARM_DESCRIPTION);
    all.actions("oKActions", &parameters.ok_actions);
    all.actions("alarmActions", &parameters.alarm_actions);
    all.actions("insufficientDataActions", &parameters.insufficient_data_actions);
    all.length("metricName", parameters.metric_name.as_deref(), 1, MAX_METRIC_NAME);
    all.namespace("namespace", parameters.namespace.as_deref());
    all.one_of("statistic", parameters.statistic.as_deref(), &BASIC_STATISTICS);
    all.dimensions("dimensions", &parameters.dimensions);
    all.value("period", parameters.period, 1, i32::MAX);
    all.unit("unit", parameters.unit.as_deref());
    all.value("evaluationPeriods", parameters.evaluation_periods, 1, i32::MAX);
    all.value("datapointsToAlarm", parameters.datapoints_to_alarm, 1, i32::MAX);
    let operator = parameters.comparison_operator.as_deref();
    if operator.is_some_and(|name| ComparisonOperator::parse(name).is_none()) {
        all.add(operator, "comparisonOperator", Constraint::Operator);
    }
    all.length("treatMissingData", parameters.treat_missing_data.as_deref(), 1, MAX_OPTION);
    let low_samples = parameters.evaluate_low_sample_count_percentile.as_deref();
    all.length("evaluateLowSampleCountPercentile", low_samples, 1, MAX_OPTION);
    for (at, query) in parameters.metrics.iter().enumerate() {
        all.query(&format!("metrics.{}.member", at + 1), query);
    }
    all.length("thresholdMetricId", parameters.threshold_metric_id.as_deref(), 1, MAX_QUERY_ID);
    if let Some(WindowParameters::WallClock(timezone)) = &parameters.evaluation_window {
        all.length("evaluationWindow.wallClockWindow.timezone", timezone.as_deref(), 1, MAX_TIMEZONE);
    }
    if let Some(warm_up) = &parameters.warm_up_configuration {
        let member = "warmUpConfiguration.warmUpPeriodDurationInMinutes";
        match warm_up.minutes {
            None => all.add(None, member, Constraint::NotNull),
            minutes => all.value(member, minutes, 1, MAX_WARM_UP_MINUTES),
        }
    }
}

impl Violations<'_> {
    fn add(&mut self, value: Option<&str>, member: impl Into<String>, constraint: Constraint) {
        let violation = Violation { value: value.map(str::to_owned), member: member.into(), constraint };
        self.0.push(AlarmFault::Model(violation));
    }

    fn required(&mut self, member: &str, text: Option<&str>, most: usize) {
        match text {
            None => self.add(None, member, Constraint::NotNull),
            text => self.length(member, text, 1, most),
        }
    }

    fn length(&mut self, member: &str, text: Option<&str>, least: usize, most: usize) {
        let Some(text) = text else { return };
        let length = text.chars().count();
        if length < least {
            self.add(Some(text), member, Constraint::LengthMin(least));
        }
        if length > most {
            self.add(Some(text), member, Constraint::LengthMax(most));
        }
    }

    fn value(&mut self, member: &str, value: Option<i32>, least: i32, most: i32) {
        let Some(value) = value else { return };
        if value < least {
            self.add(Some(&value.to_string()), member, Constraint::ValueMin(least));
        }
        if value > most {
            self.add(Some(&value.to_string()), member, Constraint::ValueMax(most));
        }
    }

    fn one_of(&mut self, member: &str, name: Option<&str>, names: &'static [&'static str]) {
        if name.is_some_and(|name| !names.contains(&name)) {
            self.add(name, member, Constraint::OneOf(names));
        }
    }

    fn unit(&mut self, member: &str, name: Option<&str>) {
        if name.is_some_and(|name| nepho_model::Unit::parse(name).is_none()) {
            self.add(name, member, Constraint::Unit);
        }
    }

    fn namespace(&mut self, member: &str, name: Option<&str>) {
        self.length(member, name, 1, MAX_NAMESPACE);
        if name.is_some_and(|name| name.starts_with(':')) {
            self.add(name, member, Constraint::Pattern("[^:].*"));
        }
    }

    fn actions(&mut self, member: &str, arns: &[String]) {
        // How many there may be is told by the service, in other words.
        for (at, arn) in arns.iter().enumerate().take(action::MAX_ACTIONS) {
            self.length(&format!("{member}.{}.member", at + 1), Some(arn), 1, MAX_ACTION);
        }
    }

    fn dimensions(&mut self, member: &str, dimensions: &[(String, String)]) {
        for (at, (name, value)) in dimensions.iter().enumerate().take(nepho_model::MAX_DIMENSIONS) {
            let member = format!("{member}.{}.member", at + 1);
            self.length(&format!("{member}.name"), Some(name), 1, MAX_DIMENSION_NAME);
            self.length(&format!("{member}.value"), Some(value), 1, MAX_DIMENSION_VALUE);
        }
    }

    fn query(&mut self, member: &str, query: &QueryParameters) {
        self.required(&format!("{member}.id"), query.id.as_deref(), MAX_QUERY_ID);
        self.length(&format!("{member}.expression"), query.expression.as_deref(), 1, MAX_EXPRESSION);
        self.value(&format!("{member}.period"), query.period, 1, i32::MAX);
        self.length(&format!("{member}.accountId"), query.account_id.as_deref(), 1, MAX_OPTION);
        let Some(stat) = &query.metric_stat else { return };
        let member = format!("{member}.metricStat");
        self.length(&format!("{member}.metric.metricName"), stat.metric_name.as_deref(), 1, MAX_METRIC_NAME);
        self.namespace(&format!("{member}.metric.namespace"), stat.namespace.as_deref());
        self.dimensions(&format!("{member}.metric.dimensions"), &stat.dimensions);
        match stat.period {
            None => self.add(None, format!("{member}.period"), Constraint::NotNull),
            period => self.value(&format!("{member}.period"), period, 1, i32::MAX),
        }
        if stat.stat.is_none() {
            self.add(None, format!("{member}.stat"), Constraint::NotNull);
        }
        self.unit(&format!("{member}.unit"), stat.unit.as_deref());
    }
}
