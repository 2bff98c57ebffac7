//! `SLICE`: part of an array, from a position, counted from 0, up to but without another, or to its end.

use super::form::{ARRAY, Form, SCALAR};
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::types::Type;
use crate::math::value::{Arguments, Computed, Value};

pub(super) const SLICE: Function = Function {
    name: "SLICE",
    forms: &[Form::new(&[ARRAY, SCALAR, SCALAR], Type::Array).last_optional()],
    body: Body::Computed(slice),
};

fn slice(mut arguments: Arguments, _: &Context<'_>) -> Computed {
    let array = arguments.array();
    let start = position(arguments.scalar());
    let end = match arguments.optional() {
        Some(Value::Scalar(end)) => position(end),
        _ => array.len(),
    };
    let inside = array.into_iter().take(end).skip(start);
    Ok(Value::Array(inside.collect()))
}

/// A position in an array, or a number of series: rounded down; 0 when it is negative or no number.
pub(super) fn position(value: f64) -> usize {
    value as usize
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                  1 2
            m2                  3 4
            m3                  5 6
            SLICE(METRICS(), 1)       => [3 4] [5 6]
            SLICE(METRICS(), 0, 1)    => [1 2]
            SLICE(METRICS(), 1, 3)    => [3 4] [5 6]
            SLICE(METRICS(), 1, 99)   => [3 4] [5 6]
            SLICE(METRICS(), 2, 1)    =>
            SLICE(METRICS(), 3)       =>
            SLICE(METRICS(), -1, 1.9) => [1 2]
            SLICE(METRICS(), METRIC_COUNT(METRICS()) - 1) => [5 6]
            SLICE(METRICS(), 1 / 0)   => [1 2] [3 4] [5 6]
            SLICE(METRICS())          !! SLICE at character 1 lacks argument 2: expected a scalar
            SLICE(m1, 0)              !! argument 1 of SLICE at character 7 is the id of a metric: expected an array of time series
            ",
        );
    }
}
