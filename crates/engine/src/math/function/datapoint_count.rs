//! `DATAPOINT_COUNT`: how many datapoints a series has; across an array, how many series have one in each period.

use super::across::aggregate;
use super::form::AGGREGATE;
use super::{Body, Function};

pub(super) const DATAPOINT_COUNT: Function = Function {
    name: "DATAPOINT_COUNT",
    forms: AGGREGATE,
    body: Body::Computed(|arguments, context| {
        aggregate(arguments, context, 0.0, |count, _| *count += 1.0, |count| count)
    }),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                        1 2 - 6
            m2                        3 - - 2
            none                      - - - -
            DATAPOINT_COUNT(m1)       => = 3
            DATAPOINT_COUNT(none)     => = 0
            DATAPOINT_COUNT([m1, m2]) => 2 1 - 2
            ",
        );
    }
}
