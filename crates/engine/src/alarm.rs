//! Metric alarms: what they are, when they are evaluated, what they find and what they say.
//!
//! - [`MetricAlarm::new`] makes an alarm of what PutMetricAlarm is given, or says what is wrong with it; [`Parameters`] are
//!   got back from it.
//! - [`next_evaluation`] says when it is due, [`Windows`] which periods it looks at then.
//! - [`reads`] says what has to be read for that; with the answers it gives what was [`Observed`].
//! - [`step`](step()) is the whole of an evaluation: from the [`AlarmStatus`] before and what was observed to a [`Step`],
//!   which has the status after, what is to be done as [`Effect`]s, and [`Why`]. [`set_state`] is SetAlarmState.
//! - [`explain`] says what an evaluation made of each period.
//! - [`Replay`] runs all evaluations of a range of time over data that is read once, by the same [`step`](step()).
//! - [`text`] has histories, messages and events.
//!
//! Nothing here reads a store or a clock. What AWS leaves open is in `docs/decisions/alarms.md`.
//!
//! ```
//! use nepho_engine::alarm::text::{messages, state_item};
//! use nepho_engine::alarm::{
//!     AlarmStatus, Effect, MetricAlarm, Parameters, Reading, Rule, evaluation_time, next_evaluation, reads, step,
//! };
//! use nepho_model::{AlarmState, Cell, Point, Scope, Timestamp, Unit, UnitSeries};
//!
//! let parameters = Parameters {
//!     alarm_name: Some("Slow checkout".to_owned()),
//!     alarm_actions: vec!["arn:aws:sns:us-east-1:123456789012:ops".to_owned()],
//!     namespace: Some("Shop".to_owned()),
//!     metric_name: Some("Latency".to_owned()),
//!     statistic: Some("Average".to_owned()),
//!     period: Some(60),
//!     evaluation_periods: Some(3),
//!     datapoints_to_alarm: Some(2),
//!     threshold: Some(250.0),
//!     comparison_operator: Some("GreaterThanThreshold".to_owned()),
//!     ..Parameters::default()
//! };
//! // No time zones are needed here; `jiff::tz::TimeZone::get` would find them by name.
//! let alarm = MetricAlarm::new(&Scope::new("123456789012", "us-east-1"), &parameters, &|_| None)?;
//! let created = Timestamp::from_seconds(1_777_896_000);
//! let status = AlarmStatus::created(&alarm, created);
//!
//! // The first evaluation is due a minute later, and looks at five periods for three datapoints.
//! let now = next_evaluation(&alarm, created);
//! let Reading::Points(reading) = reads(&alarm, evaluation_time(&alarm, now)) else { unreachable!("it is no query") };
//! assert_eq!(reading.reads()[0].start, now.plus_seconds(-300));
//! let points = [-180, -120, -60].map(|age| Point { time: now.plus_seconds(age), cell: Cell::of(300.0) });
//! let stored = UnitSeries { unit: Unit::Milliseconds, points: points.to_vec() };
//! let observed = reading.observe(&[Ok(vec![stored])], &[]);
//!
//! let step = step(&alarm, &status, &observed, now);
//! assert_eq!((step.state, step.why.rule), (AlarmState::Alarm, Rule::EnoughBreach));
//! let [Effect::State(change), Effect::Run(run)] = &step.effects[..] else { panic!("the state changes, an action runs") };
//! assert_eq!(state_item(change, None).summary, "Alarm updated from INSUFFICIENT_DATA to ALARM");
//! let message = messages(&alarm, &run.cause, created, false);
//! assert_eq!(message.subject, "ALARM: \"Slow checkout\" in US East (N. Virginia)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
mod replay;
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
pub use replay::{Replay, Visit};
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
