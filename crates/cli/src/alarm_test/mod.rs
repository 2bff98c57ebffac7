//! Unit tests for alarms: series go in, and states and notifications are compared with what is expected.
//!
//! A test file names artefacts with alarms, and has tests: input series in a compact notation, a
//! virtual clock, expected states over time, and expected notifications. It is described in
//! `docs/alarm-tests.md`. Alarms are evaluated by the engine's own `step` over a store in memory,
//! when they would be: nothing here has a second opinion of what an alarm does.
//!
//! ```
//! use std::path::Path;
//!
//! use nepho_cli::alarm_test;
//! use nepho_cli::artefacts::Options;
//!
//! let file = "
//! definitions:
//! - {AlarmName: depth, Namespace: Jobs, MetricName: Depth, Statistic: Maximum, Period: 60,
//!    EvaluationPeriods: 2, Threshold: 10, ComparisonOperator: GreaterThanThreshold}
//! tests:
//! - name: two minutes of a long queue
//!   input:
//!   - {namespace: Jobs, metric: Depth, values: 1x5 20x5}
//!   expect:
//!   - {at: 6m, alarm: depth, state: OK}
//!   - {at: 7m, alarm: depth, state: ALARM, reason: '*2 datapoints*greater than the threshold (10.0)*'}
//! ";
//! let file = alarm_test::read_text(Path::new("depth.yaml"), file.into(), &Options::default())?;
//! let report = alarm_test::run(&file);
//! assert!(report.has_passed(), "{}", report.text(false));
//! # Ok::<(), alarm_test::TestFileError>(())
//! ```

mod case;
mod definitions;
mod error;
mod expectation;
mod fields;
mod file;
mod glob;
mod junit;
mod learning;
mod notation;
mod offset;
mod play;
mod report;
mod verdict;

pub use case::LENGTH_SECONDS_MAX;
pub use error::TestFileError;
pub use file::{TestFile, read, read_text};
pub use junit::junit;
pub use notation::POINTS_MAX;
pub use report::{CaseReport, FileReport, Row, StateFailure};
pub use verdict::run;
