//! `METRIC_COUNT`: how many series an array has, with datapoints or without.

use super::form::{ARRAY, Form};
use super::{Body, Function};
use crate::math::types::Type;
use crate::math::value::Value;

pub(super) const METRIC_COUNT: Function = Function {
    name: "METRIC_COUNT",
    forms: &[Form::new(&[ARRAY], Type::Scalar)],
    body: Body::Computed(|mut arguments, _| Ok(Value::Scalar(arguments.array().len() as f64))),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                          1 2
            none                        - -
            METRIC_COUNT([m1, none])    => = 2
            METRIC_COUNT(METRICS())     => = 2
            METRIC_COUNT(METRICS('x'))  => = 0
            METRIC_COUNT(m1)            !! argument 1 of METRIC_COUNT at character 14 is the id of a metric: expected an array of time series
            ",
        );
    }
}
