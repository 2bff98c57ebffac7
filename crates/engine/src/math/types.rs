//! What an expression can be, and the words that stand for a choice.

use std::fmt;

/// What a part of an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// S: one number.
    Scalar,
    /// TS: a time series.
    Series,
    /// A time series that is a metric of the request, named by its id.
    Metric,
    /// TS[]: an array of time series.
    Array,
    /// A string.
    Text,
    /// An array of strings.
    Texts,
    /// A word that stands for a choice.
    Word(Word),
}

/// A word that a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Of FILL: the last value before the gap.
    Repeat,
    /// Of FILL: a line between the ends of the gap.
    Linear,
    /// Of SORT: the least first.
    Asc,
    /// Of SORT: the greatest first.
    Desc,
    /// Of SORT: by the mean.
    Avg,
    /// Of SORT: by the least value.
    Min,
    /// Of SORT: by the greatest value.
    Max,
    /// Of SORT: by the sum.
    Sum,
}

/// All words, with their texts.
pub(super) const WORDS: [(&str, Word); 8] = [
    ("REPEAT", Word::Repeat),
    ("LINEAR", Word::Linear),
    ("ASC", Word::Asc),
    ("DESC", Word::Desc),
    ("AVG", Word::Avg),
    ("MIN", Word::Min),
    ("MAX", Word::Max),
    ("SUM", Word::Sum),
];

impl Type {
    /// Whether it may stand where `wanted` is wanted.
    pub(super) fn fits(self, wanted: Type) -> bool {
        self == wanted || (self == Type::Metric && wanted == Type::Series)
    }

    /// Whether it has datapoints.
    pub(super) fn is_series_or_array(self) -> bool {
        matches!(self, Type::Series | Type::Metric | Type::Array)
    }
}

impl Word {
    /// The word of this text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        WORDS.iter().find(|(name, _)| *name == text).map(|(_, word)| *word)
    }

    /// Its text.
    pub fn as_str(self) -> &'static str {
        WORDS.iter().find(|(_, word)| *word == self).map_or("", |(name, _)| name)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Scalar => "a scalar",
            Type::Series => "a time series",
            Type::Metric => "the id of a metric",
            Type::Array => "an array of time series",
            Type::Text => "a string",
            Type::Texts => "an array of strings",
            Type::Word(word) => word.as_str(),
        })
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn one_of<T: fmt::Display>(choices: &[T]) -> String {
    match choices {
        [] => String::new(),
        [only] => only.to_string(),
        [firsts @ .., last] => {
            let firsts: Vec<_> = firsts.iter().map(ToString::to_string).collect();
            format!("{} or {last}", firsts.join(", "))
        }
    }
}
