//! `YEAR`: the year at the start of every period, in UTC. Every period of the range has it, also one without a datapoint.

use super::calendar::{every_period, utc};
use super::form::{Form, SERIES};
use super::{Body, Function};
use crate::math::types::Type;

pub(super) const YEAR: Function = Function {
    name: "YEAR",
    forms: &[Form::new(&[SERIES], Type::Series)],
    body: Body::Computed(|arguments, context| {
        every_period(arguments, context, |time| utc(time).map(|utc| f64::from(utc.year())))
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
            YEAR(m1)   => 2026 2026 2026 2026
            YEAR(none) => 2026 2026 2026 2026
            start 2025-12-31T23:59:00Z
            YEAR(m1) => 2025 2026 2026 2026
            start 9999-12-30T21:59:00Z
            YEAR(m1) => 9999 9999 - -
            YEAR(5) !! argument 1 of YEAR at character 6 is a scalar: expected a time series
            ",
        );
    }
}
