//! `DATE`: the day of the month at the start of every period, 1 to 31, in UTC. Every period of the range has it, also one without a datapoint.

use super::calendar::{every_period, utc};
use super::form::{Form, SERIES};
use super::{Body, Function};
use crate::math::types::Type;

pub(super) const DATE: Function = Function {
    name: "DATE",
    forms: &[Form::new(&[SERIES], Type::Series)],
    body: Body::Computed(|arguments, context| {
        every_period(arguments, context, |time| utc(time).map(|utc| f64::from(utc.day())))
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
            DATE(m1)   => 31 31 1 1
            DATE(none) => 31 31 1 1
            start 2024-02-28T23:59:00Z
            DATE(m1) => 28 29 29 29
            DATE(5) !! argument 1 of DATE at character 6 is a scalar: expected a time series
            ",
        );
    }
}
