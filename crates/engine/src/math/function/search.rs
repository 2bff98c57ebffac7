//! `SEARCH`: the metrics that a text finds, each with a statistic and a period. Which these are is found out before
//! anything is computed, see [`Prepared::searches`](crate::Prepared::searches).

use super::form::{Form, SCALAR, TEXT};
use super::{Body, Function};
use crate::math::types::Type;
use crate::math::value::Value;

pub(super) const SEARCH: Function = Function {
    name: "SEARCH",
    forms: &[Form::new(&[TEXT, TEXT, SCALAR], Type::Array).last_optional()],
    body: Body::Named(|_, context| Ok(Value::Array(context.inputs.found(context.node)?))),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                              1 2
            found                           a:[1 2] b:[3 -]
            found                           c:[5 6]
            SEARCH('{Shop} errors', 'Sum')  => a:[1 2] b:[3 -]
            SUM(SEARCH('errors', 'Sum', 60)) / m1 => 4 1
            SUM(SEARCH('a', 'p99.9')) + LAST(SEARCH('c', 'TM(10%:90%)', 60)) => 9 8
            SEARCH('errors', 'Median')      !! argument 2 of SEARCH at character 18 is 'Median': expected a statistic such as Average, Sum or p99
            SEARCH('errors', 'Sum', 61)     !! argument 3 of SEARCH at character 25 is 61: expected a period: the number 1, 5, 10, 20, 30 or a multiple of 60 up to 2147483640
            SEARCH('errors', 'Sum', 2147483700) !! argument 3 of SEARCH at character 25 is 2147483700: expected a period: the number 1, 5, 10, 20, 30 or a multiple of 60 up to 2147483640
            SEARCH('errors', 'Sum', 9000000000000000000) !! argument 3 of SEARCH at character 25 is 9000000000000000000: expected a period: the number 1, 5, 10, 20, 30 or a multiple of 60 up to 2147483640
            SEARCH('errors', 'Sum', 30*2)   !! argument 3 of SEARCH at character 25 is 30*2: expected a period: the number 1, 5, 10, 20, 30 or a multiple of 60 up to 2147483640
            SEARCH('errors', 'Sum', 300) + m1 !! SEARCH with period 300 and m1 with period 60 cannot be combined at character 1: series that are used together share one period
            SEARCH('errors')                !! SEARCH at character 1 lacks argument 2: expected a string
            SEARCH(m1, 'Sum')               !! argument 1 of SEARCH at character 8 is the id of a metric: expected a string
            ",
        );
    }
}
