//! Metric alarms.

mod action;
mod checking;
mod comparison;
mod contributor;
mod definition;
mod fault;
mod low_samples;
mod metrics_list;
mod missing;
mod observed;
mod parameters;
mod range;
mod schedule;
mod source;
mod violation;
mod wall_clock;
mod warm_up;
mod windows;

pub use action::{Action, ActionKind, Actions, InstanceAction, MAX_ACTION, MAX_ACTIONS};
pub use checking::{MAX_LONG_SPAN_SECONDS, MAX_SPAN_SECONDS};
pub use comparison::{ComparisonOperator, Condition};
pub use contributor::Contributor;
pub use definition::{EvaluationWindow, MAX_ALARM_DESCRIPTION, MAX_ALARM_NAME, MetricAlarm};
pub use fault::{AlarmFault, AlarmFaults, MetricsFault};
pub use low_samples::{LowSamples, needed_samples};
pub use missing::TreatMissingData;
pub use observed::{Answer, ContributorSeries, Datum, Observed};
pub use parameters::{Parameters, QueryParameters, StatParameters, WarmUpParameters, WindowParameters};
pub use range::evaluation_range;
pub use schedule::{cadence_seconds, evaluation_time, next_evaluation};
pub use source::{
    AlarmQuery, InsightsSource, MAX_EXPRESSIONS, MAX_METRIC_STATS, MAX_METRICS, MathSource, ScalarMetric, Source,
};
pub use violation::{Constraint, Violation};
pub use wall_clock::{MAX_TIMEZONE, TimezoneFault, WALL_CLOCK_PERIODS, WallClock};
pub use warm_up::{MAX_WARM_UP_MINUTES, WarmUp};
pub use windows::Windows;
