//! Training: the weights under which what happened is likeliest, by Newton's method.

use std::collections::BTreeMap;

use super::synthetic::OUTCOME;
use super::{Column, Model, Training};
use crate::columns::{ConfirmError, Mapped, map, normal};
use crate::customers::{self, Customer, Faults};
use crate::features::{COLUMNS, column_names};
use crate::sheet::{Sheet, SheetError};

/// Rounds of Newton's method; it doubles the digits that are right in each, and a few are enough.
const ROUNDS_MAX: usize = 50;
/// When no weight moves more than this, the best is found.
const STEP_MIN: f64 = 1e-10;
/// Keeps weights from growing for ever when the data can be told apart without a mistake.
const RIDGE: f64 = 1e-3;
/// The least customers that something can be learnt from.
pub const ROWS_MIN: usize = 100;

/// The base and the weights.
const UNKNOWNS: usize = COLUMNS + 1;
type Point = [f64; UNKNOWNS];

/// Why nothing can be learnt.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// It is no CSV file.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// Columns were named wrongly.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// It lacks columns.
    #[error("the file lacks columns: {0}")]
    Columns(String),
    /// Its values are wrong.
    #[error("row {}, {}: {} ({} errors)", .0.errors[0].row, .0.errors[0].column, .0.errors[0].error, .0.total)]
    Faults(Faults),
    /// Who left is not said.
    #[error("row {0}: {OUTCOME} is {1:?}, but must be 0 or 1")]
    Outcome(usize, String),
    /// Too few customers.
    #[error("{0} customers are too few to learn from: {ROWS_MIN} are needed")]
    Rows(usize),
    /// A column says nothing.
    #[error("all customers are the same in {0}: nothing can be learnt from it")]
    Constant(String),
}

/// Trains a model with a file that has a column [`OUTCOME`].
///
/// # Errors
/// When nothing can be learnt.
pub fn train(version: &str, bytes: &[u8]) -> Result<Model, TrainError> {
    let sheet = Sheet::read(bytes)?;
    let mapping = match map(&sheet.header, &BTreeMap::new())? {
        Mapped::Sure(mapping) => mapping,
        Mapped::Unsure { questions, .. } => {
            let names: Vec<&str> = questions.iter().map(|question| question.feature).collect();
            return Err(TrainError::Columns(names.join(", ")));
        }
    };
    let place = sheet.header.iter().position(|name| normal(name) == OUTCOME);
    let place = place.ok_or_else(|| TrainError::Columns(OUTCOME.to_owned()))?;
    let customers = customers::read(&sheet, &mapping).map_err(TrainError::Faults)?;
    let mut outcomes = Vec::with_capacity(customers.len());
    for (row, values) in sheet.rows() {
        let values = values?;
        match &values[place] {
            "0" => outcomes.push(0.0),
            "1" => outcomes.push(1.0),
            other => return Err(TrainError::Outcome(row, other.to_owned())),
        }
    }
    fit(version, &customers, &outcomes)
}

fn fit(version: &str, customers: &[Customer], outcomes: &[f64]) -> Result<Model, TrainError> {
    if customers.len() < ROWS_MIN {
        return Err(TrainError::Rows(customers.len()));
    }
    let mut columns = Vec::with_capacity(COLUMNS);
    for (place, name) in column_names().into_iter().enumerate() {
        let numbers = || customers.iter().map(|customer| customer.numbers[place]);
        let mean = numbers().sum::<f64>() / customers.len() as f64;
        let variance = numbers().map(|number| (number - mean).powi(2)).sum::<f64>() / customers.len() as f64;
        if variance == 0.0 {
            return Err(TrainError::Constant(name));
        }
        columns.push(Column { name, weight: 0.0, mean, scale: variance.sqrt() });
    }
    let rows: Vec<Point> = customers.iter().map(|customer| scaled(customer, &columns)).collect();
    let best = newton(&rows, outcomes);
    for (column, weight) in columns.iter_mut().zip(&best[1..]) {
        column.weight = *weight;
    }
    let training = Training { rows: rows.len(), log_loss: 0.0, accuracy: 0.0 };
    let mut model = Model { version: version.to_owned(), base: best[0], columns, training };
    let given: Vec<f64> = customers.iter().map(|customer| model.predict(customer).probability).collect();
    let pairs = || given.iter().zip(outcomes);
    let share = |(given, outcome): (&f64, &f64)| if *outcome == 1.0 { *given } else { 1.0 - given };
    model.training.log_loss = -pairs().map(|pair| share(pair).ln()).sum::<f64>() / rows.len() as f64;
    model.training.accuracy = pairs().filter(|pair| share(*pair) > 0.5).count() as f64 / rows.len() as f64;
    Ok(model)
}

/// A one for the base, then the numbers by their scales.
fn scaled(customer: &Customer, columns: &[Column]) -> Point {
    let mut point = [1.0; UNKNOWNS];
    for ((scaled, column), number) in point[1..].iter_mut().zip(columns).zip(customer.numbers) {
        *scaled = (number - column.mean) / column.scale;
    }
    point
}

fn newton(rows: &[Point], outcomes: &[f64]) -> Point {
    let mut point = [0.0; UNKNOWNS];
    for _ in 0..ROUNDS_MAX {
        let mut slope = point.map(|weight| -RIDGE * weight);
        let mut curve = [[0.0; UNKNOWNS]; UNKNOWNS];
        for (row, outcome) in rows.iter().zip(outcomes) {
            let log_odds: f64 = row.iter().zip(&point).map(|(number, weight)| number * weight).sum();
            let probability = 1.0 / (1.0 + (-log_odds).exp());
            let spread = probability * (1.0 - probability);
            for (one, number) in row.iter().enumerate() {
                slope[one] += (outcome - probability) * number;
                for (other, second) in row.iter().enumerate() {
                    curve[one][other] += spread * number * second;
                }
            }
        }
        (0..UNKNOWNS).for_each(|one| curve[one][one] += RIDGE);
        let step = solve(curve, slope);
        point.iter_mut().zip(step).for_each(|(weight, step)| *weight += step);
        if step.iter().all(|step| step.abs() < STEP_MIN) {
            break;
        }
    }
    point
}

/// Solves `matrix · x = right` by Gauss's elimination, with the largest pivot of each column.
fn solve(mut matrix: [Point; UNKNOWNS], mut right: Point) -> Point {
    for column in 0..UNKNOWNS {
        let size = |row: &usize| matrix[*row][column].abs();
        let pivot = (column..UNKNOWNS).max_by(|one, other| size(one).total_cmp(&size(other))).expect("it is not empty");
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..UNKNOWNS {
            let factor = matrix[row][column] / matrix[column][column];
            let pivot = matrix[column];
            matrix[row].iter_mut().zip(pivot).for_each(|(number, above)| *number -= factor * above);
            right[row] -= factor * right[column];
        }
    }
    for row in (0..UNKNOWNS).rev() {
        let known: f64 = (row + 1..UNKNOWNS).map(|place| matrix[row][place] * right[place]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::synthetic;

    const TRAINING: &str = include_str!("../../training.csv");

    #[test]
    fn what_the_data_was_made_with_is_found_again() {
        let model = train("t", synthetic::file(1, 20_000, true).as_bytes()).unwrap();
        let expected = [-0.045, 0.012, 0.35, -0.05, 0.4, -1.1, -2.2, -0.5];
        for (column, expected) in model.columns.iter().zip(expected) {
            let found = column.weight / column.scale;
            let error = 0.25 * f64::abs(expected);
            assert!((found - expected).abs() < error, "{}: {found} instead of {expected}", column.name);
        }
    }

    #[test]
    fn the_model_that_is_shipped_is_better_than_a_guess() {
        let model = train("t", TRAINING.as_bytes()).unwrap();
        assert_eq!(model.fault(), None);
        assert_eq!(model.training.rows, synthetic::TRAINING_ROWS);
        assert!(model.training.accuracy > 0.75 && model.training.log_loss < 0.5, "{:?}", model.training);
    }

    #[test]
    fn what_nothing_can_be_learnt_from_is_refused() {
        let refuse = |text: &str| train("t", text.as_bytes()).unwrap_err().to_string();
        let lines = |count: usize| TRAINING.lines().take(count + 1).collect::<Vec<_>>().join("\n");
        assert!(train("t", lines(ROWS_MIN).as_bytes()).is_ok());
        let few = format!("{} customers are too few to learn from: {ROWS_MIN} are needed", ROWS_MIN - 1);
        assert_eq!(refuse(&lines(ROWS_MIN - 1)), few);
        assert_eq!(refuse(&TRAINING.replace("churned", "left")), "the file lacks columns: churned");
        assert_eq!(refuse(&TRAINING.replace("contract", "colour")), "the file lacks columns: contract");
        assert_eq!(
            refuse(&TRAINING.replacen(",0\n", ",no\n", 1)).split(": ").nth(1),
            Some("churned is \"no\", but must be 0 or 1")
        );
        let same = TRAINING.replace("manual", "automatic");
        assert_eq!(refuse(&same), "all customers are the same in payment.automatic: nothing can be learnt from it");
        assert!(refuse(&TRAINING.replace("monthly,", "weekly,")).contains("contract: \"weekly\" is not one of"));
    }
}
