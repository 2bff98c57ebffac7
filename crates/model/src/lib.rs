//! The nouns of Nephoscope and their limits: what a metric is, what a sample is, what a stored cell is.
//!
//! Values of these types are valid by construction; a value that CloudWatch would refuse cannot be
//! built, and the error says what was found and what the limit is. The crate does no I/O, reads no
//! clock and knows neither the wire (see `nepho-protocol`) nor the disk (see `nepho-store`).
//!
//! ```
//! use nepho_model::{Batch, Cell, Resolution, Timestamp, Unit};
//!
//! let mut batch = Batch::default();
//! let key = batch.key("Shop", "Orders", &mut [("Service", "web")])?;
//! batch.push(key, Unit::Count, Resolution::Minute, Timestamp::from_millis(1_767_225_600_000), Cell::of(3.0));
//! let sample = batch.iter().next().expect("one sample was pushed");
//! assert_eq!(sample.metric.name(), "Orders");
//! # Ok::<(), nepho_model::IdentityError>(())
//! ```

mod alarm_state;
mod batch;
mod cell;
mod dimension;
mod distribution;
mod identity;
mod number;
mod read;
mod resolution;
mod run;
mod scope;
pub mod search;
mod sketch;
mod time;
mod unit;

pub use alarm_state::AlarmState;
pub use batch::{Batch, KeyRange, SampleRef};
pub use cell::{Cell, CellError};
pub use dimension::{DimensionFault, MAX_DIMENSION_NAME, MAX_DIMENSION_VALUE, MAX_DIMENSIONS, check_dimension_name};
pub use distribution::{Distribution, EXACT_VALUES_MAX, ExactValues, KnownPercentiles};
pub use identity::{
    IdentityError, MAX_METRIC_NAME, MAX_NAMESPACE, Metric, MetricKey, NameFault, check_metric_name, check_namespace,
};
pub use number::{MAX_MAGNITUDE, NumberFault, check_number};
pub use read::{Detail, Point, Read, UnitSeries};
pub use resolution::Resolution;
pub use run::{Numbers, Run};
pub use scope::Scope;
pub use sketch::Sketch;
pub use time::{MAX_AGE_SECONDS, MAX_AHEAD_SECONDS, Timestamp};
pub use unit::{UNITS, Unit};
