//! `METRICS`: the metrics of the request, in its order, without its expressions; of those, with a string, only the ones
//! whose id contains it.

use super::form::{Form, TEXT};
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::types::Type;
use crate::math::value::{Arguments, Computed, Value};

pub(super) const METRICS: Function =
    Function { name: "METRICS", forms: &[Form::new(&[TEXT], Type::Array).last_optional()], body: Body::Named(metrics) };

fn metrics(mut arguments: Arguments, context: &Context<'_>) -> Computed {
    let part = match arguments.optional() {
        Some(Value::Text(part)) => part,
        _ => String::new(),
    };
    Ok(Value::Array(context.inputs.metrics(&part)?))
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            errors1            1 2
            errors2            3 -
            requests           5 6
            METRICS()          => errors1:[1 2] errors2:[3 -] requests:[5 6]
            METRICS('errors')  => errors1:[1 2] errors2:[3 -]
            METRICS(\"ts\")    => requests:[5 6]
            METRICS('x')       =>
            SUM(METRICS('errors')) / requests => 0.8 0.3333333333
            METRICS(errors1)   !! argument 1 of METRICS at character 9 is the id of a metric: expected a string
            ",
        );
    }
}
