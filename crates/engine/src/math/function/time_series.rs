//! `TIME_SERIES`: a scalar as a series, with the same value in every period of the range.

use super::form::{Form, SCALAR};
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::series::Series;
use crate::math::types::Type;
use crate::math::value::{Arguments, Computed, Value};

pub(super) const TIME_SERIES: Function =
    Function { name: "TIME_SERIES", forms: &[Form::new(&[SCALAR], Type::Series)], body: Body::Computed(time_series) };

fn time_series(mut arguments: Arguments, context: &Context<'_>) -> Computed {
    let value = arguments.scalar();
    context.inputs.budget().take(context.grid.filled_len()? as usize)?;
    Ok(Value::Series(Series::of_every_period(context.grid, |_| value)?))
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                    1 - 3
            none                  - - -
            TIME_SERIES(5)        => 5 5 5
            TIME_SERIES(MAX(m1))  => 3 3 3
            TIME_SERIES(AVG(none)) => - - -
            TIME_SERIES(1 / 0)    => - - -
            m1 + TIME_SERIES(10)  => 11 10 13
            TIME_SERIES(m1)       !! argument 1 of TIME_SERIES at character 13 is the id of a metric: expected a scalar
            ",
        );
    }
}
