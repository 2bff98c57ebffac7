//! What CloudWatch says about alarms: reasons, histories, messages. Letter for letter, as far as that is known; what is
//! not is told in `docs/decisions/alarms.md`.
//!
//! Everything here is a function of values. The head of a message is apart from what is about metrics, so that alarms of
//! other kinds share it.

mod clock;
mod datapoints;
mod json;
mod number;
mod reason;
mod reason_data;

pub use clock::{iso_time, long_time, short_time};
pub(super) use datapoints::Evaluated;
pub use number::java_double;
pub(super) use reason::{contributor_reason, series_reason, vanished_reason};
pub use reason_data::MAX_REASON_DATA;
pub(super) use reason_data::{bare_reason_data, reason_data};
