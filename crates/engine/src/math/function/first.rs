//! `FIRST`: the first series of an array.

use super::form::{ARRAY, Form};
use super::{Body, Function};
use crate::math::series::Series;
use crate::math::types::Type;
use crate::math::value::Value;

pub(super) const FIRST: Function = Function {
    name: "FIRST",
    forms: &[Form::new(&[ARRAY], Type::Series)],
    body: Body::Computed(|mut arguments, context| {
        let first = arguments.array().into_iter().next();
        Ok(Value::Series(first.unwrap_or_else(|| Series::empty(context.grid))))
    }),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                  1 2
            m2                  3 -
            FIRST([m1, m2])     => 1 2
            FIRST(SORT(METRICS(), MAX, DESC)) + 1 => 4 -
            FIRST(METRICS('x')) => - -
            FIRST(m1)           !! argument 1 of FIRST at character 7 is the id of a metric: expected an array of time series
            ",
        );
    }
}
