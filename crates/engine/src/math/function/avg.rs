//! `AVG`: the mean of a series; across an array, the sum by the number of series: one that has no value counts as 0.

use super::across::across;
use super::form::AGGREGATE;
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::series::Series;
use crate::math::value::{Arguments, Computed, Value};

pub(super) const AVG: Function = Function { name: "AVG", forms: AGGREGATE, body: Body::Computed(avg) };

fn avg(mut arguments: Arguments, context: &Context<'_>) -> Computed {
    Ok(match arguments.value() {
        Value::Series(series) => Value::of_number(mean(&series)),
        array => {
            let array = array.into_array();
            let count = array.len() as f64;
            Value::Series(across(&array, context.grid, 0.0, |sum, value| *sum += value, |sum| sum / count))
        }
    })
}

/// The mean of all values; NaN of none.
pub(super) fn mean(series: &Series) -> f64 {
    series.values().iter().sum::<f64>() / series.len() as f64
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1               1 2 - 6
            m2               3 - - 2
            none             - - - -
            AVG(m1)          => = 3
            AVG(none)        => = -
            m1 - AVG(m1)     => -2 -1 - 3
            AVG([m1, m2])    => 2 1 - 4
            AVG([m1, none])  => 0.5 1 - 3
            AVG([none])      => - - - -
            AVG(5)           !! argument 1 of AVG at character 5 is a scalar: expected an array of time series or a time series
            ",
        );
    }
}
