//! The axis of values: round numbers that hold all of them.

/// A range narrower than this share of its values has no digits left to be told apart by.
const SHARE_MIN: f64 = 1e-9;
/// An axis whose least value is below this share of the greatest begins at zero.
const ZERO_SHARE: f64 = 0.5;
/// Values are written as they are from here ...
const PLAIN_MIN: f64 = 0.01;
/// ... up to here, and with a suffix or an exponent beyond.
const PLAIN_MAX: f64 = 1e4;

/// From `low` to `high` in equal steps of 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// The axis for values from `least` to `greatest`, with about so many steps.
    pub(super) fn of(least: f64, greatest: f64, is_amount: bool, steps: usize) -> Self {
        let (low, high) = bounds(least, greatest, is_amount);
        let step = round_step((high - low) / steps as f64);
        Scale { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// 0 for the upper end, 1 for the lower.
    pub(super) fn share_from_top(&self, value: f64) -> f64 {
        ((self.high - value) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The values of the steps, the highest first, as they are written.
    pub(super) fn labels(&self) -> Vec<(f64, String)> {
        let (unit, suffix) = unit(self.low.abs().max(self.high.abs()));
        let decimals = (-(self.step / unit).log10().floor()).clamp(0.0, 9.0) as usize;
        let count = ((self.high - self.low) / self.step).round() as usize;
        let value = |position: usize| self.high - position as f64 * self.step;
        let text = |value: f64| match format!("{:.decimals$}", value / unit) {
            zero if zero.trim_matches(['-', '0', '.']).is_empty() => "0".to_owned(),
            text => text + &suffix,
        };
        (0..=count).map(|position| (value(position), text(value(position)))).collect()
    }
}

/// What the axis has to hold.
fn bounds(least: f64, greatest: f64, is_amount: bool) -> (f64, f64) {
    if !(least.is_finite() && greatest.is_finite()) {
        return (0.0, 1.0);
    }
    let magnitude = least.abs().max(greatest.abs());
    if magnitude == 0.0 {
        return (0.0, 1.0);
    }
    let has_zero = is_amount || least.abs().min(greatest.abs()) <= ZERO_SHARE * magnitude;
    let (low, high) = match has_zero {
        true => (least.min(0.0), greatest.max(0.0)),
        false => (least, greatest),
    };
    match high - low > SHARE_MIN * magnitude {
        true => (low, high),
        false => (low - magnitude / 2.0, high + magnitude / 2.0),
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `step`.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let choices = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    choices.into_iter().find(|choice| *choice >= step * (1.0 - 1e-9)).unwrap_or(choices[3])
}

/// What numbers up to `magnitude` are divided by, and what is written behind them instead.
fn unit(magnitude: f64) -> (f64, String) {
    if (PLAIN_MIN..PLAIN_MAX).contains(&magnitude) {
        return (1.0, String::new());
    }
    let exponent = (magnitude.log10() / 3.0).floor() as i32 * 3;
    let suffix = match exponent {
        0 => String::new(),
        3 => "k".to_owned(),
        6 => "M".to_owned(),
        9 => "G".to_owned(),
        12 => "T".to_owned(),
        other => format!("e{other}"),
    };
    (10_f64.powi(exponent), suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(least: f64, greatest: f64) -> String {
        let labels = Scale::of(least, greatest, false, 4).labels();
        labels.into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn labels_are_round() {
        let cases = [
            (0.0, 100.0, "100 50 0"),
            (12.0, 280.0, "300 200 100 0"),
            (95.2, 99.1, "100 99 98 97 96 95"),
            (0.0, 0.7, "0.8 0.6 0.4 0.2 0"),
            (-3.0, 5.0, "6 4 2 0 -2 -4"),
            (-100.0, -80.0, "-80 -85 -90 -95 -100"),
            (0.0, 25_000.0, "30k 20k 10k 0"),
            (1.2e6, 1.4e6, "1.40M 1.35M 1.30M 1.25M 1.20M"),
            (0.0, 0.000_004, "4e-6 3e-6 2e-6 1e-6 0"),
            (5.0, 5.0, "8 6 4 2"),
            (0.0, 0.0, "1.0 0.5 0"),
            (1e100, 2e100, "20e99 15e99 10e99 5e99 0"),
            (f64::INFINITY, f64::NEG_INFINITY, "1.0 0.5 0"),
        ];
        for (least, greatest, expected) in cases {
            assert_eq!(labels(least, greatest), expected, "{least} to {greatest}");
        }
    }

    #[test]
    fn amounts_begin_at_zero() {
        let labels = Scale::of(95.0, 99.0, true, 2).labels();
        assert_eq!(labels.first().unwrap().1, "100");
        assert_eq!(labels.last().unwrap().1, "0");
    }
}
