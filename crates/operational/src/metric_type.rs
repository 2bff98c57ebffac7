//! The types of metrics, and which labels each has.

use std::fmt;

use crate::fault::Fault;
use crate::labels::{self, LABELS_MAX};

/// The longest name of a type, in characters: `metric_type` is a `varchar(50)`.
pub const TYPE_LENGTH_MAX: usize = 50;

/// How many messages wait in a queue; label `queue`.
pub const QUEUE_DEPTH: &str = "queue_depth";
/// How long an actor took for a stage, in milliseconds; labels `actor` and `stage`.
pub const PROCESSING_TIME_MS: &str = "processing_time_ms";
/// An error, as 1; labels `actor` and `error_type`.
pub const ERROR_COUNT: &str = "error_count";
/// Tokens that a language model used; labels `model` and `operation`.
pub const TOKEN_USAGE: &str = "token_usage";
/// How sure a classification is, from 0 to 1; label `bucket`, which is `high`, `medium` or `low`.
pub const CONFIDENCE_SCORE: &str = "confidence_score";

/// A type of metrics: its name, and the labels that its samples may have.
///
/// The first label is the one that daily rows are kept by: a sample of `processing_time_ms` with `actor` and `stage`
/// counts towards `actor:process_email`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricType {
    name: String,
    labels: Vec<String>,
}

impl MetricType {
    /// A type of the application's own.
    ///
    /// # Errors
    /// A name or label that is none, more than [`LABELS_MAX`] labels, or one twice.
    pub fn new(name: &str, labels: &[&str]) -> Result<Self, Fault> {
        check_name(name)?;
        if labels.len() > LABELS_MAX {
            return Err(Fault::TooManyLabels { metric_type: name.to_owned(), count: labels.len() });
        }
        for (position, label) in labels.iter().enumerate() {
            labels::check_name(label)?;
            if labels[..position].contains(label) {
                return Err(Fault::RepeatedLabel { metric_type: name.to_owned(), label: (*label).to_owned() });
            }
        }
        Ok(MetricType { name: name.to_owned(), labels: labels.iter().map(|label| (*label).to_owned()).collect() })
    }

    /// Its name, in the column `metric_type`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The labels that its samples may have.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }
}

/// Checks the name of a type.
pub(crate) fn check_name(name: &str) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::EmptyType);
    }
    let is_allowed = |found: char| found.is_ascii_alphanumeric() || "_-.:".contains(found);
    if let Some(found) = name.chars().find(|found| !is_allowed(*found)) {
        return Err(Fault::TypeCharacter { name: name.chars().take(TYPE_LENGTH_MAX).collect(), found });
    }
    match name.len() {
        length if length > TYPE_LENGTH_MAX => Err(Fault::LongType { name: name.to_owned(), length }),
        _ => Ok(()),
    }
}

/// The types that there are: the five of this crate, and the application's own.
///
/// ```
/// use nepho_operational::{Catalogue, MetricType};
///
/// let catalogue = Catalogue::default().with(MetricType::new("retries", &["actor", "reason"])?);
/// assert_eq!(catalogue.find("retries").unwrap().labels(), ["actor", "reason"]);
/// assert_eq!(catalogue.find("queue_depth").unwrap().labels(), ["queue"]);
/// # Ok::<(), nepho_operational::Fault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue(Vec<MetricType>);

impl Default for Catalogue {
    fn default() -> Self {
        let standard = [
            (QUEUE_DEPTH, &["queue"][..]),
            (PROCESSING_TIME_MS, &["actor", "stage"]),
            (ERROR_COUNT, &["actor", "error_type"]),
            (TOKEN_USAGE, &["model", "operation"]),
            (CONFIDENCE_SCORE, &["bucket"]),
        ];
        let named = |(name, labels)| MetricType::new(name, labels).expect("the five types have legal names");
        Catalogue(standard.map(named).into())
    }
}

impl Catalogue {
    /// With another type; one of the same name is replaced.
    #[must_use]
    pub fn with(mut self, metric_type: MetricType) -> Self {
        self.0.retain(|known| known.name != metric_type.name);
        self.0.push(metric_type);
        self
    }

    /// The type of this name.
    pub fn find(&self, name: &str) -> Option<&MetricType> {
        self.0.iter().find(|known| known.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &MetricType> {
        self.0.iter()
    }

    /// The type of this name, or why a sample of it cannot be recorded.
    pub(crate) fn get(&self, name: &str) -> Result<&MetricType, Fault> {
        if let Some(found) = self.find(name) {
            return Ok(found);
        }
        check_name(name)?;
        Err(Fault::UnknownType { name: name.to_owned(), declared: self.to_string() })
    }
}

impl fmt::Display for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(MetricType::name).collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_up_to_50_characters_of_a_few_kinds() {
        let longest = "t".repeat(TYPE_LENGTH_MAX);
        for name in ["a", "retries.total", "http:5xx", "A-b_9", longest.as_str()] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        let too_long = "t".repeat(TYPE_LENGTH_MAX + 1);
        let cases = [
            ("", "is empty"),
            (too_long.as_str(), "has 51 characters, more than the limit of 50"),
            ("x'; drop table operational_metrics; --", "contains '\\''"),
            ("two words", "contains ' '"),
            ("größe", "contains 'ö'"),
            ("nul\0", "contains '\\0'"),
        ];
        for (name, expected) in cases {
            let fault = check_name(name).unwrap_err().to_string();
            assert!(fault.contains(expected), "{fault}");
        }
    }

    #[test]
    fn a_type_names_each_label_once_and_ten_at_most() {
        let names: Vec<String> = (0..=LABELS_MAX).map(|number| format!("l{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(MetricType::new("t", &names[..LABELS_MAX]).is_ok());
        let cases: [(&[&str], &str); 3] = [
            (&names, "t: 11 labels, more than the limit of 10"),
            (&["actor", "actor"], "t: label \"actor\" is given twice"),
            (&["no label"], "label \"no label\" is no name"),
        ];
        for (labels, expected) in cases {
            let fault = MetricType::new("t", labels).unwrap_err().to_string();
            assert!(fault.contains(expected), "{fault}");
        }
    }

    #[test]
    fn an_unknown_type_is_named_beside_those_that_there_are() {
        let fault = Catalogue::default().get("retries").unwrap_err().to_string();
        let known = "queue_depth, processing_time_ms, error_count, token_usage, confidence_score";
        assert_eq!(fault, format!("metric type \"retries\" is not declared; declared are {known}"));
        let own = MetricType::new("retries", &[]).unwrap();
        assert!(Catalogue::default().with(own).get("retries").is_ok());
    }
}
