//! From datapoints to a model.

use nepho_model::Timestamp;

use super::fit::{Data, Fit};
use super::model::Model;
use super::offsets::Offsets;
use crate::period::Period;

/// How far back a model looks, in seconds: two weeks.
pub const TRAINING_SECONDS: i64 = 14 * 24 * 3600;
/// The least number of datapoints that a model is made of.
pub const MIN_POINTS: usize = 24;
/// The least stretch of time that they cover, in seconds: two days, so that each hour of the day was seen twice.
pub const MIN_SPAN_SECONDS: i64 = 2 * 24 * 3600;

/// How a metric is to be learnt.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Configuration {
    /// Times that are not to be learnt from.
    pub excluded: Vec<TimeRange>,
    /// The local time that its days and weeks are of.
    pub offsets: Offsets,
    /// Whether spikes that come again at the same time are no anomalies.
    pub periodic_spikes: bool,
    /// A value that it cannot exceed, as 100 percent; without effect when it has.
    pub ceiling: Option<f64>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// Its start, inclusive.
    pub start: Timestamp,
    /// Its end, exclusive.
    pub end: Timestamp,
}

/// Learns from the datapoints of the two weeks before `now`: starts of periods, ascending, and their values. Those that
/// are in an excluded range, in part or as a whole, are left out, as is what is no finite number.
///
/// The same datapoints always make the same model.
pub fn train(points: &[(Timestamp, f64)], period: Period, configuration: &Configuration, now: Timestamp) -> Model {
    let seconds = period.seconds();
    let is_wanted = |(time, value): &&(Timestamp, f64)| {
        let end = time.plus_seconds(seconds);
        let is_excluded = configuration.excluded.iter().any(|range| *time < range.end && end > range.start);
        *time >= now.plus_seconds(-TRAINING_SECONDS) && end <= now && value.is_finite() && !is_excluded
    };
    let mut times = Vec::with_capacity(points.len());
    let mut values = Vec::with_capacity(points.len());
    for (time, value) in points.iter().filter(is_wanted) {
        if times.last().is_none_or(|last| *last < time.seconds()) {
            times.push(time.seconds());
            values.push(*value);
        }
    }
    let span_seconds = times.first().zip(times.last()).map_or(0, |(first, last)| last + seconds - first);
    let is_enough = times.len() >= MIN_POINTS && span_seconds >= MIN_SPAN_SECONDS;
    let data = Data {
        times: &times,
        values: &values,
        period: seconds,
        offsets: &configuration.offsets,
        has_spikes: configuration.periodic_spikes,
        ceiling: configuration.ceiling,
    };
    let fit = is_enough.then(|| Fit::new(&data));
    Model { period, trained_at: now, points: times.len() as u32, span_seconds, fit }
}
