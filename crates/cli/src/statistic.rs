//! `--stat`: a statistic in CloudWatch's grammar, and what somebody means who writes another.

use nepho_engine::{Kind, Statistic};

use crate::nearest::nearest;

const BASIC: [&str; 6] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum", "IQM"];

/// What people write, and what CloudWatch calls it.
const ALIASES: [(&str, &str); 12] = [
    ("avg", "Average"),
    ("mean", "Average"),
    ("max", "Maximum"),
    ("min", "Minimum"),
    ("total", "Sum"),
    ("count", "SampleCount"),
    ("n", "SampleCount"),
    ("samples", "SampleCount"),
    ("median", "p50"),
    ("med", "p50"),
    ("p100", "Maximum"),
    ("iqm", "IQM"),
];

/// Reads a statistic.
pub(crate) fn parse(text: &str) -> Result<Statistic, String> {
    Statistic::parse(text).map_err(|fault| match meant(text) {
        Some(meant) => format!("CloudWatch's name for it is {meant}: --stat {meant}"),
        None => fault.to_string(),
    })
}

/// CloudWatch's name for what somebody writes who means a statistic.
pub(crate) fn meant(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    if let Some((_, meant)) = ALIASES.iter().find(|(alias, _)| *alias == lower) {
        return Some((*meant).to_owned());
    }
    // P99, p 99, 99th and the like.
    let digits: String = lower.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let around = lower.replace(&digits, "");
    if !digits.is_empty() && ["p", "p ", "th", "%", "pct", "perc", "percentile"].contains(&around.as_str()) {
        return Statistic::parse(&format!("p{digits}")).ok().map(|statistic| statistic.to_string());
    }
    nearest(text, BASIC).map(str::to_owned)
}

/// What a statistic measures: statistics of one kind of quantity share an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// The metric's own values.
    Values,
    /// Values added up.
    Sums,
    /// Numbers of samples.
    Samples,
    /// Percent of the samples.
    Share,
}

impl Quantity {
    /// In the order in which they are drawn.
    pub(crate) const ALL: [Quantity; 4] = [Quantity::Values, Quantity::Sums, Quantity::Samples, Quantity::Share];

    /// What `statistic` measures.
    pub(crate) fn of(statistic: &Statistic) -> Self {
        match statistic.kind() {
            Kind::Sum | Kind::TrimmedSum(_) => Quantity::Sums,
            Kind::SampleCount | Kind::TrimmedCount(_) => Quantity::Samples,
            Kind::PercentileRank(_) => Quantity::Share,
            Kind::Average | Kind::Minimum | Kind::Maximum | Kind::Percentile(_) => Quantity::Values,
            Kind::TrimmedMean(_) | Kind::WinsorizedMean(_) => Quantity::Values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_named() {
        assert_eq!(parse("p99.9").unwrap().as_str(), "p99.9");
        let cases = [
            ("avg", "Average"),
            ("MAX", "Maximum"),
            ("P99", "p99"),
            ("99th", "p99"),
            ("average", "Average"),
            ("Summ", "Sum"),
        ];
        for (text, meant) in cases {
            let expected = format!("CloudWatch's name for it is {meant}: --stat {meant}");
            assert_eq!(parse(text).unwrap_err(), expected, "{text}");
        }
        assert!(parse("variance").unwrap_err().contains("\"variance\" is no statistic: expected SampleCount"));
        assert_eq!(parse("p101").unwrap_err(), "\"p101\" is no statistic: a percentage is at most 100");
    }

    #[test]
    fn sums_and_counts_have_their_own_axes() {
        let of = |text| Quantity::of(&Statistic::parse(text).unwrap());
        assert_eq!((of("p99"), of("TM(10%:90%)")), (Quantity::Values, Quantity::Values));
        assert_eq!((of("Sum"), of("tc90"), of("PR(:300)")), (Quantity::Sums, Quantity::Samples, Quantity::Share));
    }
}
