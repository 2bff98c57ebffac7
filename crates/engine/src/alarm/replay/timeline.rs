//! The periods of all evaluations of a range of time.

use nepho_model::Timestamp;

use crate::alarm::definition::MetricAlarm;
use crate::alarm::range::evaluation_range;
use crate::alarm::windows::Windows;

/// When an alarm is evaluated, and over which periods.
///
/// Time is cut into slots, so fine that every period of every evaluation is a row of them.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    /// When the first evaluation is due.
    pub(super) first: Timestamp,
    /// Where they end, exclusive.
    pub(super) end: Timestamp,
    pub(super) cadence_seconds: i64,
    /// Where the first slot begins.
    pub(super) origin: Timestamp,
    pub(super) slot_seconds: i64,
    pub(super) slots: usize,
    pub(super) periods: Periods,
    /// How many an evaluation looks at.
    pub(super) range: usize,
}

/// The periods that there are, each known by a number.
#[derive(Debug, Clone)]
pub(super) enum Periods {
    /// One from every slot on, of so many slots.
    Sliding(usize),
    /// One between each two edges.
    Clock(Vec<Timestamp>),
}

impl Timeline {
    /// Those of evaluations every so many seconds, from `start` to before `end`.
    pub(super) fn new(alarm: &MetricAlarm, cadence_seconds: i64, start: Timestamp, end: Timestamp) -> Self {
        let passed = (start.millis() - 1).div_euclid(cadence_seconds * 1000);
        let first = Timestamp::from_seconds((passed + 1) * cadence_seconds);
        let range = evaluation_range(alarm);
        let due = (end.millis() - first.millis()).max(0).div_euclid(cadence_seconds * 1000);
        let last = first.plus_seconds(due * cadence_seconds);
        let period = alarm.period().seconds();
        let (origin, end_of_slots, slot_seconds, periods) = match alarm.wall_clock() {
            None => {
                let slot_seconds = greatest_divisor(cadence_seconds, period);
                let periods = Periods::Sliding((period / slot_seconds) as usize);
                (first.plus_seconds(-period * range as i64), last, slot_seconds, periods)
            }
            Some(_) => {
                let edges = edges(alarm, first, last, range);
                let lengths = edges.windows(2).map(|pair| pair[1].seconds() - pair[0].seconds());
                let slot_seconds = lengths.fold(period, greatest_divisor);
                (edges[0], edges[edges.len() - 1], slot_seconds, Periods::Clock(edges))
            }
        };
        let slots = ((end_of_slots.seconds() - origin.seconds()) / slot_seconds).max(0) as usize;
        Timeline { first, end, cadence_seconds, origin, slot_seconds, slots, periods, range }
    }

    /// The times at which evaluations are due.
    pub(super) fn evaluations(&self) -> impl Iterator<Item = Timestamp> + use<> {
        let (first, end, cadence) = (self.first, self.end, self.cadence_seconds);
        (0..).map(move |number| first.plus_seconds(number * cadence)).take_while(move |time| *time < end)
    }

    /// How many periods there are.
    pub(super) fn len(&self) -> usize {
        match &self.periods {
            Periods::Sliding(length) => (self.slots + 1).saturating_sub(*length),
            Periods::Clock(edges) => edges.len() - 1,
        }
    }

    /// The slots of a period.
    pub(super) fn slots_of(&self, period: usize) -> std::ops::Range<usize> {
        match &self.periods {
            Periods::Sliding(length) => period..period + length,
            Periods::Clock(edges) => self.slot(edges[period])..self.slot(edges[period + 1]),
        }
    }

    /// The newest period of an evaluation, and how far it is from each to the one before.
    pub(super) fn newest(&self, time: Timestamp) -> (usize, usize) {
        match &self.periods {
            Periods::Sliding(length) => (self.slot(time) - length, *length),
            Periods::Clock(edges) => (edges.partition_point(|edge| *edge <= time) - 2, 1),
        }
    }

    /// The slots of all periods of an evaluation.
    pub(super) fn slots_in_range(&self, time: Timestamp) -> std::ops::Range<usize> {
        let (newest, distance) = self.newest(time);
        self.slots_of(newest - (self.range - 1) * distance).start..self.slots_of(newest).end
    }

    /// The periods of an evaluation.
    pub(super) fn windows(&self, alarm: &MetricAlarm, time: Timestamp) -> Windows {
        match &self.periods {
            Periods::Sliding(_) => Windows::of(alarm, time),
            Periods::Clock(edges) => {
                let newest = edges.partition_point(|edge| *edge <= time);
                let edges = edges[newest - 1 - self.range..newest].iter().rev().copied().collect();
                Windows::between(edges, alarm.period())
            }
        }
    }

    /// The slot that begins at or before a time.
    pub(super) fn slot(&self, time: Timestamp) -> usize {
        ((time.millis() - self.origin.millis()).div_euclid(self.slot_seconds * 1000)).max(0) as usize
    }
}

/// The edges between periods on a wall clock, the oldest first, from the oldest period of the first evaluation on.
fn edges(alarm: &MetricAlarm, first: Timestamp, last: Timestamp, range: usize) -> Vec<Timestamp> {
    let (mut edges, mut time) = (Vec::new(), last);
    let mut before = 0;
    while let (Some(clock), true) = (alarm.wall_clock(), before <= range) {
        let edge = clock.edge(time, alarm.period());
        before += usize::from(edge <= first);
        edges.push(edge);
        time = Timestamp::from_millis(edge.millis() - 1);
    }
    edges.reverse();
    edges
}

fn greatest_divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { greatest_divisor(other, one % other) }
}
