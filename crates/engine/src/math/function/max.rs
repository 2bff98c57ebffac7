//! `MAX`: the greatest value of a series; across an array, of the values of each period, leaving out series that have
//! none.

use super::across::aggregate;
use super::form::AGGREGATE;
use super::{Body, Function};

pub(super) const MAX: Function = Function {
    name: "MAX",
    forms: AGGREGATE,
    body: Body::Computed(|arguments, context| {
        aggregate(arguments, context, f64::NEG_INFINITY, |most, value| *most = most.max(value), |most| most)
    }),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1               -1 -2 - 6
            m2               -3 - - 2
            none             - - - -
            MAX(m1)          => = 6
            MAX(none)        => = -
            MAX([m1, m2])    => -1 -2 - 6
            ",
        );
    }
}
