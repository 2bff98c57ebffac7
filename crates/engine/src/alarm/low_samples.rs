//! Percentiles of few samples.

use crate::statistic::{Kind, Statistic};

/// How many samples a tail of the distribution has to hold for its percentile to mean something.
const TAIL_SAMPLES: u64 = 10;

/// EvaluateLowSampleCountPercentile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LowSamples {
    /// They count like any other.
    Evaluate,
    /// The state stays what it is.
    Ignore,
}

impl LowSamples {
    /// Both, in the order in which CloudWatch's error names them.
    pub const ALL: [LowSamples; 2] = [LowSamples::Evaluate, LowSamples::Ignore];

    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            LowSamples::Evaluate => "evaluate",
            LowSamples::Ignore => "ignore",
        }
    }

    /// The one of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        LowSamples::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// How many samples a period needs for a statistic to mean something: 10 / (1 - q) for a percentile from the middle up,
/// 10 / q below. `None` for what is no percentile; p0 and p100 never have enough.
pub fn needed_samples(statistic: &Statistic) -> Option<f64> {
    match statistic.kind() {
        Kind::Percentile(percent) => Some(percent.samples_for_smaller_part(TAIL_SAMPLES)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_has_to_hold_ten_samples() {
        let cases = [
            ("p99", Some(1000.0)),
            ("p50", Some(20.0)),
            ("p10", Some(100.0)),
            ("p90", Some(100.0)),
            ("p95", Some(200.0)),
            ("p75", Some(40.0)),
            ("p99.9", Some(10_000.0)),
            ("p1", Some(1000.0)),
            ("p0", Some(f64::INFINITY)),
            ("p100", Some(f64::INFINITY)),
            ("tm99", None),
            ("Average", None),
        ];
        for (text, expected) in cases {
            assert_eq!(needed_samples(&Statistic::parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn names_are_those_of_cloudwatch() {
        for one in LowSamples::ALL {
            assert_eq!(LowSamples::parse(one.as_str()), Some(one));
        }
        assert_eq!(LowSamples::parse("Ignore"), None);
    }
}
