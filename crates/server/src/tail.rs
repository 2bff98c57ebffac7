//! Arrivals, live: whoever follows gets each sample that passes the filter as a line of JSON.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use nepho_model::{Batch, Distribution, MetricKey, SampleRef, Scope, Timestamp};
use serde::Serialize;

/// Everybody who follows.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    /// How many follow; when nobody does, this is all that an arrival costs.
    count: Arc<AtomicUsize>,
    followers: Mutex<Vec<Weak<Follower>>>,
}

/// What is to be followed; empty means everything of the scope.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) dimensions: Vec<(String, Option<String>)>,
}

#[derive(Debug)]
struct Follower {
    scope: Scope,
    wanted: Wanted,
    lines_max: usize,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    lines: VecDeque<Bytes>,
    dropped: u64,
    waker: Option<Waker>,
    is_closed: bool,
}

/// The lines for one follower. Dropping it ends following.
#[derive(Debug)]
pub(crate) struct Tail {
    follower: Arc<Follower>,
    count: Arc<AtomicUsize>,
}

impl Tails {
    /// Follows from now on. `None` when `tails_max` do already.
    pub(crate) fn follow(&self, scope: Scope, wanted: Wanted, tails_max: usize, lines_max: usize) -> Option<Tail> {
        let mut followers = self.followers.lock().unwrap_or_else(PoisonError::into_inner);
        followers.retain(|follower| follower.strong_count() > 0);
        if followers.len() >= tails_max {
            return None;
        }
        let follower = Arc::new(Follower { scope, wanted, lines_max, queue: Mutex::default() });
        followers.push(Arc::downgrade(&follower));
        self.count.fetch_add(1, Ordering::Relaxed);
        Some(Tail { follower, count: self.count.clone() })
    }

    /// How many follow.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Shows what was stored to whoever wants it.
    pub(crate) fn show(&self, scope: &Scope, batch: &Batch) {
        if self.count() == 0 {
            return;
        }
        let followers: Vec<_> = {
            let followers = self.followers.lock().unwrap_or_else(PoisonError::into_inner);
            followers.iter().filter_map(Weak::upgrade).collect()
        };
        for follower in followers.iter().filter(|follower| follower.scope == *scope) {
            follower.show(batch);
        }
    }

    /// Ends every follower's lines.
    pub(crate) fn close(&self) {
        let followers = self.followers.lock().unwrap_or_else(PoisonError::into_inner);
        for follower in followers.iter().filter_map(Weak::upgrade) {
            let mut queue = follower.lock();
            queue.is_closed = true;
            queue.wake();
        }
    }
}

impl Follower {
    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, batch: &Batch) {
        for sample in batch.iter().filter(|sample| self.wanted.matches(sample.metric)) {
            let mut queue = self.lock();
            if queue.lines.len() >= self.lines_max {
                queue.dropped += 1;
                continue;
            }
            queue.lines.push_back(line(&sample));
            queue.wake();
        }
    }
}

impl Queue {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Wanted {
    fn matches(&self, key: MetricKey<'_>) -> bool {
        self.namespace.as_deref().is_none_or(|wanted| wanted == key.namespace())
            && self.name.as_deref().is_none_or(|wanted| wanted == key.name())
            && self.dimensions.iter().all(|(name, value)| {
                key.dimensions().any(|(n, v)| n == name && value.as_deref().is_none_or(|value| value == v))
            })
    }
}

impl Tail {
    /// The next line, if there is one; `None` at the end.
    pub(crate) fn poll_line(&self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut queue = self.follower.lock();
        if queue.dropped > 0 {
            let dropped = std::mem::take(&mut queue.dropped);
            return Poll::Ready(Some(Bytes::from(format!("{{\"dropped\":{dropped}}}\n"))));
        }
        if let Some(line) = queue.lines.pop_front() {
            return Poll::Ready(Some(line));
        }
        if queue.is_closed {
            return Poll::Ready(None);
        }
        queue.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A sample as a line: one value, or the four numbers of several with the values themselves while each is known. What is
/// read here can be put again as it is.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: Dimensions<'a>,
    timestamp: String,
    unit: &'static str,
    storage_resolution: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic_values: Option<StatisticValues>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    counts: Vec<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticValues {
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

struct Dimensions<'a>(MetricKey<'a>);

impl Serialize for Dimensions<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.dimensions())
    }
}

fn line(sample: &SampleRef<'_>) -> Bytes {
    let cell = sample.cell;
    let is_single = cell.count() == 1.0 && cell.min() == cell.max();
    let statistic_values = (!is_single).then(|| StatisticValues {
        sample_count: cell.count(),
        sum: cell.sum(),
        minimum: cell.min(),
        maximum: cell.max(),
    });
    let (values, counts) = match cell.distribution() {
        Distribution::Exact(exact) if !is_single => exact.pairs().iter().copied().unzip(),
        _ => (Vec::new(), Vec::new()),
    };
    let line = Line {
        namespace: sample.metric.namespace(),
        metric_name: sample.metric.name(),
        dimensions: Dimensions(sample.metric),
        timestamp: text_of(sample.time),
        unit: sample.unit.as_str(),
        storage_resolution: sample.resolution.seconds(),
        value: is_single.then(|| cell.sum()),
        statistic_values,
        values,
        counts,
    };
    let mut text = serde_json::to_vec(&line).expect("a line has only strings and numbers");
    text.push(b'\n');
    Bytes::from(text)
}

/// A time as ISO 8601 text.
pub(crate) fn text_of(time: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(time.millis()) {
        Ok(time) => time.to_string(),
        Err(_) => time.millis().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use nepho_model::{Cell, Resolution, Unit};

    use super::*;

    fn scope() -> Scope {
        Scope::new("000000000000", "us-east-1")
    }

    fn batch(names: &[&str]) -> Batch {
        let mut batch = Batch::default();
        for name in names {
            let key = batch.key("Shop", name, &mut [("Service", "web")]).unwrap();
            batch.push(key, Unit::Count, Resolution::Minute, Timestamp::from_seconds(60), Cell::of(2.0));
        }
        batch
    }

    fn next(tail: &Tail) -> Option<String> {
        match tail.poll_line(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(line)) => Some(String::from_utf8(line.to_vec()).unwrap()),
            _ => None,
        }
    }

    #[test]
    fn a_follower_gets_what_it_wants() {
        let tails = Tails::default();
        let wanted = Wanted { name: Some("Orders".to_owned()), ..Wanted::default() };
        let tail = tails.follow(scope(), wanted, 1, 10).unwrap();
        tails.show(&scope(), &batch(&["Orders", "Errors"]));
        tails.show(&Scope::new("111111111111", "us-east-1"), &batch(&["Orders"]));
        let expected = concat!(
            r#"{"Namespace":"Shop","MetricName":"Orders","Dimensions":{"Service":"web"},"#,
            r#""Timestamp":"1970-01-01T00:01:00Z","Unit":"Count","StorageResolution":60,"Value":2.0}"#,
            "\n"
        );
        assert_eq!(next(&tail).as_deref(), Some(expected));
        assert_eq!(next(&tail), None);
    }

    #[test]
    fn several_values_are_shown_while_each_is_known() {
        // A line had the four numbers alone, so what was piped into another server lost its percentiles.
        let statistics = |count: f64, sum: f64, minimum: f64, maximum: f64| {
            format!(
                r#""StatisticValues":{{"SampleCount":{count:?},"Sum":{sum:?},"Minimum":{minimum:?},"Maximum":{maximum:?}}}"#
            )
        };
        let many: Vec<f64> = (1..=151).map(f64::from).collect();
        let mut sketch = Cell::of_values(&many[..150], &[1.0; 150]).unwrap();
        sketch.merge(&Cell::of(151.0));
        let cases = [
            (Cell::of(2.0), r#""Value":2.0"#.to_owned()),
            (
                Cell::of_values(&[1.0, 2.0], &[1.0, 3.0]).unwrap(),
                format!(r#"{},"Values":[1.0,2.0],"Counts":[1.0,3.0]"#, statistics(4.0, 7.0, 1.0, 2.0)),
            ),
            (Cell::of_values(&[5.0], &[3.0]).unwrap(), statistics(3.0, 15.0, 5.0, 5.0)),
            (Cell::of_statistics(2.0, 3.0, 1.0, 2.0).unwrap(), statistics(2.0, 3.0, 1.0, 2.0)),
            (sketch, statistics(151.0, 11_476.0, 1.0, 151.0)),
        ];
        for (cell, expected) in cases {
            let mut batch = Batch::default();
            let key = batch.key("Shop", "Orders", &mut []).unwrap();
            batch.push(key, Unit::Count, Resolution::Minute, Timestamp::from_seconds(60), cell);
            let line = line(&batch.iter().next().unwrap());
            let line = std::str::from_utf8(&line).unwrap();
            assert_eq!(line.split_once(r#""StorageResolution":60,"#).unwrap().1, format!("{expected}}}\n"));
        }
    }

    #[test]
    fn dimensions_match_by_name_or_by_name_and_value() {
        let batch = batch(&["Orders"]);
        let key = batch.iter().next().unwrap().metric;
        let matches = |name: &str, value: Option<&str>| {
            let dimensions = vec![(name.to_owned(), value.map(str::to_owned))];
            Wanted { dimensions, ..Wanted::default() }.matches(key)
        };
        assert!(matches("Service", None) && matches("Service", Some("web")));
        assert!(!matches("Service", Some("db")) && !matches("Stage", None));
    }

    #[test]
    fn a_slow_reader_loses_lines_and_is_told_how_many() {
        let tails = Tails::default();
        let tail = tails.follow(scope(), Wanted::default(), 1, 2).unwrap();
        tails.show(&scope(), &batch(&["A", "B"]));
        assert!(next(&tail).unwrap().contains("\"A\""), "at the limit nothing is lost");
        tails.show(&scope(), &batch(&["C", "D", "E"]));
        assert_eq!(next(&tail).as_deref(), Some("{\"dropped\":2}\n"));
        assert!(next(&tail).unwrap().contains("\"B\""));
    }

    #[test]
    fn there_are_at_most_so_many_followers() {
        let tails = Tails::default();
        let first = tails.follow(scope(), Wanted::default(), 1, 1);
        assert!(first.is_some() && tails.follow(scope(), Wanted::default(), 1, 1).is_none());
        drop(first);
        assert_eq!(tails.count(), 0);
        assert!(tails.follow(scope(), Wanted::default(), 1, 1).is_some());
    }
}
