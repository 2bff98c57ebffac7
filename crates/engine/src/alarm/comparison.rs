//! How a datapoint is compared.

use super::observed::Datum;
use crate::query::QueryId;

/// ComparisonOperator. The datapoint is the first operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// `>=`
    GreaterThanOrEqualToThreshold,
    /// `>`
    GreaterThanThreshold,
    /// `<`
    LessThanThreshold,
    /// `<=`
    LessThanOrEqualToThreshold,
    /// Outside of a band.
    LessThanLowerOrGreaterThanUpperThreshold,
    /// Below a band.
    LessThanLowerThreshold,
    /// Above a band.
    GreaterThanUpperThreshold,
}

impl ComparisonOperator {
    /// All of them, in the order of CloudWatch's model.
    pub const ALL: [ComparisonOperator; 7] = [
        ComparisonOperator::GreaterThanOrEqualToThreshold,
        ComparisonOperator::GreaterThanThreshold,
        ComparisonOperator::LessThanThreshold,
        ComparisonOperator::LessThanOrEqualToThreshold,
        ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold,
        ComparisonOperator::LessThanLowerThreshold,
        ComparisonOperator::GreaterThanUpperThreshold,
    ];

    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ComparisonOperator::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            ComparisonOperator::GreaterThanThreshold => "GreaterThanThreshold",
            ComparisonOperator::LessThanThreshold => "LessThanThreshold",
            ComparisonOperator::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
            ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold => "LessThanLowerOrGreaterThanUpperThreshold",
            ComparisonOperator::LessThanLowerThreshold => "LessThanLowerThreshold",
            ComparisonOperator::GreaterThanUpperThreshold => "GreaterThanUpperThreshold",
        }
    }

    /// The operator of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        ComparisonOperator::ALL.into_iter().find(|operator| operator.as_str() == name)
    }

    /// Whether it compares with a band rather than a threshold.
    pub const fn is_of_band(self) -> bool {
        self.has_lower_bound() || self.has_upper_bound()
    }

    /// Whether it looks at the lower bound of a band.
    pub const fn has_lower_bound(self) -> bool {
        matches!(
            self,
            ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold | ComparisonOperator::LessThanLowerThreshold
        )
    }

    /// Whether it looks at the upper bound of a band.
    pub const fn has_upper_bound(self) -> bool {
        matches!(
            self,
            ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold
                | ComparisonOperator::GreaterThanUpperThreshold
        )
    }

    /// The comparison in words, as state reasons have it; of those with a threshold.
    pub(super) const fn words(self) -> &'static str {
        match self {
            ComparisonOperator::GreaterThanOrEqualToThreshold => "greater than or equal to",
            ComparisonOperator::GreaterThanThreshold | ComparisonOperator::GreaterThanUpperThreshold => "greater than",
            ComparisonOperator::LessThanOrEqualToThreshold => "less than or equal to",
            ComparisonOperator::LessThanThreshold
            | ComparisonOperator::LessThanLowerThreshold
            | ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold => "less than",
        }
    }
}

impl std::fmt::Display for ComparisonOperator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// When a datapoint breaches.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// On the wrong side of a number. The operator is one of the four with a threshold.
    Threshold {
        /// How it is compared.
        operator: ComparisonOperator,
        /// With what; finite.
        threshold: f64,
    },
    /// Outside of a band. The operator is one of the three with a band.
    Band {
        /// How it is compared.
        operator: ComparisonOperator,
        /// Which of the queries is the band.
        band: QueryId,
    },
}

impl Condition {
    /// The operator.
    pub const fn operator(&self) -> ComparisonOperator {
        match self {
            Condition::Threshold { operator, .. } | Condition::Band { operator, .. } => *operator,
        }
    }

    /// Whether a datapoint breaches. One without a band does not, where there should be one; it is never observed.
    pub fn is_breaching(&self, datum: &Datum) -> bool {
        let (value, operator) = (datum.value, self.operator());
        let threshold = match (self, datum.band) {
            (Condition::Threshold { threshold, .. }, _) => *threshold,
            (Condition::Band { .. }, None) => return false,
            (Condition::Band { .. }, Some(band)) => {
                return (operator.has_lower_bound() && value < band.lower)
                    || (operator.has_upper_bound() && value > band.upper);
            }
        };
        match operator {
            ComparisonOperator::GreaterThanOrEqualToThreshold => value >= threshold,
            ComparisonOperator::GreaterThanThreshold => value > threshold,
            ComparisonOperator::LessThanThreshold => value < threshold,
            ComparisonOperator::LessThanOrEqualToThreshold => value <= threshold,
            _ => unreachable!("the other operators are those of bands"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Band;

    #[test]
    fn names_are_those_of_cloudwatch() {
        for operator in ComparisonOperator::ALL {
            assert_eq!(ComparisonOperator::parse(operator.as_str()), Some(operator));
        }
        assert_eq!(ComparisonOperator::parse("GreaterThan"), None);
    }

    #[test]
    fn the_datapoint_is_the_first_operand() {
        let cases = [
            ("GreaterThanOrEqualToThreshold", [false, true, true]),
            ("GreaterThanThreshold", [false, false, true]),
            ("LessThanThreshold", [true, false, false]),
            ("LessThanOrEqualToThreshold", [true, true, false]),
        ];
        for (name, expected) in cases {
            let operator = ComparisonOperator::parse(name).unwrap();
            let condition = Condition::Threshold { operator, threshold: 5.0 };
            let breaching = [4.0, 5.0, 6.0].map(|value| condition.is_breaching(&Datum::of(value)));
            assert_eq!(breaching, expected, "{name}");
        }
    }

    #[test]
    fn the_bounds_of_a_band_are_inside() {
        let cases = [
            ("LessThanLowerOrGreaterThanUpperThreshold", [true, false, false, true]),
            ("LessThanLowerThreshold", [true, false, false, false]),
            ("GreaterThanUpperThreshold", [false, false, false, true]),
        ];
        for (name, expected) in cases {
            let operator = ComparisonOperator::parse(name).unwrap();
            let condition = Condition::Band { operator, band: QueryId::parse("ad1").unwrap() };
            let datum = |value| Datum { value, sample_count: None, band: Some(Band { lower: 1.0, upper: 2.0 }) };
            let breaching = [0.9, 1.0, 2.0, 2.1].map(|value| condition.is_breaching(&datum(value)));
            assert_eq!(breaching, expected, "{name}");
            assert!(!condition.is_breaching(&Datum::of(9.0)));
        }
    }
}
