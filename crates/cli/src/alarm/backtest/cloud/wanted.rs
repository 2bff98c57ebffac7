//! Which statistics the evaluations of an alarm need, and what they come to for them.
//!
//! Counts, sums, minima and maxima are asked for in periods so short that every period of every evaluation is made of
//! them. A percentile cannot be put together: it is asked for whole, once for each way in which periods can begin.

use std::collections::BTreeMap;

use nepho_engine::Statistic;
use nepho_engine::alarm::{LowSamples, MetricAlarm, Replay};
use nepho_model::{Cell, Distribution, Point, Read, Timestamp, Unit, UnitSeries};

use super::series::{Key, Series};

/// A stretch of a series, in seconds, its end exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) key: Key,
}

/// What is needed for the evaluations of an alarm.
pub(super) fn wanted(alarm: &MetricAlarm, replay: &Replay<'_>) -> Vec<Wanted> {
    let statistics = replay.reads().iter().zip(replay.statistics());
    statistics.flat_map(|(read, statistic)| of_read(alarm, read, statistic)).collect()
}

fn of_read(alarm: &MetricAlarm, read: &Read, statistic: &Statistic) -> Vec<Wanted> {
    if !statistic.needs_distribution() {
        return parts(statistic).iter().map(|stat| in_slots(read, stat)).collect();
    }
    let phases = (0..).map(|phase| read.start.seconds() + phase * read.period_seconds);
    let phases = phases.take((alarm.period().seconds() / read.period_seconds) as usize);
    let mut wanted: Vec<_> = phases.filter_map(|start| whole(alarm, read, statistic, start)).collect();
    if alarm.low_samples() == Some(LowSamples::Ignore) {
        wanted.push(in_slots(read, &Statistic::SAMPLE_COUNT));
    }
    wanted
}

/// The statistics that one is made of, if it can be made of those of shorter periods.
fn parts(statistic: &Statistic) -> Vec<Statistic> {
    match *statistic == Statistic::AVERAGE {
        true => vec![Statistic::SUM, Statistic::SAMPLE_COUNT],
        false => vec![statistic.clone()],
    }
}

fn key(read: &Read, statistic: &Statistic, period: i64, start: i64) -> Key {
    Key::new(&read.metric, read.unit.map(Unit::as_str), statistic.as_str(), period, start)
}

fn in_slots(read: &Read, statistic: &Statistic) -> Wanted {
    let (from, to) = (read.start.seconds(), read.end.seconds());
    Wanted { from, to, key: key(read, statistic, read.period_seconds, from) }
}

/// The whole periods of an alarm that begin at a time and in every period after.
fn whole(alarm: &MetricAlarm, read: &Read, statistic: &Statistic, start: i64) -> Option<Wanted> {
    let period = alarm.period().seconds();
    let count = (read.end.seconds() - start).div_euclid(period);
    (count > 0).then(|| Wanted { from: start, to: start + count * period, key: key(read, statistic, period, start) })
}

/// What the replay of an alarm reads, made of series.
pub(super) fn answers(
    alarm: &MetricAlarm,
    replay: &Replay<'_>,
    series: &BTreeMap<Key, Series>,
) -> Vec<Result<Vec<UnitSeries>, String>> {
    let statistics = replay.reads().iter().zip(replay.statistics());
    let answer = |(read, statistic): (&Read, &Statistic)| {
        let points = match statistic.needs_distribution() {
            true => whole_periods(alarm, read, statistic, series),
            false => slots(read, statistic, series),
        };
        let points = points.into_iter().map(|(time, cell)| Point { time: Timestamp::from_seconds(time), cell });
        // A service answers one unit only.
        Ok(vec![UnitSeries { unit: read.unit.unwrap_or(Unit::None), points: points.collect() }])
    };
    statistics.map(answer).collect()
}

fn values(wanted: &Wanted, series: &BTreeMap<Key, Series>) -> BTreeMap<i64, f64> {
    let known = series.get(&wanted.key).map(|series| series.within(wanted.from, wanted.to));
    known.unwrap_or_default().iter().copied().collect()
}

fn slots(read: &Read, statistic: &Statistic, series: &BTreeMap<Key, Series>) -> BTreeMap<i64, Cell> {
    let stats = parts(statistic);
    let numbers: Vec<_> = stats.iter().map(|stat| values(&in_slots(read, stat), series)).collect();
    let [first, others @ ..] = &numbers[..] else { return BTreeMap::new() };
    let cell = |(time, value): (&i64, &f64)| {
        let count = match others {
            [counts] => *counts.get(time)?,
            _ if *statistic == Statistic::SAMPLE_COUNT => *value,
            _ => 1.0,
        };
        Some((*time, of_count(count, *value)))
    };
    first.iter().filter_map(cell).collect()
}

/// A cell in which sum, minimum and maximum are a number; only what it was asked for is looked at.
fn of_count(count: f64, value: f64) -> Cell {
    Cell::from_parts(count, value, value, value, Distribution::Unavailable)
}

fn whole_periods(
    alarm: &MetricAlarm,
    read: &Read,
    statistic: &Statistic,
    series: &BTreeMap<Key, Series>,
) -> BTreeMap<i64, Cell> {
    let counts = match alarm.low_samples() {
        Some(LowSamples::Ignore) => Some(values(&in_slots(read, &Statistic::SAMPLE_COUNT), series)),
        _ => None,
    };
    let period = alarm.period().seconds();
    let count = |start: i64| match &counts {
        Some(counts) => counts.range(start..start + period).map(|(_, count)| count).sum(),
        None => 1.0,
    };
    let of_statistic = |wanted: &Wanted| wanted.key.stat == statistic.as_str() && wanted.key.period == period;
    let phases = of_read(alarm, read, statistic).into_iter().filter(of_statistic);
    let points = phases.flat_map(|wanted| values(&wanted, series));
    points.map(|(start, value)| (start, of_count(count(start), value))).collect()
}
