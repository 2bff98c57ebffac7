//! `HOUR`: the hour of the start of every period, 0 to 23, in UTC. Every period of the range has it, also one without a datapoint.

use super::calendar::{every_period, utc};
use super::form::{Form, SERIES};
use super::{Body, Function};
use crate::math::types::Type;

pub(super) const HOUR: Function = Function {
    name: "HOUR",
    forms: &[Form::new(&[SERIES], Type::Series)],
    body: Body::Computed(|arguments, context| {
        every_period(arguments, context, |time| utc(time).map(|utc| f64::from(utc.hour())))
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
            HOUR(m1)   => 23 23 0 0
            HOUR(none) => 23 23 0 0
            IF(HOUR(m1) < 12, m1)        => - - 0 0
            IF(HOUR(m1) < 12, m1, -1)    => -1 -1 0 0
            m1 * (HOUR(m1) >= 22)        => 5 0 0 0
            HOUR(5) !! argument 1 of HOUR at character 6 is a scalar: expected a time series
            ",
        );
    }
}
