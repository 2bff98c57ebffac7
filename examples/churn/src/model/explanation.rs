//! Why a prediction is what it is: exact Shapley values of its log-odds, one for each feature.
//!
//! A coalition `S` of features is worth the mean of the log-odds over a background of customers whose features in `S` are
//! replaced by those of the customer: `v(S) = mean_b f(x_S, b_rest)`. The Shapley value of a feature is what it adds to `v`,
//! on average over all orders in which features may come. Because `f` is linear, that is exactly
//!
//! ```text
//! φ(feature) = Σ over its numbers: weight · (number − mean over the background) / scale
//! ```
//!
//! however features depend on each other, and `Σ φ = f(x) − base`. The background is the training data, whose means the
//! model holds; a feature of several numbers (a choice) enters and leaves as one. The values are in log-odds: `e^φ` is by
//! how much a feature multiplies the odds of churn. The tests compare with the average over all subsets.

use serde::{Deserialize, Serialize};

use super::Model;
use crate::customers::Customer;
use crate::features::{FEATURES, columns};

/// What a feature adds to the log-odds of the mean customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The feature.
    pub feature: String,
    /// Its Shapley value.
    pub log_odds: f64,
}

/// The Shapley value of each feature, in the order of [`FEATURES`].
pub fn explain(model: &Model, customer: &Customer) -> [f64; FEATURES.len()] {
    let terms = model.terms(customer);
    let mut rest = terms.as_slice();
    FEATURES.each_ref().map(|feature| {
        let (own, others) = rest.split_at(columns(feature).len());
        rest = others;
        own.iter().sum()
    })
}

/// The same with names, the strongest first.
pub fn ranked(values: &[f64; FEATURES.len()]) -> Vec<Contribution> {
    let named = FEATURES.iter().zip(values);
    let mut ranked: Vec<_> =
        named.map(|(feature, value)| Contribution { feature: feature.name.to_owned(), log_odds: *value }).collect();
    ranked.sort_by(|one, other| other.log_odds.abs().total_cmp(&one.log_odds.abs()));
    ranked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::{COLUMNS, column_names};
    use crate::model::{Column, Training};

    /// Which feature a number belongs to.
    fn owner(place: usize) -> usize {
        let ends = FEATURES.iter().scan(0, |end, feature| {
            *end += columns(feature).len();
            Some(*end)
        });
        ends.take_while(|end| *end <= place).count()
    }

    /// By the definition: over all subsets, with a background of customers rather than its mean.
    fn enumerated(model: &Model, customer: &Customer, background: &[Customer]) -> Vec<f64> {
        let count = FEATURES.len();
        let worth: Vec<f64> = (0..1_u32 << count)
            .map(|subset| {
                let mixed = background.iter().map(|other| {
                    let number = |place: usize| {
                        if subset >> owner(place) & 1 == 1 { customer.numbers[place] } else { other.numbers[place] }
                    };
                    model.predict(&Customer { id: None, numbers: std::array::from_fn(number) }).log_odds
                });
                mixed.sum::<f64>() / background.len() as f64
            })
            .collect();
        let factorial = |number: usize| (1..=number).map(|one| one as f64).product::<f64>();
        (0..count)
            .map(|feature| {
                let without = (0..1_u32 << count).filter(|subset| subset >> feature & 1 == 0);
                without
                    .map(|subset| {
                        let size = subset.count_ones() as usize;
                        let share = factorial(size) * factorial(count - size - 1) / factorial(count);
                        share * (worth[(subset | 1 << feature) as usize] - worth[subset as usize])
                    })
                    .sum()
            })
            .collect()
    }

    fn customers(count: usize) -> impl Strategy<Value = Vec<Customer>> {
        let numbers = prop::array::uniform8(-50.0..50.0_f64);
        prop::collection::vec(numbers.prop_map(|numbers| Customer { id: None, numbers }), count)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn values_are_those_over_all_subsets_and_add_up(
            (background, customer) in (customers(5), customers(1)),
            weights in prop::array::uniform8(-3.0..3.0_f64),
            scales in prop::array::uniform8(0.5..20.0_f64),
            base in -3.0..3.0_f64,
        ) {
            let customer = &customer[0];
            let mean = |place: usize| background.iter().map(|one| one.numbers[place]).sum::<f64>() / 5.0;
            let names = column_names();
            let column = |place: usize| Column {
                name: names[place].clone(), weight: weights[place], mean: mean(place), scale: scales[place],
            };
            let model = Model {
                version: "any".to_owned(),
                base,
                columns: (0..COLUMNS).map(column).collect(),
                training: Training { rows: 5, log_loss: 0.0, accuracy: 1.0 },
            };
            let values = explain(&model, customer);
            for (value, expected) in values.iter().zip(enumerated(&model, customer, &background)) {
                prop_assert!((value - expected).abs() < 1e-8 * (1.0 + expected.abs()), "{value} {expected}");
            }
            let gained = model.predict(customer).log_odds - base;
            prop_assert!((values.iter().sum::<f64>() - gained).abs() < 1e-9 * (1.0 + gained.abs()));
        }
    }

    #[test]
    fn the_strongest_comes_first_whatever_its_sign() {
        let ranked = ranked(&[0.1, -3.0, 0.0, 2.0, 0.0, 0.0, 0.0]);
        let names: Vec<&str> = ranked.iter().take(3).map(|one| one.feature.as_str()).collect();
        assert_eq!(names, ["monthly_charges", "logins_last_30_days", "tenure_months"]);
    }
}
