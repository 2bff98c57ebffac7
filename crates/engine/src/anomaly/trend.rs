//! Where a metric is going: a level, a slope, and shifts to another level.
//!
//! Slope and shifts are found in the medians of hours, by regression with the season taken out of both sides, the series
//! and what it is regressed on (Frisch and Waugh): a weekend is no decline. Terms are taken one at a time, each only
//! when it explains enough. A shift is believed when it has lasted for a day.

mod phases;
mod terms;

use super::robust::{deviation, mean, median};
pub(super) use terms::MAX_TERMS as MAX_SHIFTS;
use terms::{CLIP, Explained, Term};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// The least span in which the same hour of the week is seen often enough to tell weeks apart, in seconds.
const WEEK_SPAN: i64 = 9 * DAY;
/// The longest that a slope goes on behind the data, in seconds.
const HORIZON: i64 = 7 * DAY;

/// The level over time, in seconds since the epoch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trend {
    /// The level where neither slope nor shifts have added anything.
    pub(super) level: f64,
    /// What it rises by per second.
    pub(super) slope: f64,
    /// Where the data begins, and with it the slope.
    pub(super) from: i64,
    /// Where the data ends.
    pub(super) until: i64,
    /// When it shifted, and by how much; ascending.
    pub(super) shifts: Vec<(i64, f64)>,
}

impl Trend {
    /// The trend of values at times, with their local times, all in seconds; `period` is how long each is. There is at
    /// least one.
    pub(super) fn new(times: &[i64], local: &[i64], values: &[f64], period: i64) -> Self {
        let hours = hours(times, local, values, period);
        let (from, until) = (times[0], times[times.len() - 1] + period);
        let mut cycles = vec![DAY];
        if until - from >= WEEK_SPAN {
            cycles.push(7 * DAY);
        }
        let all = cycles.into_iter().map(|cycle| Explained::new(&hours, cycle, from, until)).collect();
        let mut trend = Trend { level: 0.0, slope: 0.0, from, until, shifts: Vec::new() };
        for (term, factor) in likeliest(all).terms {
            match term {
                Term::Slope => trend.slope = factor / DAY as f64,
                Term::Shift(time) => trend.shifts.push((time, factor)),
            }
        }
        trend.shifts.sort_by_key(|(time, _)| *time);
        let mut left: Vec<_> = times.iter().zip(values).map(|(time, value)| value - trend.at(*time)).collect();
        trend.level = median(&mut left);
        trend
    }

    /// The level at a time. Behind the data a slope goes on for as long as it was seen, but no longer than a week.
    pub(super) fn at(&self, time: i64) -> f64 {
        let shifts: f64 = self.shifts.iter().filter(|(from, _)| *from <= time).map(|(_, by)| by).sum();
        let until = self.until + (self.until - self.from).min(HORIZON);
        let since = time.clamp(self.from, until) - self.from;
        self.level + self.slope * since as f64 + shifts
    }
}

/// The explanation that is least off at hours that it has not seen.
fn likeliest(all: Vec<Explained>) -> Explained {
    let deviations = all.iter().map(|explained| deviation(explained.unseen.iter().copied()));
    let most = CLIP * deviations.fold(f64::INFINITY, f64::min);
    let error = |explained: &Explained| mean(explained.unseen.iter().map(|off| off.abs().min(most).powi(2)));
    let likeliest = all.into_iter().min_by(|one, other| error(one).total_cmp(&error(other)));
    likeliest.expect("there is always that by days")
}

/// An hour, or a period that is longer: when it begins, also on the local clock, and the median of its values.
#[derive(Debug, Clone, Copy)]
struct Hour {
    time: i64,
    local: i64,
    value: f64,
}

fn hours(times: &[i64], local: &[i64], values: &[f64], period: i64) -> Vec<Hour> {
    let length = period.max(HOUR);
    let mut hours: Vec<Hour> = Vec::new();
    let mut at = 0;
    while at < times.len() {
        let hour = times[at].div_euclid(length);
        let end = at + times[at..].partition_point(|time| time.div_euclid(length) == hour);
        let value = median(&mut values[at..end].to_vec());
        hours.push(Hour { time: hour * length, local: local[at] - (times[at] - hour * length), value });
        at = end;
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The trend of hours that are made up: what stands at each, and a little noise that repeats with no season.
    fn trend(days: i64, value: impl Fn(i64) -> f64) -> Trend {
        let times: Vec<_> = (0..days * 24).map(|hour| hour * HOUR).collect();
        let noise = |at: usize| ((at * 7919) % 101) as f64 / 50.0 - 1.0;
        let values: Vec<_> = times.iter().enumerate().map(|(at, time)| value(*time) + noise(at)).collect();
        Trend::new(&times, &times, &values, HOUR)
    }

    fn day(time: i64) -> f64 {
        if time.rem_euclid(DAY) < 8 * HOUR { 0.0 } else { 30.0 }
    }

    fn week(time: i64) -> f64 {
        if time.rem_euclid(7 * DAY) < 2 * DAY { -50.0 } else { day(time) }
    }

    fn step(time: i64, days: f64) -> f64 {
        if time as f64 >= days * DAY as f64 { 40.0 } else { 0.0 }
    }

    type Value = fn(i64) -> f64;

    #[test]
    fn slopes_and_shifts_are_told_from_seasons() {
        // days of data, what is in it, the rise per day that is found, the days of shifts
        let cases: [(i64, Value, f64, &[f64]); 12] = [
            (14, |_| 5.0, 0.0, &[]),
            (14, day, 0.0, &[]),
            (14, week, 0.0, &[]),
            (7, week, 0.0, &[]),
            (9, week, 0.0, &[]),
            (14, |time| day(time) + 3.0 * time as f64 / DAY as f64, 3.0, &[]),
            (14, |time| week(time) + 3.0 * time as f64 / DAY as f64, 3.0, &[]),
            (5, |time| day(time) + 3.0 * time as f64 / DAY as f64, 3.0, &[]),
            (2, |time| 3.0 * time as f64 / DAY as f64, 0.0, &[]),
            (14, |time| day(time) + step(time, 9.25), 0.0, &[9.25]),
            (14, |time| week(time) + step(time, 12.5), 0.0, &[12.5]),
            (14, |time| day(time) + step(time, 13.25), 0.0, &[]),
        ];
        for (number, (days, value, slope, shifts)) in cases.into_iter().enumerate() {
            let found = trend(days, value);
            assert!((found.slope * DAY as f64 - slope).abs() < 0.1, "case {number}: {found:?}");
            let when: Vec<_> = found.shifts.iter().map(|(time, _)| *time as f64 / DAY as f64).collect();
            assert_eq!(when, shifts, "case {number}: {found:?}");
            assert!(found.shifts.iter().all(|(_, by)| (by - 40.0).abs() < 2.0), "case {number}: {found:?}");
        }
    }

    #[test]
    fn a_slope_goes_on_for_as_long_as_it_was_seen_or_a_week() {
        let trend = |days: i64| Trend { level: 1.0, slope: 1.0, from: 0, until: days * DAY, shifts: vec![(DAY, 5.0)] };
        for (days, at, expected) in [(3, 0, 0), (3, 6, 6), (3, 7, 6), (14, 21, 21), (14, 22, 21), (14, -1, 0)] {
            let shift = if at >= 1 { 5.0 } else { 0.0 };
            assert_eq!(trend(days).at(at * DAY), 1.0 + (expected * DAY) as f64 + shift, "{days} days, at {at}");
        }
    }
}
