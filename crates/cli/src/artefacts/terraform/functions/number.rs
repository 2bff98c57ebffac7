//! Functions of numbers.

use super::{Outcome, Refusal, list_at, number_at};
use crate::artefacts::node::{Node, Value};

pub(super) fn apply(name: &str, arguments: &[Node]) -> Outcome {
    let all =
        |numbers: &[Node]| (0..numbers.len()).map(|index| number_at(numbers, index)).collect::<Result<Vec<_>, _>>();
    let one = |compute: fn(f64) -> f64| Ok(Value::number(compute(number_at(arguments, 0)?)));
    let number = match name {
        "max" => all(arguments)?.into_iter().reduce(f64::max),
        "min" => all(arguments)?.into_iter().reduce(f64::min),
        "sum" => all(list_at(arguments, 0)?)?.into_iter().reduce(|one, other| one + other),
        "abs" => return one(f64::abs),
        "ceil" => return one(f64::ceil),
        "floor" => return one(f64::floor),
        "signum" => return one(|number| if number == 0.0 { 0.0 } else { number.signum() }),
        "parseint" => {
            let text = super::text_at(arguments, 0)?;
            let base = number_at(arguments, 1)?;
            let base = (2.0..=36.0).contains(&base).then_some(base as u32);
            base.and_then(|base| i64::from_str_radix(&text, base).ok()).map(|number| number as f64)
        }
        _ => return Err(Refusal::NotComputed),
    };
    number.map(Value::number).ok_or_else(|| Refusal::Wrong("expected numbers".to_owned()))
}
