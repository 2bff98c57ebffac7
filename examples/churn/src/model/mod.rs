//! The model: a logistic regression over the numbers of a customer.
//!
//! The log-odds of churn are `base + Σ weight · (number − mean) / scale`, the probability is their logistic function. Means
//! and scales are those of the training data, so `base` is the log-odds of its mean customer.

pub mod explanation;
pub mod file;
pub mod keys;
pub mod synthetic;
pub mod train;

use serde::{Deserialize, Serialize};

use crate::customers::Customer;
use crate::features::{COLUMNS, column_names};

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name among models.
    pub version: String,
    /// The log-odds of the mean customer.
    pub base: f64,
    /// One for each number, in their order.
    pub columns: Vec<Column>,
    /// How it came to be.
    pub training: Training,
}

/// What the model makes of a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The number's name.
    pub name: String,
    /// What it does to the log-odds, by its scale.
    pub weight: f64,
    /// Its mean in the training data.
    pub mean: f64,
    /// Its standard deviation there.
    pub scale: f64,
}

/// How a model did on its training data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Customers.
    pub rows: usize,
    /// The mean of `-ln` of the probability that was given to what happened.
    pub log_loss: f64,
    /// The share of customers for whom the likelier thing happened.
    pub accuracy: f64,
}

/// What is predicted of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The log-odds of churn.
    pub log_odds: f64,
    /// The probability of churn, from 0 to 1.
    pub probability: f64,
}

/// A prediction that is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the model gives no number for row {0}")]
pub struct PredictionError(pub usize);

impl Model {
    /// What is wrong with a model, if something is: it has to fit the features of this program.
    pub fn fault(&self) -> Option<String> {
        let (names, wanted) = (self.columns.iter().map(|column| column.name.as_str()), column_names());
        if !names.eq(wanted.iter().map(String::as_str)) {
            return Some(format!("its columns are not {}", wanted.join(", ")));
        }
        let of = |column: &Column| [column.weight, column.mean, column.scale];
        let mut numbers = self.columns.iter().flat_map(of).chain([self.base]);
        if !numbers.all(f64::is_finite) || self.columns.iter().any(|column| column.scale <= 0.0) {
            return Some("it has numbers that no model can have".to_owned());
        }
        None
    }

    /// What is predicted of a customer.
    pub fn predict(&self, customer: &Customer) -> Prediction {
        let log_odds = self.base + self.terms(customer).iter().sum::<f64>();
        Prediction { log_odds, probability: 1.0 / (1.0 + (-log_odds).exp()) }
    }

    /// What each number adds to the base.
    fn terms(&self, customer: &Customer) -> [f64; COLUMNS] {
        let mut terms = [0.0; COLUMNS];
        for ((term, column), number) in terms.iter_mut().zip(&self.columns).zip(customer.numbers) {
            *term = column.weight * ((number - column.mean) / column.scale);
        }
        terms
    }
}

impl Prediction {
    /// The probability of what is likelier, from 0.5 to 1.
    pub fn confidence(&self) -> f64 {
        self.probability.max(1.0 - self.probability)
    }
}
