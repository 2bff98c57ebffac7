//! `MIN`: the least value of a series; across an array, of the values of each period, leaving out series that have none.

use super::across::aggregate;
use super::form::AGGREGATE;
use super::{Body, Function};

pub(super) const MIN: Function = Function {
    name: "MIN",
    forms: AGGREGATE,
    body: Body::Computed(|arguments, context| {
        aggregate(arguments, context, f64::INFINITY, |least, value| *least = least.min(value), |least| least)
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
            MIN(m1)          => = 1
            MIN(none)        => = -
            MIN([m1, m2])    => 1 2 - 2
            MIN([m1, none])  => 1 2 - 6
            ",
        );
    }
}
