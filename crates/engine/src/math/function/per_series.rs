//! Functions that do the same to a series and to each of an array.

use crate::math::series::Series;
use crate::math::value::{Arguments, Computed};

/// Each value changed by itself; what is not finite afterwards is dropped.
pub(super) fn each_value(mut arguments: Arguments, change: fn(f64) -> f64) -> Computed {
    arguments.value().map(|series| Ok(series.map(change)))
}

/// Each datapoint compared with the one before, however long ago that is; the first has none and is dropped.
/// `change` takes the values before and now, and the seconds between.
pub(super) fn each_step(mut arguments: Arguments, change: fn(f64, f64, f64) -> f64) -> Computed {
    arguments.value().map(|series| {
        let grid = series.grid();
        let seconds = grid.period().seconds() as f64;
        let step = |at: usize| {
            let (before, slot) = (series.slots()[at - 1], series.slots()[at]);
            let value = change(series.values()[at - 1], series.values()[at], f64::from(slot - before) * seconds);
            (slot < grid.row_end(before)).then_some((slot, value))
        };
        let steps = Series::of_pairs(grid, (1..series.len()).filter_map(step));
        Ok(steps.with_origin(series.origin.clone()))
    })
}
