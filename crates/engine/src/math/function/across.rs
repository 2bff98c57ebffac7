//! Aggregation across an array: one value for each period in which any of the series has one.

use crate::math::evaluate::Context;
use crate::math::series::{Grid, Series};
use crate::math::value::{Arguments, Computed, Value};

/// Positions per datapoint up to which an entry is kept for each position of the range of the data; beyond, the
/// datapoints are sorted instead.
const SPREAD_MAX: usize = 8;

/// A scalar of a series, or a series across an array. `start` is the state before the first value, `add` takes a value
/// in, `end` makes the result. A state is made for a period only if it has a value.
pub(super) fn aggregate<State: Copy>(
    mut arguments: Arguments,
    context: &Context<'_>,
    start: State,
    add: impl Fn(&mut State, f64),
    end: impl Fn(State) -> f64,
) -> Computed {
    match arguments.value() {
        Value::Series(series) => {
            let mut state = start;
            series.values().iter().for_each(|value| add(&mut state, *value));
            Ok(Value::of_number(end(state)))
        }
        array => Ok(Value::Series(across(&array.into_array(), context.grid, start, add, end))),
    }
}

/// The same for arrays only; `grid` is that of an array without series.
pub(super) fn across<State: Copy>(
    array: &[Series],
    grid: Grid,
    start: State,
    add: impl Fn(&mut State, f64),
    end: impl Fn(State) -> f64,
) -> Series {
    let Some(first) = array.iter().find(|series| !series.is_empty()) else {
        return Series::empty(array.first().map_or(grid, Series::grid));
    };
    if array.iter().all(|series| series.is_parallel(first)) {
        let mut states = vec![start; first.len()];
        for series in array {
            states.iter_mut().zip(series.values()).for_each(|(state, value)| add(state, *value));
        }
        return Series::of_pairs(first.grid(), first.slots().iter().copied().zip(states.into_iter().map(end)));
    }
    let count: usize = array.iter().map(Series::len).sum();
    let least = array.iter().filter_map(|series| series.slots().first()).min().copied().unwrap_or_default();
    let greatest = array.iter().filter_map(|series| series.slots().last()).max().copied().unwrap_or_default();
    let spread = (greatest - least) as usize + 1;
    if spread <= count.saturating_mul(SPREAD_MAX) {
        let mut states = vec![None; spread];
        for (slot, value) in array.iter().flat_map(Series::pairs) {
            add(states[(slot - least) as usize].get_or_insert(start), value);
        }
        let pairs = (least..=greatest).zip(states).filter_map(|(slot, state)| Some((slot, end(state?))));
        return Series::of_pairs(first.grid(), pairs);
    }
    let mut pairs: Vec<_> = array.iter().flat_map(Series::pairs).collect();
    // Stable, so that values of one period stay in the order of the array and rounding is the same either way.
    pairs.sort_by_key(|(slot, _)| *slot);
    let of_one_period = |pairs: &[(u32, f64)]| {
        let mut state = start;
        pairs.iter().for_each(|(_, value)| add(&mut state, *value));
        (pairs[0].0, end(state))
    };
    Series::of_pairs(first.grid(), pairs.chunk_by(|one, next| one.0 == next.0).map(of_one_period))
}
