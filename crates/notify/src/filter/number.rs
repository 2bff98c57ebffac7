//! Numbers of conditions: up to a thousand million either way, with five decimals, compared exactly.

use serde_json::Number;

use super::FilterFault;

/// The greatest number, either way.
const MAX: f64 = 1e9;

/// How many parts a unit has.
const PARTS: f64 = 1e5;

/// A number in hundred-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fixed(i64);

impl Fixed {
    /// The number of a policy.
    pub(super) fn parse(number: &Number) -> Result<Self, FilterFault> {
        Fixed::of(number).ok_or_else(|| FilterFault::Number(number.to_string()))
    }

    /// The number of a message; `None` when no policy can have it, and so none is equal.
    pub(super) fn of(number: &Number) -> Option<Self> {
        let value = number.as_f64().filter(|value| value.abs() <= MAX)?;
        let parts = (value * PARTS).round();
        ((parts / PARTS - value).abs() <= f64::EPSILON * value.abs()).then_some(Fixed(parts as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_five_decimals_at_most() {
        let of = |text: &str| Fixed::of(&text.parse().unwrap()).map(|fixed| fixed.0);
        let cases = [
            ("0", Some(0)),
            ("-1", Some(-100_000)),
            ("0.1", Some(10_000)),
            ("301.5", Some(30_150_000)),
            ("123456.78912", Some(12_345_678_912)),
            ("1e9", Some(100_000_000_000_000)),
            ("-1000000000", Some(-100_000_000_000_000)),
            ("1000000000.1", None),
            ("0.000001", None),
            ("1.123456", None),
        ];
        for (text, expected) in cases {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
