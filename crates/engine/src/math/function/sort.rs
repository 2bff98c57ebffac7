//! `SORT`: an array in the order of the mean, the least, the greatest or the sum of the values; with a number, only that
//! many of the first. A series without datapoints comes last either way; equal ones stay as they were.

use super::avg::mean;
use super::form::{ARRAY, Form, SCALAR};
use super::slice::position;
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::series::Series;
use crate::math::types::{Type, Word};
use crate::math::value::{Arguments, Computed, Value};

const KEY: &[Type] = &[Type::Word(Word::Avg), Type::Word(Word::Min), Type::Word(Word::Max), Type::Word(Word::Sum)];
const DIRECTION: &[Type] = &[Type::Word(Word::Asc), Type::Word(Word::Desc)];

pub(super) const SORT: Function = Function {
    name: "SORT",
    forms: &[Form::new(&[ARRAY, KEY, DIRECTION, SCALAR], Type::Array).last_optional()],
    body: Body::Computed(sort),
};

fn sort(mut arguments: Arguments, _: &Context<'_>) -> Computed {
    let array = arguments.array();
    let (word, direction) = (arguments.word(), arguments.word());
    let mut keyed: Vec<_> = array.into_iter().map(|series| (key(word, &series), series)).collect();
    keyed.sort_by(|(one, one_of), (other, other_of)| {
        let order = match direction {
            Word::Desc => other.total_cmp(one),
            _ => one.total_cmp(other),
        };
        one_of.is_empty().cmp(&other_of.is_empty()).then(order)
    });
    if let Some(Value::Scalar(limit)) = arguments.optional() {
        keyed.truncate(position(limit));
    }
    Ok(Value::Array(keyed.into_iter().map(|(_, series)| series).collect()))
}

fn key(word: Word, series: &Series) -> f64 {
    let values = series.values().iter().copied();
    // Adding 0 makes 0 of -0, which is not less.
    0.0 + match word {
        Word::Min => values.fold(f64::INFINITY, f64::min),
        Word::Max => values.fold(f64::NEG_INFINITY, f64::max),
        Word::Sum => values.sum(),
        _ => mean(series),
    }
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                          1 8 - 0
            m2                          4 - - -
            m3                          2 2 2 2
            none                        - - - -
            SORT(METRICS(), AVG, ASC)   => m3:[2 2 2 2] m1:[1 8 - 0] m2:[4 - - -] none:[- - - -]
            SORT(METRICS(), AVG, DESC)  => m2:[4 - - -] m1:[1 8 - 0] m3:[2 2 2 2] none:[- - - -]
            SORT(METRICS(), MIN, ASC)   => m1:[1 8 - 0] m3:[2 2 2 2] m2:[4 - - -] none:[- - - -]
            SORT(METRICS(), MAX, DESC)  => m1:[1 8 - 0] m2:[4 - - -] m3:[2 2 2 2] none:[- - - -]
            SORT(METRICS(), SUM, DESC)  => m1:[1 8 - 0] m3:[2 2 2 2] m2:[4 - - -] none:[- - - -]
            SORT(METRICS(), SUM, DESC, 1)   => m1:[1 8 - 0]
            SORT(METRICS(), SUM, ASC, 2.9)  => m2:[4 - - -] m3:[2 2 2 2]
            SORT(METRICS(), SUM, ASC, 0)    =>
            SORT([m2, m2 * 1], MAX, ASC)    => m2:[4 - - -] m2 * 1:[4 - - -]
            SORT(METRICS(), ASC, AVG)  !! argument 2 of SORT at character 17 is ASC: expected AVG, MIN, MAX or SUM
            SORT(METRICS(), AVG)       !! SORT at character 1 lacks argument 3: expected ASC or DESC
            SORT(METRICS(), AVG, DOWN) !! Id 'DOWN' not found at character 22
            ",
        );
    }
}
