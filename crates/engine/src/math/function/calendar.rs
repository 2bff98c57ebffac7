//! Functions of the time of each period: they have a value for every period of the range.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use nepho_model::Timestamp;

use crate::math::evaluate::Context;
use crate::math::series::Series;
use crate::math::value::{Arguments, Computed, Value};

/// A property of the start of every period, also where the series has no value.
pub(super) fn every_period(
    mut arguments: Arguments,
    context: &Context<'_>,
    property: fn(Timestamp) -> Option<f64>,
) -> Computed {
    let grid = arguments.series().grid();
    context.inputs.budget().take(grid.filled_len()? as usize)?;
    let value = |slot| property(grid.time(slot)).unwrap_or(f64::NAN);
    Ok(Value::Series(Series::of_every_period(grid, value)?))
}

/// A time on the clock of UTC; `None` from the last days of the year 9999 on, and as far back.
pub(super) fn utc(time: Timestamp) -> Option<DateTime> {
    let instant = jiff::Timestamp::from_millisecond(time.millis()).ok()?;
    Some(Offset::UTC.to_datetime(instant))
}
