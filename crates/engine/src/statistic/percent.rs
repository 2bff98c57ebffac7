//! A percentage as it is written: an exact decimal from 0 to 100.

/// The most digits after the point.
pub(super) const MAX_DECIMALS: usize = 10;

/// A percentage from 0 to 100, kept as a fraction of whole numbers, so that 99.9 % of 1000 samples are 999 and not
/// a little more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent {
    numerator: u64,
    denominator: u64,
}

impl Percent {
    /// Zero.
    pub const ZERO: Percent = Percent::whole(0);
    /// All.
    pub const HUNDRED: Percent = Percent::whole(100);

    /// `percent` %, which is at most 100.
    pub const fn whole(percent: u64) -> Self {
        assert!(percent <= 100, "a percentage is at most 100");
        Percent { numerator: percent, denominator: 100 }
    }

    /// The number of a statistic such as `p99.9`: one or two digits with decimals, or plain `100`.
    pub(super) fn parse_single(text: &str) -> Option<Self> {
        if text == "100" { Some(Percent::HUNDRED) } else { Percent::parse_below_hundred(text) }
    }

    /// A bound such as `99.9%`, without its sign: as above, and `100.00` as well.
    pub(super) fn parse_bound(text: &str) -> Option<Self> {
        let zeros = match text.strip_prefix("100") {
            None => return Percent::parse_below_hundred(text),
            Some("") => "",
            Some(rest) => rest.strip_prefix('.')?,
        };
        let is_hundred = zeros.len() <= MAX_DECIMALS && zeros.bytes().all(|byte| byte == b'0');
        is_hundred.then_some(Percent::HUNDRED)
    }

    fn parse_below_hundred(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=2).contains(&whole.len()) || decimals.len() > MAX_DECIMALS || !is_digits(whole) || !is_digits(decimals)
        {
            return None;
        }
        let decimals = decimals.trim_end_matches('0');
        let numerator = format!("{whole}{decimals}").parse().ok()?;
        Some(Percent { numerator, denominator: 10u64.pow(decimals.len() as u32 + 2) })
    }

    /// This share of `total`. The result is exact where `total` is a whole number and the share is as well, up to
    /// 2^53.
    pub fn of(self, total: f64) -> f64 {
        self.numerator as f64 * total / self.denominator as f64
    }

    /// How many samples there have to be for the smaller part, below or above, to be `part` of them; infinitely many for
    /// 0 % and 100 %.
    pub(crate) fn samples_for_smaller_part(self, part: u64) -> f64 {
        let smaller = self.numerator.min(self.denominator - self.numerator);
        (part * self.denominator) as f64 / smaller as f64
    }

    /// Whether it is 0 %.
    pub fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Whether it is 100 %.
    pub fn is_hundred(self) -> bool {
        self.numerator == self.denominator
    }
}

impl PartialOrd for Percent {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Percent {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let cross = |a: u64, b: u64| u128::from(a) * u128::from(b);
        cross(self.numerator, other.denominator).cmp(&cross(other.numerator, self.denominator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_whole_numbers_is_whole() {
        let cases = [("99.9", 1000.0, 999.0), ("0.1", 1e12, 1e9), ("7", 100.0, 7.0), ("99.99", 1e6, 999_900.0)];
        for (text, total, expected) in cases {
            assert_eq!(Percent::parse_single(text).unwrap().of(total), expected, "{text} % of {total}");
        }
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        let percent = |text| Percent::parse_bound(text).unwrap();
        assert!(percent("9.9999999999") < percent("10"));
        assert!(percent("10.000").cmp(&percent("10")).is_eq());
        assert!(percent("100.0000000000") > percent("99.9999999999"));
    }
}
