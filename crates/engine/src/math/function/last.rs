//! `LAST`: the last series of an array.

use super::form::{ARRAY, Form};
use super::{Body, Function};
use crate::math::series::Series;
use crate::math::types::Type;
use crate::math::value::Value;

pub(super) const LAST: Function = Function {
    name: "LAST",
    forms: &[Form::new(&[ARRAY], Type::Series)],
    body: Body::Computed(|mut arguments, context| {
        let last = arguments.array().pop();
        Ok(Value::Series(last.unwrap_or_else(|| Series::empty(context.grid))))
    }),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                 1 2
            m2                 3 -
            LAST([m1, m2])     => 3 -
            LAST(METRICS('x')) => - -
            ",
        );
    }
}
