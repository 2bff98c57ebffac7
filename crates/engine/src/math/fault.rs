//! What is wrong with an expression, for people: where, what was found, what was expected.

use std::fmt;

use crate::anomaly::SubjectFault;
use crate::insights::InsightsFault;
use crate::search::SearchFault;

use super::expression::{MAX_EXPRESSION, MAX_NESTING};

/// Why a text is no expression, or an expression has no result. A position is that of a character of the text,
/// counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionFault {
    /// Nothing but white space.
    #[error("the expression is empty")]
    Empty,
    /// Longer than [`MAX_EXPRESSION`].
    #[error("the expression has {0} characters, more than the limit of {MAX_EXPRESSION}")]
    TooLong(usize),
    /// Deeper than [`MAX_NESTING`].
    #[error("character {0} is nested deeper than the limit of {MAX_NESTING}")]
    TooDeep(usize),
    /// Something that cannot stand where it stands.
    #[error("unexpected {found} at character {position}: expected {expected}{hint}")]
    Unexpected {
        /// What stands there.
        found: String,
        /// Where.
        position: usize,
        /// What could stand there.
        expected: &'static str,
        /// What may have been meant.
        hint: Hint,
    },
    /// A string that does not end.
    #[error("the string at character {position} has no closing {quote}")]
    Unclosed {
        /// Where it begins.
        position: usize,
        /// Its quote.
        quote: char,
    },
    /// A number beyond what a double holds.
    #[error("the number {number} at character {position} is too large")]
    Number {
        /// The number as it was written.
        number: String,
        /// Where.
        position: usize,
    },
    /// No function has this name. The text begins with CloudWatch's.
    #[error("Function '{name}' not found at character {position}{hint}")]
    UnknownFunction {
        /// The name.
        name: String,
        /// Where.
        position: usize,
        /// What may have been meant.
        hint: Hint,
    },
    /// No query has this id.
    #[error("Id '{name}' not found at character {position}{hint}")]
    UnknownId {
        /// The id.
        name: String,
        /// Where.
        position: usize,
        /// What may have been meant.
        hint: Hint,
    },
    /// A function that leans on something that is not there.
    #[error("Function '{name}' at character {position} is not available: {reason}")]
    Unavailable {
        /// Its name.
        name: &'static str,
        /// Where.
        position: usize,
        /// What it would need.
        reason: &'static str,
    },
    /// An argument that a function does not take.
    #[error("argument {number} of {function} at character {position} is {found}: expected {expected}")]
    Argument {
        /// The function.
        function: &'static str,
        /// Which argument, counted from 1.
        number: usize,
        /// Where it begins.
        position: usize,
        /// What it is.
        found: String,
        /// What the function takes there.
        expected: String,
    },
    /// An argument is missing.
    #[error("{function} at character {position} lacks argument {number}: expected {expected}")]
    MissingArgument {
        /// The function.
        function: &'static str,
        /// Where the call begins.
        position: usize,
        /// Which argument, counted from 1.
        number: usize,
        /// What the function takes there.
        expected: String,
    },
    /// More arguments than a function takes.
    #[error("argument {number} of {function} at character {position} is one too many")]
    ExtraArgument {
        /// The function.
        function: &'static str,
        /// Which argument, counted from 1.
        number: usize,
        /// Where it begins.
        position: usize,
    },
    /// Operands that an operator does not take.
    #[error("operator {operator} at character {position} does not take {operands}: {expected}")]
    Operands {
        /// The operator.
        operator: &'static str,
        /// Where the left operand begins.
        position: usize,
        /// What the operands are.
        operands: String,
        /// What the operator takes.
        expected: &'static str,
    },
    /// An element that no array has.
    #[error("the element at character {position} is {found}: expected {expected}")]
    Element {
        /// Where it begins.
        position: usize,
        /// What it is.
        found: String,
        /// What an array holds.
        expected: &'static str,
    },
    /// The whole is nothing that can be answered.
    #[error("the result is {found}: expected a time series or an array of time series{hint}")]
    Result {
        /// What it is.
        found: String,
        /// What may have been meant.
        hint: Hint,
    },
    /// Series of different periods where they are combined.
    #[error(
        "{first} with period {first_seconds} and {second} with period {second_seconds} cannot be combined at character \
         {position}: series that are used together share one period"
    )]
    MixedPeriods {
        /// What has one period.
        first: String,
        /// That period in seconds.
        first_seconds: i64,
        /// What has another.
        second: String,
        /// That period in seconds.
        second_seconds: i64,
        /// Where they meet.
        position: usize,
    },
    /// The period of the query is not that of the series.
    #[error("the Period of {given} seconds differs from the {seconds} seconds of {of}")]
    Period {
        /// The query's period in seconds.
        given: i64,
        /// What the expression is computed of.
        of: String,
        /// The period of that in seconds.
        seconds: i64,
    },
    /// Nothing in the expression or beside it has a period.
    #[error("a Period is required: nothing in the expression has one")]
    NoPeriod,
    /// A SEARCH for something that cannot be read.
    #[error("in the string at character {position}: {fault}")]
    Search {
        /// Where the string begins.
        position: usize,
        /// What is wrong inside of it, with places counted from its own beginning.
        fault: SearchFault,
    },
    /// A query of Metrics Insights where none can be answered.
    #[error("queries of Metrics Insights (SELECT ...) are not available: {0}")]
    InsightsUnavailable(&'static str),
    /// The query of Metrics Insights is none.
    #[error(transparent)]
    Insights(#[from] InsightsFault),
    /// An ANOMALY_DETECTION_BAND around something that has no model.
    #[error("ANOMALY_DETECTION_BAND cannot be around {of}: {fault}")]
    Band {
        /// What it is around.
        of: String,
        /// Why there is no model of it.
        fault: SubjectFault,
    },
    /// More than one ANOMALY_DETECTION_BAND.
    #[error("it has {0} ANOMALY_DETECTION_BAND functions, more than the limit of 1")]
    ManyBands(usize),
    /// It depends on itself.
    #[error("it depends on itself: {0}")]
    Cycle(String),
}

/// What may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Nothing comes close.
    None,
    /// This comes close.
    Nearest(String),
    /// Nothing comes close; these there are.
    Known(Vec<String>),
    /// Something else to do.
    Advice(&'static str),
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hint::None => Ok(()),
            Hint::Nearest(name) => write!(f, ", did you mean '{name}'?"),
            Hint::Known(names) => write!(f, ", known are '{}'", names.join("', '")),
            Hint::Advice(advice) => write!(f, ", {advice}"),
        }
    }
}
