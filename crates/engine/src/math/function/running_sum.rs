//! `RUNNING_SUM`: the sum of each value and all before it.

use super::form::EACH;
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::series::Series;
use crate::math::value::{Arguments, Computed};

pub(super) const RUNNING_SUM: Function =
    Function { name: "RUNNING_SUM", forms: EACH, body: Body::Computed(running_sum) };

fn running_sum(mut arguments: Arguments, _: &Context<'_>) -> Computed {
    arguments.value().map(|series| {
        let grid = series.grid();
        let sums = series.pairs().scan((0.0, 0), |(sum, end), (slot, value)| {
            if slot >= *end {
                (*sum, *end) = (0.0, grid.row_end(slot));
            }
            *sum += value;
            Some((slot, *sum))
        });
        Ok(Series::of_pairs(grid, sums).with_origin(series.origin.clone()))
    })
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1              1 2 - -4 0
            RUNNING_SUM(m1) => 1 3 - -1 -1
            RUNNING_SUM([m1, -m1]) => [1 3 - -1 -1] [-1 -3 - 1 1]
            ",
        );
    }
}
