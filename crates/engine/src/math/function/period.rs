//! `PERIOD`: the period of a metric in seconds.

use super::form::{Form, METRIC};
use super::{Body, Function};
use crate::math::types::Type;
use crate::math::value::Value;

pub(super) const PERIOD: Function = Function {
    name: "PERIOD",
    forms: &[Form::new(&[METRIC], Type::Scalar)],
    body: Body::Computed(|mut arguments, _| Ok(Value::Scalar(arguments.series().grid().period().seconds() as f64))),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1              120 - 60
            m1 / PERIOD(m1) => 2 - 1
            period          300
            PERIOD(m1)      => = 300
            PERIOD(m1 * 1)  !! argument 1 of PERIOD at character 8 is a time series: expected the id of a metric
            PERIOD([m1])    !! argument 1 of PERIOD at character 8 is an array of time series: expected the id of a metric
            ",
        );
    }
}
