//! A statistic of a metric in periods, as far as it is known.

use nepho_model::Metric;
use serde::{Deserialize, Serialize};

use super::wanted::Wanted;

/// What a series is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Key {
    pub(super) namespace: String,
    pub(super) metric_name: String,
    /// Names and values, sorted by name.
    pub(super) dimensions: Vec<(String, String)>,
    pub(super) unit: Option<String>,
    pub(super) stat: String,
    /// Length of a period in seconds.
    pub(super) period: i64,
    /// How many seconds after a multiple of the period each begins.
    pub(super) anchor: i64,
}

impl Key {
    /// Whether both are of one metric.
    pub(super) fn metric(&self) -> (&str, &str, &[(String, String)]) {
        (&self.namespace, &self.metric_name, &self.dimensions)
    }

    /// That of a statistic of a metric.
    pub(super) fn new(metric: &Metric, unit: Option<&str>, stat: &str, period: i64, start: i64) -> Self {
        let key = metric.key();
        Key {
            namespace: key.namespace().to_owned(),
            metric_name: key.name().to_owned(),
            dimensions: key.dimensions().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            unit: unit.map(str::to_owned),
            stat: stat.to_owned(),
            period,
            anchor: start.rem_euclid(period),
        }
    }
}

/// What is known of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Series {
    /// From when to before when everything is known, in seconds; ascending, and apart from each other.
    pub(super) covered: Vec<(i64, i64)>,
    /// The starts of periods in seconds, ascending, and the values of those that have one.
    pub(super) points: Vec<(i64, f64)>,
}

impl Series {
    /// What of a stretch is not known.
    pub(super) fn gaps(&self, wanted: &Wanted) -> Vec<Wanted> {
        let (mut gaps, mut from) = (Vec::new(), wanted.from);
        let gap = |from, to| Wanted { from, to, key: wanted.key.clone() };
        for (start, end) in &self.covered {
            if *start >= wanted.to {
                break;
            }
            if *start > from {
                gaps.push(gap(from, *start));
            }
            from = from.max(*end);
        }
        if from < wanted.to {
            gaps.push(gap(from, wanted.to));
        }
        gaps
    }

    /// Adds all that there is in a stretch.
    pub(super) fn add(&mut self, from: i64, to: i64, points: Vec<(i64, f64)>) {
        self.points.retain(|(time, _)| !(from..to).contains(time));
        self.points.extend(points.into_iter().filter(|(time, _)| (from..to).contains(time)));
        self.points.sort_unstable_by_key(|(time, _)| *time);
        self.covered.push((from, to));
        self.covered.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::with_capacity(self.covered.len());
        for (start, end) in self.covered.drain(..) {
            match joined.last_mut().filter(|(_, last)| start <= *last) {
                Some((_, last)) => *last = end.max(*last),
                None => joined.push((start, end)),
            }
        }
        self.covered = joined;
    }

    /// What is known of periods that end before a time.
    pub(super) fn until(&self, time: i64, period: i64) -> Series {
        let cut = |(start, end): &(i64, i64)| {
            let whole = (time.min(*end) - start).div_euclid(period) * period;
            (whole > 0).then(|| (*start, start + whole))
        };
        let covered: Vec<_> = self.covered.iter().filter_map(cut).collect();
        let end = covered.last().map_or(i64::MIN, |(_, end)| *end);
        let points = self.points.iter().copied().take_while(|(start, _)| *start < end).collect();
        Series { covered, points }
    }

    /// The points of a stretch.
    pub(super) fn within(&self, from: i64, to: i64) -> &[(i64, f64)] {
        let at = |time: i64| self.points.partition_point(|(start, _)| *start < time);
        &self.points[at(from)..at(to)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(series: &Series, from: i64, to: i64) -> Vec<(i64, i64)> {
        let metric = Metric::new("Shop", "Errors", &[("b", "2"), ("a", "1")]).unwrap();
        let wanted = Wanted { from, to, key: Key::new(&metric, None, "Sum", 60, 0) };
        series.gaps(&wanted).into_iter().map(|gap| (gap.from, gap.to)).collect()
    }

    #[test]
    fn only_what_is_missing_is_missing() {
        let mut series = Series::default();
        assert_eq!(gaps(&series, 0, 600), [(0, 600)]);
        series.add(120, 240, vec![(180, 1.0), (300, 2.0)]);
        assert_eq!(series.points, [(180, 1.0)], "what was not asked for is not known whole");
        assert_eq!(gaps(&series, 0, 600), [(0, 120), (240, 600)]);
        assert_eq!(gaps(&series, 120, 240), []);
        assert_eq!(gaps(&series, 240, 300), [(240, 300)]);
        series.add(360, 420, vec![(360, 4.0)]);
        series.add(240, 360, Vec::new());
        assert_eq!((&series.covered[..], gaps(&series, 60, 480)), (&[(120, 420)][..], vec![(60, 120), (420, 480)]));
        assert_eq!(series.within(180, 360), [(180, 1.0)]);
        series.add(120, 240, vec![(120, 5.0)]);
        assert_eq!(series.points, [(120, 5.0), (360, 4.0)], "what is answered anew replaces what was");
    }

    #[test]
    fn what_may_still_change_is_left_out() {
        let mut series = Series::default();
        series.add(0, 600, vec![(0, 1.0), (240, 2.0), (300, 3.0)]);
        let settled = series.until(359, 60);
        assert_eq!((settled.covered, settled.points), (vec![(0, 300)], vec![(0, 1.0), (240, 2.0)]));
        assert_eq!(series.until(59, 60), Series::default());
        assert_eq!(series.until(10_000, 60), series);
    }
}
