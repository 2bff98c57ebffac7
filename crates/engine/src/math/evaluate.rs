//! From nodes to a value.

use super::budget::{Budget, MAX_COMPUTED_DATAPOINTS};
use super::expression::{Expression, Kind, Node};
use super::function::{BandModel, Body, Function};
use super::operator::Operator;
use super::series::{Grid, MAX_FILLED_PERIODS, Origin, Series};
use super::value::{Arguments, Computed, MAX_SERIES, Value};

/// Why an expression that was checked has no value all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationFault {
    /// What it is computed of could not be read.
    #[error("{0}")]
    Input(String),
    /// More than [`MAX_COMPUTED_DATAPOINTS`].
    #[error("the expressions of the request compute more than the limit of {MAX_COMPUTED_DATAPOINTS} datapoints")]
    TooMuch,
    /// More than [`MAX_FILLED_PERIODS`].
    #[error(
        "the range has {periods} periods of {seconds} seconds, more than the limit of {MAX_FILLED_PERIODS} of a \
         function that has a value for each"
    )]
    RangeTooLong {
        /// How many periods there are.
        periods: u32,
        /// Their length.
        seconds: i64,
    },
    /// More than [`MAX_SERIES`].
    #[error("an array of {0} time series exceeds the limit of {MAX_SERIES}")]
    ArrayTooLong(usize),
    /// A band of no width.
    #[error("the deviations of ANOMALY_DETECTION_BAND are {0}: expected a number above 0")]
    Deviations(String),
    /// The caller gave no model for ANOMALY_DETECTION_BAND.
    #[error("Function 'ANOMALY_DETECTION_BAND' has no model of {0} yet")]
    NoModel(String),
}

/// What an expression is computed of.
pub(crate) trait Inputs {
    /// What an id stands for.
    fn value(&self, id: &str) -> Result<Value, EvaluationFault>;
    /// The metrics of the request whose ids contain a text.
    fn metrics(&self, part: &str) -> Result<Vec<Series>, EvaluationFault>;
    /// What the SEARCH at a node found.
    fn found(&self, node: usize) -> Result<Vec<Series>, EvaluationFault>;
    /// The model for the band that is asked for at a node.
    fn model(&self, node: usize) -> Result<&dyn BandModel, EvaluationFault>;
    /// What one request may compute.
    fn budget(&self) -> &Budget;
}

/// What a function sees besides its arguments.
pub(super) struct Context<'a> {
    pub(super) inputs: &'a dyn Inputs,
    /// The periods of a series that nothing else gives a period to.
    pub(super) grid: Grid,
    /// Which node is evaluated.
    pub(super) node: usize,
}

/// Computes an expression that was checked; `grid` has the periods that the check found.
///
/// # Errors
/// What could not be read, or a limit.
pub(crate) fn evaluate(expression: &Expression, inputs: &dyn Inputs, grid: Grid) -> Computed {
    let mut values: Vec<Value> = Vec::new();
    for (at, node) in expression.nodes().iter().enumerate() {
        let operands = values.split_off(values.len() - node.children.len());
        let value = node_value(expression, node, operands, &Context { inputs, grid, node: at })?;
        values.push(value);
    }
    Ok(values.pop().expect("an expression has at least one node"))
}

fn node_value(expression: &Expression, node: &Node, mut operands: Vec<Value>, context: &Context<'_>) -> Computed {
    let read: usize = operands.iter().map(Value::weight).sum();
    let value = match &node.kind {
        Kind::Number(value) => Value::Scalar(*value),
        Kind::Text(text) => Value::Text(text.clone()),
        Kind::Word(word) => Value::Word(*word),
        Kind::Id(id) => return context.inputs.value(id),
        Kind::Array => return array(expression, node, operands),
        Kind::Negate => negate(operands.remove(0))?,
        Kind::Binary(operator) => {
            let right = operands.remove(1);
            binary(*operator, operands.remove(0), right)?
        }
        Kind::Call(function) => function.compute(Arguments::new(operands), context)?,
    };
    let made = match (&node.kind, &value) {
        (Kind::Call(Function { body: Body::Named(_), .. }), Value::Array(all)) => all.len(),
        _ => value.weight(),
    };
    context.inputs.budget().take(read + made)?;
    Ok(value)
}

/// The elements side by side, arrays among them laid out. An element that is computed, and not just named, is called
/// by its text.
fn array(expression: &Expression, node: &Node, elements: Vec<Value>) -> Computed {
    let mut all = Vec::new();
    for (element, child) in elements.into_iter().zip(&node.children) {
        match element {
            Value::Series(series) => {
                let child = &expression.nodes()[*child];
                all.push(match child.kind {
                    Kind::Id(_) => series,
                    _ => named(series, expression.source(child)),
                });
            }
            Value::Array(series) => all.extend(series),
            // Strings: only functions of other services take them, and those are refused.
            _ => {}
        }
    }
    match all.len() <= MAX_SERIES {
        true => Ok(Value::Array(all)),
        false => Err(EvaluationFault::ArrayTooLong(all.len())),
    }
}

fn named(series: Series, label: &str) -> Series {
    let metric = series.origin.as_ref().and_then(|origin| origin.metric.clone());
    series.with_origin(Some(Origin { label: label.to_owned(), metric }.into()))
}

fn negate(value: Value) -> Computed {
    match value {
        Value::Scalar(value) => Ok(Value::Scalar(-value)),
        other => other.map(|series| Ok(series.map(|value| -value))),
    }
}

fn binary(operator: Operator, left: Value, right: Value) -> Computed {
    match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => Ok(Value::of_number(operator.apply(left, right))),
        (Value::Scalar(left), right) => right.map(|series| Ok(series.map(|value| operator.apply(left, value)))),
        (left, Value::Scalar(right)) => left.map(|series| Ok(series.map(|value| operator.apply(value, right)))),
        (Value::Series(left), Value::Series(right)) => {
            Ok(Value::Series(left.zip(&right, |left, right| operator.apply(left, right))))
        }
        (Value::Array(left), Value::Series(right)) => {
            Ok(Value::Array(each_with(left, &right, |value, other| operator.apply(value, other))))
        }
        (Value::Series(left), right) => {
            Ok(Value::Array(each_with(right.into_array(), &left, |value, other| operator.apply(other, value))))
        }
        (other, _) => Ok(other),
    }
}

/// Each of an array combined with one series; each stays what it was called.
fn each_with(array: Vec<Series>, other: &Series, combine: impl Fn(f64, f64) -> f64) -> Vec<Series> {
    let each = |series: Series| {
        let origin = series.origin.clone();
        series.zip(other, &combine).with_origin(origin)
    };
    array.into_iter().map(each).collect()
}
