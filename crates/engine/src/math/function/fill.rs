//! `FILL`: a series with a value in every period of the range. What is missing is a scalar, or what another series has
//! then; with REPEAT the value before the gap, with LINEAR a line from the value before the gap to that behind it. Where
//! there is none before or behind, or the other series has none either, it stays missing.

use super::form::{ARRAY, Form, SERIES};
use super::{Body, Function};
use crate::math::evaluate::Context;
use crate::math::series::Series;
use crate::math::types::{Type, Word};
use crate::math::value::{Arguments, Computed, Value};

const FILLER: &[Type] = &[Type::Scalar, Type::Word(Word::Repeat), Type::Word(Word::Linear)];

pub(super) const FILL: Function = Function {
    name: "FILL",
    forms: &[
        Form::new(&[ARRAY, SERIES], Type::Array).together(),
        Form::new(&[ARRAY, FILLER], Type::Array),
        Form::new(&[SERIES, FILLER], Type::Series),
    ],
    body: Body::Computed(fill),
};

fn fill(mut arguments: Arguments, context: &Context<'_>) -> Computed {
    let (gappy, filler) = (arguments.value(), arguments.value());
    gappy.map(|series| {
        let grid = match &filler {
            Value::Series(other) => series.grid_with(other),
            _ => series.grid(),
        };
        let periods = grid.filled_len()?;
        context.inputs.budget().take(periods as usize)?;
        let mut values = gaps(&series, &filler, periods as usize);
        series.pairs().for_each(|(slot, value)| values[slot as usize] = value);
        let filled = Series::new(grid, (0..periods).collect(), values);
        Ok(filled.with_origin(series.origin))
    })
}

/// What there is where the series has nothing, for every period; NaN where nothing is.
fn gaps(series: &Series, filler: &Value, periods: usize) -> Vec<f64> {
    let constant = match filler {
        Value::Scalar(value) => *value,
        _ => f64::NAN,
    };
    let mut values = vec![constant; periods];
    match filler {
        Value::Series(other) => other.pairs().for_each(|(slot, value)| values[slot as usize] = value),
        Value::Word(word) => {
            let grid = series.grid();
            let mut pairs = series.pairs().peekable();
            while let Some((from, value)) = pairs.next() {
                let end = grid.row_end(from);
                match pairs.peek().filter(|(to, _)| *to < end) {
                    Some((to, last)) => draw(&mut values, (from as usize, value), (*to as usize, *last), *word),
                    None if *word == Word::Repeat => values[from as usize..end as usize].fill(value),
                    None => {}
                }
            }
        }
        _ => {}
    }
    values
}

/// Fills the gap between two datapoints.
fn draw(values: &mut [f64], (from, first): (usize, f64), (to, last): (usize, f64), word: Word) {
    let length = (to - from) as f64;
    for (steps, value) in values[from..to].iter_mut().enumerate() {
        *value = match word {
            Word::Linear => first + (last - first) * (steps as f64 / length),
            _ => first,
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                  - 3 - - 9 -
            m2                  1 - 2 - - -
            none                - - - - - -
            FILL(m1, 0)         => 0 3 0 0 9 0
            FILL(m1, MIN(m1))   => 3 3 3 3 9 3
            FILL(m1, AVG(none)) => - 3 - - 9 -
            FILL(m1, REPEAT)    => - 3 3 3 9 9
            FILL(m1, LINEAR)    => - 3 5 7 9 -
            FILL(none, 7)       => 7 7 7 7 7 7
            FILL(none, REPEAT)  => - - - - - -
            FILL(none, LINEAR)  => - - - - - -
            FILL([m1, m2], m2)  => m1:[1 3 2 - 9 -] m2:[1 - 2 - - -]
            FILL(METRICS('m'), 0)      => m1:[0 3 0 0 9 0] m2:[1 0 2 0 0 0]
            FILL(METRICS('m'), REPEAT) => m1:[- 3 3 3 9 9] m2:[1 1 2 2 2 2]
            FILL(METRICS('m'), LINEAR) => m1:[- 3 5 7 9 -] m2:[1 1.5 2 - - -]
            FILL(m1, 0) / FILL(m2, 1)  => 0 3 0 0 9 0
            FILL(m1, m2)    !! argument 2 of FILL at character 10 is the id of a metric: expected a scalar, REPEAT or LINEAR
            FILL([m1], ASC) !! argument 2 of FILL at character 12 is ASC: expected a time series, a scalar, REPEAT or LINEAR
            FILL(m1)        !! FILL at character 1 lacks argument 2: expected a scalar, REPEAT or LINEAR
            FILL(m1, REPAET) !! Id 'REPAET' not found at character 10, did you mean 'REPEAT'?
            ",
        );
    }
}
