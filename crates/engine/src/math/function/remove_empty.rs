//! `REMOVE_EMPTY`: an array without the series that have no datapoints.

use super::form::{ARRAY, Form};
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::types::Type;
use crate::math::value::{Arguments, Computed, Value};

pub(super) const REMOVE_EMPTY: Function =
    Function { name: "REMOVE_EMPTY", forms: &[Form::new(&[ARRAY], Type::Array)], body: Body::Computed(remove_empty) };

fn remove_empty(mut arguments: Arguments, _: &Context<'_>) -> Computed {
    let mut array = arguments.array();
    array.retain(|series| !series.is_empty());
    Ok(Value::Array(array))
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                             1 -
            none                           - -
            m2                             - 0
            REMOVE_EMPTY([m1, none, m2])   => [1 -] [- 0]
            REMOVE_EMPTY([none])           =>
            AVG([m1, none])                => 0.5 -
            AVG(REMOVE_EMPTY([m1, none]))  => 1 -
            ",
        );
    }
}
