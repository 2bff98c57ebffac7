//! `IF`: one of two, as a condition says: anything but 0 is true.
//!
//! A condition that is a series chooses in each period that it has a value in; a condition that is a scalar chooses one of
//! two series for the whole range. A branch that is a series without a value in the period is 0, but nothing when the
//! condition is false and the other branch is a scalar.

use super::form::{Form, SCALAR, SERIES};
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::series::Series;
use crate::math::types::Type;
use crate::math::value::{Arguments, Computed, Value};

const EITHER: &[Type] = &[Type::Series, Type::Scalar];

pub(super) const IF: Function = Function {
    name: "IF",
    forms: &[
        Form::new(&[SERIES, EITHER, EITHER], Type::Series).last_optional().together(),
        Form::new(&[SCALAR, SERIES, SERIES], Type::Series).last_optional().together(),
    ],
    body: Body::Computed(if_),
};

fn if_(mut arguments: Arguments, context: &Context<'_>) -> Computed {
    let (condition, then, otherwise) = (arguments.value(), arguments.value(), arguments.optional());
    let nothing = || Value::Series(Series::empty(context.grid));
    Ok(match condition {
        Value::Series(condition) => Value::Series(choose(&condition, &then, otherwise.as_ref())),
        Value::Scalar(condition) if condition.is_nan() => nothing(),
        Value::Scalar(0.0) => otherwise.unwrap_or_else(nothing),
        _ => then,
    })
}

fn choose(condition: &Series, then: &Value, otherwise: Option<&Value>) -> Series {
    let (mut then_at, mut otherwise_at) = (Branch::of(Some(then)), Branch::of(otherwise));
    let is_scalar = matches!(then, Value::Scalar(_));
    let choice = |(slot, value): (u32, f64)| {
        let chosen = if value == 0.0 { &mut otherwise_at } else { &mut then_at };
        let absent = match (value == 0.0, is_scalar) {
            (true, true) => None,
            _ => Some(0.0),
        };
        let value = match chosen {
            Branch::Nothing => None,
            Branch::Scalar(value) => Some(*value),
            Branch::Series(series, at) => value_at(series, at, slot).or(absent),
        };
        Some((slot, value?))
    };
    Series::of_pairs(condition.grid(), condition.pairs().filter_map(choice))
}

/// What is chosen when a condition says so.
enum Branch<'a> {
    Nothing,
    Scalar(f64),
    /// A series, and how much of it lies before the period that is looked at.
    Series(&'a Series, usize),
}

impl<'a> Branch<'a> {
    fn of(value: Option<&'a Value>) -> Self {
        match value {
            Some(Value::Scalar(value)) => Branch::Scalar(*value),
            Some(Value::Series(series)) => Branch::Series(series, 0),
            _ => Branch::Nothing,
        }
    }
}

/// The value at a position that is not before the one asked for last.
fn value_at(series: &Series, at: &mut usize, slot: u32) -> Option<f64> {
    let before = series.slots()[*at..].iter().take_while(|other| **other < slot).count();
    *at += before;
    (series.slots().get(*at) == Some(&slot)).then(|| series.values()[*at])
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            c                 1 1 0 0 -
            m2                30 - 0 0 30
            m3                0 0 20 - 20
            IF(c, m2, m3)     => 30 0 20 0 -
            IF(c, 5, m3)      => 5 5 20 - -
            IF(c, m2, 5)      => 30 0 5 5 -
            IF(c, 5, 6)       => 5 5 6 6 -
            IF(c, m2)         => 30 0 - - -
            IF(c, 5)          => 5 5 - - -
            IF(1, m2, m3)     => 30 - 0 0 30
            IF(0, m2, m3)     => 0 0 20 - 20
            IF(0, m2)         => - - - - -
            IF(2, m2)         => 30 - 0 0 30
            IF(AVG(c) > 0.4, m2, m3) => 30 - 0 0 30
            IF(1 / 0, m2, m3) => - - - - -
            IF(m2 > 10, m2)   => 30 - - - 30
            IF(m2 > 10, 1, 0) => 1 - 0 0 1
            IF(-c, 1, 0)      => 1 1 0 0 -
            IF(c, 1 / 0, 2)   => - - 2 2 -
            IF(c)             !! IF at character 1 lacks argument 2: expected a time series or a scalar
            IF(1, 2, 3)       !! argument 2 of IF at character 7 is a scalar: expected a time series
            IF(1, m2, 3)      !! argument 3 of IF at character 11 is a scalar: expected a time series
            IF([c], m2, m3)   !! argument 1 of IF at character 4 is an array of time series: expected a time series or a scalar
            IF(c, [m2], m3)   !! argument 2 of IF at character 7 is an array of time series: expected a time series or a scalar
            ",
        );
    }
}
