//! Statistics: how they are written, and what they are of a cell.
//!
//! A family of statistics is a file below; each is one function of [`Steps`], the samples in ascending order.

mod bounds;
mod percent;
mod percentile;
mod percentile_rank;
mod steps;
mod trimmed_count;
mod trimmed_mean;
mod trimmed_sum;
mod winsorized_mean;

use std::borrow::Cow;
use std::fmt;

use nepho_model::Cell;

pub use bounds::{Bounds, PercentBounds, ValueBounds};
pub use percent::Percent;
pub use steps::Steps;

/// The longest text of a statistic, in characters.
pub const MAX_STATISTIC: usize = 50;

/// A statistic, as it was written: `Average`, `p99.9`, `TM(10%:90%)`, `PR(:0.25)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    text: Cow<'static, str>,
    kind: Kind,
}

/// What a statistic computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Number of samples.
    SampleCount,
    /// Sum divided by number.
    Average,
    /// Sum of the samples.
    Sum,
    /// The least sample.
    Minimum,
    /// The greatest sample.
    Maximum,
    /// `pN`: the value that N percent of the samples do not exceed.
    Percentile(Percent),
    /// `tmN`, `TM(..)`, `IQM`: mean of the samples inside.
    TrimmedMean(Bounds),
    /// `wmN`, `WM(..)`: mean with the samples outside moved to the bound.
    WinsorizedMean(Bounds),
    /// `tcN`, `TC(..)`: number of samples inside.
    TrimmedCount(Bounds),
    /// `tsN`, `TS(..)`: sum of the samples inside.
    TrimmedSum(Bounds),
    /// `PR(..)`: percentage of the samples inside.
    PercentileRank(ValueBounds),
}

/// Why a text is no statistic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatisticFault {
    /// Longer than [`MAX_STATISTIC`].
    #[error("statistic has {0} characters, more than the limit of {MAX_STATISTIC}")]
    TooLong(usize),
    /// Not in the grammar.
    #[error(
        "{0:?} is no statistic: expected SampleCount, Average, Sum, Minimum, Maximum, IQM, a percentile such as p99.9, \
         a trimmed form such as tm95, tc95, ts95 or wm95, or a range such as TM(10%:90%), WM(:2.5) or PR(0:300)"
    )]
    Unknown(String),
    /// In the grammar but for a percentage above 100.
    #[error("{0:?} is no statistic: a percentage is at most 100")]
    AboveHundred(String),
    /// The lower bound of a range lies above the upper.
    #[error("the lower bound of {0:?} is above the upper bound")]
    Reversed(String),
}

const BASIC: [Statistic; 5] =
    [Statistic::SAMPLE_COUNT, Statistic::AVERAGE, Statistic::SUM, Statistic::MINIMUM, Statistic::MAXIMUM];

impl Statistic {
    /// `SampleCount`.
    pub const SAMPLE_COUNT: Statistic = Statistic::basic("SampleCount", Kind::SampleCount);
    /// `Average`.
    pub const AVERAGE: Statistic = Statistic::basic("Average", Kind::Average);
    /// `Sum`.
    pub const SUM: Statistic = Statistic::basic("Sum", Kind::Sum);
    /// `Minimum`.
    pub const MINIMUM: Statistic = Statistic::basic("Minimum", Kind::Minimum);
    /// `Maximum`.
    pub const MAXIMUM: Statistic = Statistic::basic("Maximum", Kind::Maximum);

    const fn basic(name: &'static str, kind: Kind) -> Self {
        Statistic { text: Cow::Borrowed(name), kind }
    }

    /// Reads a statistic in CloudWatch's grammar, which is case-sensitive.
    ///
    /// The undocumented forms that AWS's own pattern has besides (`o10`, `u10`, `p99_E`) are refused.
    ///
    /// # Errors
    /// Names the text and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, StatisticFault> {
        if text.len() > MAX_STATISTIC {
            return Err(StatisticFault::TooLong(text.chars().count()));
        }
        if let Some(basic) = BASIC.into_iter().find(|basic| basic.text == text) {
            return Ok(basic);
        }
        let kind = kind_of(text).ok_or_else(|| match is_above_hundred(text) {
            true => StatisticFault::AboveHundred(text.to_owned()),
            false => StatisticFault::Unknown(text.to_owned()),
        })?;
        if kind.is_reversed() {
            return Err(StatisticFault::Reversed(text.to_owned()));
        }
        Ok(Statistic { text: text.to_owned().into(), kind })
    }

    /// What it computes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is one of the five that GetMetricStatistics calls `Statistics`; the rest are
    /// `ExtendedStatistics`.
    pub fn is_basic(&self) -> bool {
        !self.needs_distribution()
    }

    /// Whether count, sum, minimum and maximum are not enough for it.
    pub fn needs_distribution(&self) -> bool {
        !matches!(self.kind, Kind::SampleCount | Kind::Average | Kind::Sum | Kind::Minimum | Kind::Maximum)
    }

    /// The statistic of a cell; `None` where CloudWatch has no data point: the distribution is not known, a value
    /// is negative, or there is no sample to take a mean of.
    pub fn evaluate(&self, cell: &Cell) -> Option<f64> {
        let value = match self.kind {
            Kind::SampleCount => cell.count(),
            Kind::Average => cell.sum() / cell.count(),
            Kind::Sum => cell.sum(),
            Kind::Minimum => cell.min(),
            Kind::Maximum => cell.max(),
            kind => known(kind, cell).or_else(|| of_steps(kind, &Steps::of(cell)?))?,
        };
        // A sum of nothing is -0 in Rust; adding 0 makes it 0.
        value.is_finite().then_some(value + 0.0)
    }
}

/// A percentile that came with the cell, for want of the samples.
fn known(kind: Kind, cell: &Cell) -> Option<f64> {
    match kind {
        Kind::Percentile(percent) => cell.known_percentile(percent.of(100.0)),
        _ => None,
    }
}

fn of_steps(kind: Kind, steps: &Steps) -> Option<f64> {
    match kind {
        Kind::Percentile(percent) => Some(percentile::percentile(steps, percent)),
        Kind::TrimmedMean(bounds) => trimmed_mean::trimmed_mean(steps, bounds),
        Kind::WinsorizedMean(bounds) => Some(winsorized_mean::winsorized_mean(steps, bounds)),
        Kind::TrimmedCount(bounds) => Some(trimmed_count::trimmed_count(steps, bounds)),
        Kind::TrimmedSum(bounds) => Some(trimmed_sum::trimmed_sum(steps, bounds)),
        Kind::PercentileRank(bounds) => Some(percentile_rank::percentile_rank(steps, bounds)),
        Kind::SampleCount | Kind::Average | Kind::Sum | Kind::Minimum | Kind::Maximum => None,
    }
}

fn kind_of(text: &str) -> Option<Kind> {
    if text == "IQM" {
        return Some(Kind::TrimmedMean(Bounds::Percent(PercentBounds::INNER_HALF)));
    }
    match text.split_once('(') {
        Some((name, rest)) => range_kind(name, rest.strip_suffix(')')?),
        None => single_kind(text),
    }
}

/// `p99`, `tm99` and the like: the number is the upper percentile.
fn single_kind(text: &str) -> Option<Kind> {
    if let Some(number) = text.strip_prefix('p') {
        return Percent::parse_single(number).map(Kind::Percentile);
    }
    let (name, number) = text.split_at_checked(2)?;
    let below = |number| Some(Bounds::Percent(PercentBounds::below(Percent::parse_single(number)?)));
    match name {
        "tm" => below(number).map(Kind::TrimmedMean),
        "wm" => below(number).map(Kind::WinsorizedMean),
        "tc" => below(number).map(Kind::TrimmedCount),
        "ts" => below(number).map(Kind::TrimmedSum),
        _ => None,
    }
}

/// Whether a percentage in a text that is no statistic is above 100.
fn is_above_hundred(text: &str) -> bool {
    let single = ["p", "tm", "wm", "tc", "ts"].iter().find_map(|name| text.strip_prefix(name));
    let bounds = text.split(['(', ':', ')']).filter_map(|bound| bound.strip_suffix('%'));
    let is_decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    single.into_iter().chain(bounds).any(|one| is_decimal(one) && one.parse::<f64>().is_ok_and(|one| one > 100.0))
}

/// `TM(10%:90%)`, `PR(:300)` and the like.
fn range_kind(name: &str, range: &str) -> Option<Kind> {
    match name {
        "TM" => Bounds::parse(range).map(Kind::TrimmedMean),
        "WM" => Bounds::parse(range).map(Kind::WinsorizedMean),
        "TC" => Bounds::parse(range).map(Kind::TrimmedCount),
        "TS" => Bounds::parse(range).map(Kind::TrimmedSum),
        "PR" => ValueBounds::parse(range).map(Kind::PercentileRank),
        _ => None,
    }
}

impl Kind {
    fn is_reversed(self) -> bool {
        match self {
            Kind::TrimmedMean(bounds)
            | Kind::WinsorizedMean(bounds)
            | Kind::TrimmedCount(bounds)
            | Kind::TrimmedSum(bounds) => bounds.is_reversed(),
            Kind::PercentileRank(bounds) => bounds.is_reversed(),
            _ => false,
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Statistic {
    type Err = StatisticFault;

    fn from_str(text: &str) -> Result<Self, StatisticFault> {
        Statistic::parse(text)
    }
}

#[cfg(test)]
mod tests;
