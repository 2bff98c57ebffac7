//! Buckets of confidence.

use crate::fault::Fault;

/// The least confidence.
pub const SCORE_MIN: f64 = 0.0;
/// The greatest confidence.
pub const SCORE_MAX: f64 = 1.0;

/// From which confidence on a classification is called medium, and from which high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    medium: f64,
    high: f64,
}

impl Default for Thresholds {
    /// Medium from 0.5, high from 0.8.
    fn default() -> Self {
        Thresholds { medium: 0.5, high: 0.8 }
    }
}

impl Thresholds {
    /// Medium from `medium` on, high from `high` on; both belong to the bucket they begin.
    ///
    /// # Errors
    /// [`Fault::Thresholds`], unless 0 < medium < high <= 1.
    pub fn new(medium: f64, high: f64) -> Result<Self, Fault> {
        if SCORE_MIN < medium && medium < high && high <= SCORE_MAX {
            return Ok(Thresholds { medium, high });
        }
        Err(Fault::Thresholds { medium, high })
    }

    /// The bucket of a score: `high`, `medium` or `low`.
    ///
    /// # Errors
    /// [`Fault::Confidence`], when it is not between 0 and 1.
    pub fn bucket(&self, score: f64) -> Result<&'static str, Fault> {
        if !(SCORE_MIN..=SCORE_MAX).contains(&score) {
            return Err(Fault::Confidence { value: score });
        }
        Ok(match score {
            score if score >= self.high => "high",
            score if score >= self.medium => "medium",
            _ => "low",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_belongs_to_the_bucket_it_begins() {
        let cases = [(0.0, "low"), (0.499, "low"), (0.5, "medium"), (0.799, "medium"), (0.8, "high"), (1.0, "high")];
        for (score, bucket) in cases {
            assert_eq!(Thresholds::default().bucket(score), Ok(bucket), "{score}");
        }
        assert_eq!(Thresholds::new(0.1, 0.2).unwrap().bucket(0.15), Ok("medium"));
    }

    #[test]
    fn what_is_no_confidence_and_no_threshold_is_named() {
        for score in [-0.001, 1.001, f64::NAN, f64::INFINITY] {
            let fault = Thresholds::default().bucket(score).unwrap_err().to_string();
            assert_eq!(fault, format!("confidence {score} is not between 0 and 1"));
        }
        for (medium, high) in [(0.8, 0.5), (0.5, 0.5), (0.0, 0.5), (0.5, 1.001), (f64::NAN, 0.5)] {
            assert!(matches!(Thresholds::new(medium, high), Err(Fault::Thresholds { .. })), "{medium} {high}");
        }
        assert!(Thresholds::new(0.5, 1.0).is_ok());
    }
}
