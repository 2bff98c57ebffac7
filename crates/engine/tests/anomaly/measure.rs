//! What a band does with data that it was not trained with.

use nepho_engine::anomaly::{Configuration, train};
use nepho_engine::math::BandModel;
use nepho_model::Timestamp;

use crate::series::{DAY, MONDAY, Made, Point};

/// Shares of datapoints, and a ratio.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// In the band of 2 deviations, of the day after the training; spikes are not counted.
    pub(crate) next_day: f64,
    /// The same of the week after.
    pub(crate) next_week: f64,
    /// The width of that band as a multiple of 4 standard deviations of the noise, in the mean.
    pub(crate) width: f64,
    /// Outside of it, when 6 deviations of the noise are added or taken.
    pub(crate) seen_6: f64,
    /// The same with 4.
    pub(crate) seen_4: f64,
}

/// Trains with so many days of a series, and looks at the week after them.
pub(crate) fn measure(made: &Made, days: i64, seed: u64) -> Measured {
    measure_with(made, &Configuration { offsets: made.offsets.clone(), ..Configuration::default() }, days, seed)
}

/// The same, with a configuration.
pub(crate) fn measure_with(made: &Made, configuration: &Configuration, days: i64, seed: u64) -> Measured {
    let end = MONDAY + days * DAY;
    let (known, unknown): (Vec<Point>, Vec<Point>) =
        made.points(days + 7, seed).into_iter().partition(|point| point.time.seconds() < end);
    let known: Vec<_> = known.iter().map(|point| (point.time, point.value)).collect();
    let model = train(&known, made.period(), configuration, Timestamp::from_seconds(end));
    let band = |point: &Point| model.band(point.time, 2.0).unwrap();
    let is_in = |point: &Point, add: f64| {
        let (band, value) = (band(point), point.value + add * point.deviation);
        band.lower <= value && value <= band.upper
    };
    let normal: Vec<_> = unknown.iter().filter(|point| !point.is_spike).collect();
    let day: Vec<_> = normal.iter().copied().filter(|point| point.time.seconds() < end + DAY).collect();
    let share = |of: &[&Point], wanted: &dyn Fn(&Point) -> bool| {
        of.iter().filter(|point| wanted(point)).count() as f64 / of.len() as f64
    };
    let width =
        normal.iter().map(|point| (band(point).upper - band(point).lower) / (4.0 * point.deviation)).sum::<f64>();
    let seen = |by: f64| (share(&day, &|point| !is_in(point, by)) + share(&day, &|point| !is_in(point, -by))) / 2.0;
    Measured {
        next_day: share(&day, &|point| is_in(point, 0.0)),
        next_week: share(&normal, &|point| is_in(point, 0.0)),
        width: width / normal.len() as f64,
        seen_6: seen(6.0),
        seen_4: seen(4.0),
    }
}
