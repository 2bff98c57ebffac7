//! Metric alarms.

mod action;
mod checking;
mod comparison;
mod contributor;
mod contributors;
mod decide;
mod definition;
mod effect;
mod explained;
mod fault;
mod low_samples;
mod metrics_list;
mod missing;
mod observed;
mod parameters;
mod range;
mod reading;
mod rule;
mod schedule;
mod set_state;
mod source;
mod status;
mod step;
pub mod text;
mod violation;
mod wall_clock;
mod warm_up;
mod windows;

pub use action::{Action, ActionKind, Actions, InstanceAction, MAX_ACTION, MAX_ACTIONS};
pub use checking::{MAX_LONG_SPAN_SECONDS, MAX_SPAN_SECONDS};
pub use comparison::{ComparisonOperator, Condition};
pub use contributor::Contributor;
pub use contributors::MAX_CONTRIBUTORS;
pub use decide::Why;
pub use definition::{EvaluationWindow, MAX_ALARM_DESCRIPTION, MAX_ALARM_NAME, MetricAlarm};
pub use effect::{ActionRun, ContributorChange, Effect, RunCause, StateChange};
pub use explained::{ExplainedWindow, Role, explain};
pub use fault::{AlarmFault, AlarmFaults, MetricsFault};
pub use low_samples::{LowSamples, needed_samples};
pub use missing::TreatMissingData;
pub use observed::{Answer, ContributorSeries, Datum, Observed};
pub use parameters::{Parameters, QueryParameters, StatParameters, WarmUpParameters, WindowParameters};
pub use range::evaluation_range;
pub use reading::{InsightsReading, PointsReading, Reading, reads};
pub use rule::Rule;
pub use schedule::{cadence_seconds, evaluation_time, next_evaluation};
pub use set_state::{MAX_REASON, StateFault, StateRequest, set_state};
pub use source::{
    AlarmQuery, InsightsSource, MAX_EXPRESSIONS, MAX_METRIC_STATS, MAX_METRICS, MathSource, ScalarMetric, Source,
};
pub use status::{AlarmStatus, ContributorStatus, EvaluationState, StateSnapshot};
pub use step::{Step, step};
pub use violation::{Constraint, Violation};
pub use wall_clock::{MAX_TIMEZONE, TimezoneFault, WALL_CLOCK_PERIODS, WallClock};
pub use warm_up::{MAX_WARM_UP_MINUTES, WarmUp};
pub use windows::Windows;
