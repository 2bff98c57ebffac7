//! `MONTH`: the month at the start of every period, 1 to 12, in UTC. Every period of the range has it, also one without a datapoint.

use super::calendar::{every_period, utc};
use super::form::{Form, SERIES};
use super::{Body, Function};
use crate::math::types::Type;

pub(super) const MONTH: Function = Function {
    name: "MONTH",
    forms: &[Form::new(&[SERIES], Type::Series)],
    body: Body::Computed(|arguments, context| {
        every_period(arguments, context, |time| utc(time).map(|utc| f64::from(utc.month())))
    }),
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
            MONTH(m1)   => 5 5 6 6
            MONTH(none) => 5 5 6 6
            start 2025-12-31T23:59:00Z
            MONTH(m1) => 12 1 1 1
            MONTH(5) !! argument 1 of MONTH at character 7 is a scalar: expected a time series
            ",
        );
    }
}
