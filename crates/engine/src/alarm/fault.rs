//! Why PutMetricAlarm is refused.

use nepho_model::{DimensionFault, IdentityError, MAX_DIMENSIONS};

use super::action::MAX_ACTIONS;
use super::source::{MAX_EXPRESSIONS, MAX_METRIC_STATS, MAX_METRICS};
use super::violation::Violation;
use super::wall_clock::TimezoneFault;
use crate::fault_code::FaultCode;
use crate::faults::{Fault, Faults};
use crate::insights::MAX_INSIGHTS_AGE_SECONDS;

/// One thing that is wrong with the parameters of PutMetricAlarm. Which of the texts are known to be CloudWatch's is told
/// in `docs/decisions/alarms.md`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AlarmFault {
    /// A value that CloudWatch's model does not allow.
    #[error("{0}")]
    Model(Violation),
    /// A control character of ASCII in the name.
    #[error("The parameter AlarmName contains control characters.")]
    NameControl(char),
    /// A list with too many elements.
    #[error("The collection {name} must not have a size greater than {limit}.")]
    TooMany {
        /// Which list.
        name: &'static str,
        /// The most elements it may have.
        limit: usize,
    },
    /// Not an ARN, or that of something that is no action.
    #[error("Invalid arn syntax: {0}")]
    Action(String),
    /// An action in another Region than the alarm.
    #[error("Invalid region {region} specified. Only {own} is supported.")]
    ActionRegion {
        /// Where the action is.
        region: String,
        /// Where the alarm is.
        own: String,
    },
    /// A metric of another account.
    #[error(
        "The value {account} for parameter Metrics.member.{element}.AccountId is invalid: no accounts are linked to \
         {own}."
    )]
    ForeignAccount {
        /// Whose metric it is.
        account: String,
        /// Which element of Metrics it is, counted from 1.
        element: usize,
        /// Whose alarm it is.
        own: String,
    },
    /// An EC2 action of an alarm on something other than one metric of an instance.
    #[error("The EC2 action {0} can only be defined on a metric with the dimension InstanceId.")]
    InstanceAction(String),
    /// Recovery of an instance that is checked otherwise.
    #[error(
        "The EC2 'Recover' action can only be defined on the 'StatusCheckFailed_System' metric and 'AWS/EC2' namespace."
    )]
    RecoverAction(String),
    /// An Auto Scaling action of an alarm on a band.
    #[error("Auto Scaling actions cannot be set on alarms with a ThresholdMetricId: {0}")]
    ScalingAction(String),
    /// A parameter is not there.
    #[error("{0} must not be null")]
    Null(&'static str),
    /// A parameter that does not go with Metrics.
    #[error("{0} should not be set if list of Metrics is set.")]
    NotWithMetrics(&'static str),
    /// Both forms of a statistic.
    #[error("The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.")]
    BothStatistics,
    /// Neither form of a statistic.
    #[error("At least one of the parameters Statistic or ExtendedStatistic must be specified.")]
    NoStatistic,
    /// No statistic.
    #[error("The value {0} for parameter ExtendedStatistic is not supported.")]
    ExtendedStatistic(String),
    /// No metric.
    #[error("{0}")]
    Metric(IdentityError),
    /// A period that no alarm can have.
    #[error("Period must be 10, 20, 30 or a multiple of 60")]
    Period(i32),
    /// More time than an alarm can look at.
    #[error(
        "Metrics cannot be checked across more than {} (EvaluationPeriods * Period must be <= {limit}).",
        span(*limit)
    )]
    TooLong {
        /// The time, in seconds.
        seconds: i64,
        /// The most it may be.
        limit: i64,
    },
    /// M is more than N.
    #[error("DatapointsToAlarm must be less than or equal to EvaluationPeriods")]
    DatapointsToAlarm,
    /// A threshold that is no number.
    #[error("The value {} for parameter Threshold is invalid.", not_finite(*.0))]
    Threshold(f64),
    /// A threshold and a band.
    #[error("Threshold and ThresholdMetricId cannot both be set")]
    ThresholdAndBand,
    /// An operator of bands without a band.
    #[error("ComparisonOperator {0} can only be used with ThresholdMetricId")]
    OperatorOfBand(&'static str),
    /// A band with an operator that is not one of bands.
    #[error("ComparisonOperator {0} cannot be used with ThresholdMetricId")]
    OperatorOfThreshold(&'static str),
    /// No such treatment.
    #[error(
        "The value {0} is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, \
         ignore, missing]."
    )]
    TreatMissingData(String),
    /// No such option.
    #[error(
        "Option {0} is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and \
         ignore."
    )]
    LowSamples(String),
    /// None or several of the elements of Metrics return data.
    #[error("Exactly one element of the metrics list should return data.")]
    OneReturnsData,
    /// Other elements of Metrics than the band and what it is around return data.
    #[error("Exactly two elements of the metrics list should return data.")]
    TwoReturnData,
    /// ThresholdMetricId names no band.
    #[error("ThresholdMetricId {0} is not the id of an ANOMALY_DETECTION_BAND expression in the metrics list.")]
    NoBand(String),
    /// Metrics that do not go together; CloudWatch does not say why.
    #[error("Invalid metrics list")]
    Metrics(MetricsFault),
    /// A SEARCH in an expression.
    #[error("SEARCH is not supported on Metric Alarms.")]
    Search(String),
    /// Both members of a union, or none.
    #[error(
        "Exactly one of SlidingWindow and WallClockWindow should be set in EvaluationWindow: {} set.",
        if *are_both { "both are" } else { "none is" }
    )]
    Window {
        /// Whether it is both.
        are_both: bool,
    },
    /// A period that does not stand on a wall clock.
    #[error("Period must be one of [60, 300, 3600, 86400, 604800] if EvaluationWindow is a WallClockWindow")]
    WallClockPeriod(i32),
    /// No time zone.
    #[error(transparent)]
    Timezone(#[from] TimezoneFault),
    /// A PromQL query.
    #[error(
        "EvaluationCriteria.PromQLCriteria is not implemented: metrics are not stored as PromQL needs them, by labels; use \
         MetricName or Metrics"
    )]
    PromQl,
    /// A parameter of PromQL alarms.
    #[error("EvaluationInterval can only be set with EvaluationCriteria")]
    EvaluationInterval,
}

/// What is wrong with Metrics, in more words than CloudWatch has.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MetricsFault {
    /// More elements than an alarm can have.
    #[error("{0} elements exceed the limit of {MAX_METRICS}")]
    TooMany(usize),
    /// More metrics than an alarm can have.
    #[error("{0} metrics exceed the limit of {MAX_METRIC_STATS}")]
    TooManyMetrics(usize),
    /// More expressions than an alarm can have.
    #[error("{0} expressions exceed the limit of {MAX_EXPRESSIONS}")]
    TooManyExpressions(usize),
    /// Something wrong with one element.
    #[error("{id}: {fault}")]
    Element {
        /// Its id.
        id: String,
        /// What is wrong with it.
        fault: String,
    },
    /// Something wrong with its expressions.
    #[error("{0}")]
    Expressions(String),
    /// Metrics with different periods.
    #[error("{first} has a period of {first_seconds} seconds and {second} one of {second_seconds}: an alarm has one")]
    Periods {
        /// What has one period.
        first: String,
        /// That period.
        first_seconds: i64,
        /// What has another.
        second: String,
        /// That period.
        second_seconds: i64,
    },
    /// A band of a period that no band has.
    #[error("a band has a period of 60 to 3600 seconds, not of {0}")]
    BandPeriod(i64),
    /// A query of Metrics Insights over more than it can be about.
    #[error(
        "{seconds} seconds are more than a query of Metrics Insights is about, which is {MAX_INSIGHTS_AGE_SECONDS}"
    )]
    InsightsTooLong {
        /// Over how many seconds.
        seconds: i64,
    },
    /// An expression with several series.
    #[error("{0} is an array of time series: an alarm is about one")]
    Array(String),
    /// A query of Metrics Insights beside others.
    #[error("{0} is a query of Metrics Insights, which is the only element of an alarm")]
    InsightsBeside(String),
}

/// All that is wrong with the parameters of PutMetricAlarm.
pub type AlarmFaults = Faults<AlarmFault>;

impl Fault for AlarmFault {
    fn code(&self) -> FaultCode {
        match self {
            AlarmFault::TooMany { .. }
            | AlarmFault::NameControl(_)
            | AlarmFault::ForeignAccount { .. }
            | AlarmFault::ExtendedStatistic(_)
            | AlarmFault::Metric(_)
            | AlarmFault::Threshold(_) => FaultCode::InvalidParameterValue,
            AlarmFault::BothStatistics => FaultCode::InvalidParameterCombination,
            AlarmFault::NoStatistic => FaultCode::MissingParameter,
            _ => FaultCode::Validation,
        }
    }

    fn is_of_model(&self) -> bool {
        matches!(self, AlarmFault::Model(_))
    }
}

impl AlarmFault {
    /// What CloudWatch does not say about it.
    pub fn detail(&self) -> Option<String> {
        match self {
            AlarmFault::Metrics(fault) => Some(fault.to_string()),
            AlarmFault::Search(id) => Some(format!("{id} has a SEARCH, whose metrics would change")),
            AlarmFault::Period(period) => Some(format!("it is {period}")),
            AlarmFault::WallClockPeriod(period) => Some(format!("it is {period}")),
            AlarmFault::TooLong { seconds, .. } => Some(format!("it is {seconds}")),
            _ => None,
        }
    }
}

impl From<IdentityError> for AlarmFault {
    fn from(fault: IdentityError) -> Self {
        match fault {
            IdentityError::Dimension(DimensionFault::TooMany(_)) => {
                AlarmFault::TooMany { name: "Dimensions", limit: MAX_DIMENSIONS }
            }
            fault => AlarmFault::Metric(fault),
        }
    }
}

/// The fault of a list of actions that is too long.
pub(super) const fn too_many_actions(name: &'static str) -> AlarmFault {
    AlarmFault::TooMany { name, limit: MAX_ACTIONS }
}

fn span(seconds: i64) -> &'static str {
    if seconds > 24 * 3600 { "seven days" } else { "a day" }
}

/// As Java writes what is no number.
fn not_finite(value: f64) -> &'static str {
    match value {
        value if value.is_nan() => "NaN",
        value if value < 0.0 => "-∞",
        _ => "∞",
    }
}
