//! `SUM`: the sum of a series, 0 of none; across an array, of the values of each period.

use super::across::aggregate;
use super::form::AGGREGATE;
use super::{Body, Function};

pub(super) const SUM: Function = Function {
    name: "SUM",
    forms: AGGREGATE,
    body: Body::Computed(|arguments, context| {
        aggregate(arguments, context, 0.0, |sum, value| *sum += value, |sum| sum)
    }),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1               1 2 - 6
            m2               3 - - 2
            none             - - - -
            SUM(m1)          => = 9
            SUM(none)        => = 0
            SUM([m1, m2])    => 4 2 - 8
            SUM([none])      => - - - -
            SUM([m1, m2]) / SUM(m1) * 9 => 4 2 - 8
            ",
        );
    }
}
