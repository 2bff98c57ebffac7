//! `EPOCH`: the start of every period in seconds since 1970. Every period of the range has it, also one without a datapoint.

use super::calendar::every_period;
use super::form::{Form, SERIES};
use super::{Body, Function};
use crate::math::types::Type;

pub(super) const EPOCH: Function = Function {
    name: "EPOCH",
    forms: &[Form::new(&[SERIES], Type::Series)],
    body: Body::Computed(|arguments, context| every_period(arguments, context, |time| Some(time.seconds() as f64))),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            start 2026-05-31T23:58:00Z
            m1    5 - - -
            none  - - - -
            EPOCH(m1)   => 1780271880 1780271940 1780272000 1780272060
            EPOCH(none) => 1780271880 1780271940 1780272000 1780272060
            start 1969-12-31T23:59:00Z
            EPOCH(m1) => -60 0 60 120
            start 9999-12-30T21:59:00Z
            EPOCH(m1) => 253402207140 253402207200 253402207260 253402207320
            EPOCH(5) !! argument 1 of EPOCH at character 7 is a scalar: expected a time series
            ",
        );
    }
}
