//! What is expected of a metric: the model that training makes, and the band that it tells.

use nepho_model::{MAX_MAGNITUDE, Timestamp};

use super::fit::Fit;
use super::training::{MIN_POINTS, MIN_SPAN_SECONDS, TRAINING_SECONDS};
use crate::math::{Band, BandModel};
use crate::period::Period;

/// How long after its training a model tells of a metric, in seconds: two weeks.
pub const VALID_SECONDS: i64 = TRAINING_SECONDS;
/// More deviations are no wider a band.
const MAX_DEVIATIONS: f64 = 1e9;
/// What rounding may change, as a part of a value: a bound is that much farther away.
const ROUNDING: f64 = 1e-6;

/// A model of a metric in periods of one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) period: Period,
    pub(super) trained_at: Timestamp,
    /// Of how many datapoints.
    pub(super) points: u32,
    /// From the first of them to the end of the last.
    pub(super) span_seconds: i64,
    /// `None` when that was too little.
    pub(super) fit: Option<Fit>,
}

impl Model {
    /// The length of the periods that it tells of.
    pub fn period(&self) -> Period {
        self.period
    }

    /// When it was trained.
    pub fn trained_at(&self) -> Timestamp {
        self.trained_at
    }

    /// Whether there was enough data to tell a band.
    pub fn is_trained(&self) -> bool {
        self.fit.is_some()
    }
}

impl BandModel for Model {
    /// The band in the period that begins at `time`: from the first datapoint that the model was trained with to
    /// [`VALID_SECONDS`] after the training.
    fn band(&self, time: Timestamp, deviations: f64) -> Option<Band> {
        let fit = self.fit.as_ref()?;
        let until = self.trained_at.plus_seconds(VALID_SECONDS);
        if time.seconds() < fit.trend.from || time > until || !deviations.is_finite() {
            return None;
        }
        let (lower, expected, upper) =
            fit.around(time.seconds(), self.period.seconds(), deviations.clamp(0.0, MAX_DEVIATIONS));
        let slack = |bound: f64| ROUNDING * ((bound - expected).abs() + expected.abs());
        let bounded = |bound: f64| bound.clamp(fit.floor, fit.ceiling).clamp(-MAX_MAGNITUDE, MAX_MAGNITUDE);
        let band = Band { lower: bounded(lower - slack(lower)), upper: bounded(upper + slack(upper)) };
        // Not so only in a model of bytes that something has changed.
        (band.lower <= band.upper).then_some(band)
    }

    fn remark(&self) -> Option<String> {
        let is_trained = self.is_trained();
        (!is_trained).then(|| {
            format!(
                "There is too little data for an anomaly detection model: {} datapoints over {} hours; at least \
                 {MIN_POINTS} over {} hours are needed.",
                self.points,
                self.span_seconds / 3600,
                MIN_SPAN_SECONDS / 3600
            )
        })
    }
}
