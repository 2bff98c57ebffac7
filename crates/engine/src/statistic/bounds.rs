//! The range in the parentheses of a statistic: percentiles or values.

use super::percent::{MAX_DECIMALS, Percent};

/// Which samples a statistic takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounds {
    /// Those between two percentiles.
    Percent(PercentBounds),
    /// Those between two values.
    Value(ValueBounds),
}

/// A range of percentiles; the samples that a bound cuts count in part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PercentBounds {
    /// Where it begins.
    pub lower: Percent,
    /// Where it ends.
    pub upper: Percent,
}

/// A range of values, exclusive below and inclusive above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueBounds {
    /// The greatest value that is not in it.
    pub lower: Option<f64>,
    /// The greatest value that is.
    pub upper: Option<f64>,
}

impl Bounds {
    /// Reads what stands in the parentheses.
    pub(super) fn parse(range: &str) -> Option<Self> {
        if range.contains('%') {
            PercentBounds::parse(range).map(Bounds::Percent)
        } else {
            ValueBounds::parse(range).map(Bounds::Value)
        }
    }

    pub(super) fn is_reversed(&self) -> bool {
        match self {
            Bounds::Percent(bounds) => bounds.lower > bounds.upper,
            Bounds::Value(bounds) => bounds.is_reversed(),
        }
    }
}

impl PercentBounds {
    /// From the first quartile to the third.
    pub(super) const INNER_HALF: PercentBounds = PercentBounds { lower: Percent::whole(25), upper: Percent::whole(75) };

    /// Everything up to the percentile `upper`.
    pub(super) fn below(upper: Percent) -> Self {
        PercentBounds { lower: Percent::ZERO, upper }
    }

    /// `10%:90%`, `:90%`, `10%:`.
    fn parse(range: &str) -> Option<Self> {
        let (lower, upper) = range.split_once(':')?;
        let bound = |text: &str| Percent::parse_bound(text.strip_suffix('%')?);
        match (lower, upper) {
            ("", upper) => Some(PercentBounds::below(bound(upper)?)),
            (lower, "") => Some(PercentBounds { lower: bound(lower)?, upper: Percent::HUNDRED }),
            (lower, upper) => Some(PercentBounds { lower: bound(lower)?, upper: bound(upper)? }),
        }
    }
}

impl ValueBounds {
    /// `10:250.5`, `:1e3`, `10:`.
    pub(super) fn parse(range: &str) -> Option<Self> {
        match range.split_once(':')? {
            ("", upper) => Some(ValueBounds { lower: None, upper: Some(number(upper)?) }),
            (lower, "") => Some(ValueBounds { lower: Some(number(lower)?), upper: None }),
            (lower, upper) => Some(ValueBounds { lower: Some(number(lower)?), upper: Some(number(upper)?) }),
        }
    }

    /// Whether a sample is in the range.
    pub fn contains(&self, value: f64) -> bool {
        self.lower.is_none_or(|lower| value > lower) && self.upper.is_none_or(|upper| value <= upper)
    }

    /// The value itself inside, the bound outside.
    pub(super) fn moved_inside(&self, value: f64) -> f64 {
        value.max(self.lower.unwrap_or(value)).min(self.upper.unwrap_or(f64::INFINITY))
    }

    pub(super) fn is_reversed(&self) -> bool {
        matches!((self.lower, self.upper), (Some(lower), Some(upper)) if lower > upper)
    }
}

/// Digits, at most [`MAX_DECIMALS`] more after a point, and an exponent: no sign, no infinity.
fn number(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = |text: &str| !text.is_empty() && is_digits(text);
    let exponent_is_legal = exponent.is_none_or(|text| has_digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    if !has_digits(whole) || !is_digits(decimals) || decimals.len() > MAX_DECIMALS || !exponent_is_legal {
        return None;
    }
    text.parse().ok()
}
