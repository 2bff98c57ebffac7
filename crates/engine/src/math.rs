//! Metric math: expressions over scalars, time series and arrays of them.
//!
//! [`Expression::parse`] reads a text into nodes, with a position for everything that can be wrong with it; `check`
//! says what an expression gives, once it is known what its ids are; `evaluate` computes it. A function is a file
//! below `function/`: what it takes and gives, how it is computed, and a table of cases.
//!
//! What CloudWatch leaves open is decided in `docs/decisions/metric-math.md`.

mod budget;
mod check;
mod evaluate;
mod expression;
mod fault;
mod function;
mod lexer;
mod nearest;
mod operator;
mod parser;
mod periods;
mod series;
mod types;
mod value;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;

pub use budget::MAX_COMPUTED_DATAPOINTS;
pub use evaluate::EvaluationFault;
pub use expression::{Expression, MAX_EXPRESSION, MAX_NESTING};
pub use fault::{ExpressionFault, Hint};
pub use function::{Band, BandModel, function_names};
pub use series::{Grid, MAX_FILLED_PERIODS, Series};
pub use types::Type;
pub use value::MAX_SERIES;

pub(crate) use budget::Budget;
pub(crate) use check::{Checked, Named, Names, SearchCall, UNSAID_PERIOD, check, check_result};
pub(crate) use evaluate::{Inputs, evaluate};
pub(crate) use nearest::nearest;
pub(crate) use periods::Periods;
pub(crate) use series::Origin;
pub(crate) use value::Value;
