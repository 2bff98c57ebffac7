//! `DAY`: the day of the week at the start of every period, in UTC: 1 is Monday, 7 is Sunday. Every period of the range has it, also one without a datapoint.

use super::calendar::{every_period, utc};
use super::form::{Form, SERIES};
use super::{Body, Function};
use crate::math::types::Type;

pub(super) const DAY: Function = Function {
    name: "DAY",
    forms: &[Form::new(&[SERIES], Type::Series)],
    body: Body::Computed(|arguments, context| {
        every_period(arguments, context, |time| utc(time).map(|utc| f64::from(utc.weekday().to_monday_one_offset())))
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
            DAY(m1)   => 7 7 1 1
            DAY(none) => 7 7 1 1
            start 1969-12-31T23:59:00Z
            DAY(m1) => 3 4 4 4
            DAY(5) !! argument 1 of DAY at character 5 is a scalar: expected a time series
            ",
        );
    }
}
