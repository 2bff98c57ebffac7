//! The periods that an evaluation looks at.

use nepho_model::Timestamp;

use super::definition::MetricAlarm;
use super::range::evaluation_range;
use crate::period::Period;

/// Periods in a row, the newest first: period 0 ends where the evaluation stands or before, every other where the one
/// before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows(Edges);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Edges {
    /// All of one length.
    Regular { end: Timestamp, period_seconds: i64, count: usize },
    /// Where they begin and end, the newest first: one more than periods.
    Irregular(Vec<Timestamp>),
}

impl Windows {
    /// Those of an alarm that is evaluated at a time: a sliding period ends at that time, one on a wall clock is over.
    /// The periods of Metrics Insights all have one length.
    pub fn of(alarm: &MetricAlarm, time: Timestamp) -> Self {
        let (count, period_seconds) = (evaluation_range(alarm), alarm.period().seconds());
        let Some(clock) = alarm.wall_clock() else {
            return Windows(Edges::Regular { end: time, period_seconds, count });
        };
        let mut edge = clock.edge(time, alarm.period());
        if alarm.source().insights().is_some() {
            return Windows(Edges::Regular { end: edge, period_seconds, count });
        }
        let mut edges = Vec::with_capacity(count + 1);
        edges.push(edge);
        while edges.len() <= count {
            edge = clock.edge(Timestamp::from_millis(edge.millis() - 1), alarm.period());
            edges.push(edge);
        }
        Windows::between(edges, alarm.period())
    }

    /// Those between edges, the newest first, which mostly are a period apart.
    pub(super) fn between(edges: Vec<Timestamp>, period: Period) -> Self {
        let (period_seconds, count) = (period.seconds(), edges.len() - 1);
        let is_regular = edges.windows(2).all(|pair| pair[0] == pair[1].plus_seconds(period_seconds));
        let regular = Edges::Regular { end: edges[0], period_seconds, count };
        Windows(if is_regular { regular } else { Edges::Irregular(edges) })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Edges::Regular { count, .. } => *count,
            Edges::Irregular(edges) => edges.len() - 1,
        }
    }

    /// Whether there are none; there always are.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where one begins, inclusive.
    pub fn start(&self, window: usize) -> Timestamp {
        self.edge(window + 1)
    }

    /// Where one ends, exclusive.
    pub fn end(&self, window: usize) -> Timestamp {
        self.edge(window)
    }

    /// Where the oldest begins.
    pub fn range_start(&self) -> Timestamp {
        self.edge(self.len())
    }

    /// Where the newest ends.
    pub fn range_end(&self) -> Timestamp {
        self.edge(0)
    }

    /// Whether all have the length of the period.
    pub const fn is_regular(&self) -> bool {
        matches!(self.0, Edges::Regular { .. })
    }

    /// Which one a time is in.
    pub fn position(&self, time: Timestamp) -> Option<usize> {
        match &self.0 {
            Edges::Regular { end, period_seconds, count } => {
                let left = end.millis().checked_sub(time.millis()).filter(|left| *left > 0)?;
                let position = usize::try_from((left - 1) / (period_seconds * 1000)).ok()?;
                (position < *count).then_some(position)
            }
            Edges::Irregular(edges) => {
                let newer = edges.partition_point(|edge| *edge > time);
                (newer > 0 && newer < edges.len()).then(|| newer - 1)
            }
        }
    }

    fn edge(&self, number: usize) -> Timestamp {
        match &self.0 {
            Edges::Regular { end, period_seconds, .. } => end.plus_seconds(-period_seconds * number as i64),
            Edges::Irregular(edges) => edges[number],
        }
    }
}
