//! `MINUTE`: the minute of the start of every period, 0 to 59, in UTC. Every period of the range has it, also one without a datapoint.

use super::calendar::{every_period, utc};
use super::form::{Form, SERIES};
use super::{Body, Function};
use crate::math::types::Type;

pub(super) const MINUTE: Function = Function {
    name: "MINUTE",
    forms: &[Form::new(&[SERIES], Type::Series)],
    body: Body::Computed(|arguments, context| {
        every_period(arguments, context, |time| utc(time).map(|utc| f64::from(utc.minute())))
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
            MINUTE(m1)   => 58 59 0 1
            MINUTE(none) => 58 59 0 1
            MINUTE(5) !! argument 1 of MINUTE at character 8 is a scalar: expected a time series
            ",
        );
    }
}
