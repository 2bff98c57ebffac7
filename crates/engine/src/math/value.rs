//! What a part of an expression evaluates to.

use super::evaluate::EvaluationFault;
use super::series::Series;
use super::types::Word;

/// The most series in one array: as many as SEARCH finds and a graph shows.
pub const MAX_SERIES: usize = 500;

/// A value. Its type was checked before, so what takes it apart does not fail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// NaN where there is no value: the mean of no datapoints, a division by zero.
    Scalar(f64),
    Series(Series),
    Array(Vec<Series>),
    Text(String),
    Word(Word),
}

impl Value {
    /// A scalar; none of what is not finite.
    pub(super) fn of_number(value: f64) -> Self {
        Value::Scalar(if value.is_finite() { value } else { f64::NAN })
    }

    /// How many datapoints it holds, a series without any counted as one.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Value::Series(series) => 1 + series.len(),
            Value::Array(all) => all.iter().map(|series| 1 + series.len()).sum(),
            _ => 1,
        }
    }

    /// Its series, if it has any.
    pub(crate) fn into_array(self) -> Vec<Series> {
        match self {
            Value::Series(series) => vec![series],
            Value::Array(all) => all,
            _ => Vec::new(),
        }
    }

    /// The same for a series and for each of an array.
    pub(super) fn map(self, mut change: impl FnMut(Series) -> Result<Series, EvaluationFault>) -> Computed {
        Ok(match self {
            Value::Series(series) => Value::Series(change(series)?),
            Value::Array(all) => Value::Array(all.into_iter().map(change).collect::<Result<_, _>>()?),
            other => other,
        })
    }
}

/// A value, or why there is none.
pub(super) type Computed = Result<Value, EvaluationFault>;

/// The arguments of a call, in their order.
pub(super) struct Arguments(std::vec::IntoIter<Value>);

const CHECKED: &str = "types and numbers of arguments are checked";

impl Arguments {
    /// The arguments.
    pub(super) fn new(values: Vec<Value>) -> Self {
        Arguments(values.into_iter())
    }

    /// The next, if there is one.
    pub(super) fn optional(&mut self) -> Option<Value> {
        self.0.next()
    }

    /// The next.
    pub(super) fn value(&mut self) -> Value {
        self.0.next().expect(CHECKED)
    }

    /// The next, a series.
    pub(super) fn series(&mut self) -> Series {
        match self.value() {
            Value::Series(series) => series,
            _ => unreachable!("{CHECKED}"),
        }
    }

    /// The next, an array.
    pub(super) fn array(&mut self) -> Vec<Series> {
        self.value().into_array()
    }

    /// The next, a scalar.
    pub(super) fn scalar(&mut self) -> f64 {
        match self.value() {
            Value::Scalar(value) => value,
            _ => unreachable!("{CHECKED}"),
        }
    }

    /// The next, a word.
    pub(super) fn word(&mut self) -> Word {
        match self.value() {
            Value::Word(word) => word,
            _ => unreachable!("{CHECKED}"),
        }
    }
}
