//! Predictions with their explanations, as the CSV file that the user gets.

use crate::customers::Customer;
use crate::features::FEATURES;
use crate::model::Prediction;
use crate::model::explanation::ranked;

/// How many features the sentence about a row names.
const REASONS: usize = 3;

/// A file of predictions, row by row.
#[derive(Debug)]
pub(super) struct Report(csv::Writer<Vec<u8>>);

impl Default for Report {
    fn default() -> Self {
        let features = FEATURES.iter().map(|feature| format!("because.{}", feature.name));
        let header = ["row", "customer_id", "churn_probability", "confidence", "log_odds", "because"];
        let mut report = Report(csv::Writer::from_writer(Vec::new()));
        report.write(header.into_iter().map(str::to_owned).chain(features));
        report
    }
}

impl Report {
    pub(super) fn add(
        &mut self,
        row: usize,
        customer: &Customer,
        prediction: &Prediction,
        contributions: &[f64; FEATURES.len()],
    ) {
        let reasons = ranked(contributions).into_iter().take(REASONS);
        let reasons: Vec<_> = reasons.map(|one| format!("{} {:+.2}", one.feature, one.log_odds)).collect();
        let id = customer.id.clone().unwrap_or_default();
        let Prediction { log_odds, probability } = prediction;
        let numbers = [*probability, prediction.confidence(), *log_odds].map(|number| number.to_string());
        let head = [row.to_string(), id].into_iter().chain(numbers).chain([reasons.join("; ")]);
        self.write(head.chain(contributions.iter().map(f64::to_string)));
    }

    fn write(&mut self, values: impl Iterator<Item = String>) {
        self.0.write_record(values.collect::<Vec<_>>()).expect("rows are of one length, and memory takes them");
    }

    /// The file.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes everything")
    }
}
