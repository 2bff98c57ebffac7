//! The calls of GetMetricData for what is missing, and what they cost.

use super::series::Key;
use super::wanted::Wanted;

/// The most queries of a call, which is CloudWatch's limit.
const MAX_QUERIES: usize = 500;

/// The most datapoints of a call that is answered on one page, which is CloudWatch's limit.
const MAX_POINTS: i64 = 100_800;

/// The most statistics of a metric in a call that are billed as one metric.
const STATISTICS_BILLED_AS_ONE: usize = 5;

/// What a thousand metrics cost in US dollars, in most Regions.
const DOLLARS_PER_THOUSAND_METRICS: f64 = 0.01;

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) keys: Vec<Key>,
}

/// As few calls as there can be: what is asked for in one has one range, and fits on one page. Stretches of a metric stay
/// together, because they are billed together.
pub(super) fn calls(missing: &[Wanted]) -> Vec<Call> {
    let mut missing: Vec<Wanted> = missing.iter().flat_map(split).collect();
    missing.sort_unstable();
    missing.dedup();
    let mut calls: Vec<Call> = Vec::new();
    let mut points = 0;
    for Wanted { from, to, key } in missing {
        let more = (to - from) / key.period;
        let fits = |call: &&mut Call| {
            (call.from, call.to) == (from, to) && call.keys.len() < MAX_QUERIES && points + more <= MAX_POINTS
        };
        match calls.last_mut().filter(fits) {
            Some(call) => {
                call.keys.push(key);
                points += more;
            }
            None => {
                calls.push(Call { from, to, keys: vec![key] });
                points = more;
            }
        }
    }
    calls
}

/// A stretch in pieces that fit into a call.
fn split(wanted: &Wanted) -> Vec<Wanted> {
    let longest = usize::try_from(MAX_POINTS * wanted.key.period).unwrap_or(usize::MAX);
    let starts = (wanted.from..wanted.to).step_by(longest);
    let piece = |from: i64| Wanted { from, to: wanted.to.min(from + longest as i64), key: wanted.key.clone() };
    starts.map(piece).collect()
}

/// How many metrics the calls are billed as.
pub(super) fn metrics(calls: &[Call]) -> usize {
    let of_call = |call: &Call| {
        let metrics = call.keys.chunk_by(|one, next| one.metric() == next.metric());
        metrics.map(|statistics| statistics.len().div_ceil(STATISTICS_BILLED_AS_ONE)).sum::<usize>()
    };
    calls.iter().map(of_call).sum()
}

/// What so many metrics cost, in US dollars.
pub(super) fn dollars(metrics: usize) -> f64 {
    metrics as f64 / 1000.0 * DOLLARS_PER_THOUSAND_METRICS
}

#[cfg(test)]
mod tests {
    use nepho_model::Metric;

    use super::*;

    fn wanted(name: &str, stat: &str, from: i64, to: i64) -> Wanted {
        let metric = Metric::new("Shop", name, &[]).unwrap();
        Wanted { from, to, key: Key::new(&metric, None, stat, 60, from) }
    }

    #[test]
    fn what_has_one_range_is_asked_for_at_once() {
        let asked = ["Sum", "SampleCount", "Minimum"].map(|stat| wanted("Errors", stat, 0, 600));
        let more = [wanted("Latency", "Sum", 0, 600), wanted("Latency", "Sum", 600, 660)];
        let calls = calls(&[asked.to_vec(), more.to_vec(), asked.to_vec()].concat());
        let seen: Vec<_> = calls.iter().map(|call| (call.from, call.to, call.keys.len())).collect();
        assert_eq!(seen, [(0, 600, 4), (600, 660, 1)]);
        // Three statistics of one metric are billed as one.
        assert_eq!(metrics(&calls), 3);
        assert_eq!(dollars(3000), 0.03);
    }

    #[test]
    fn six_statistics_are_billed_as_two_metrics() {
        let stats = ["Sum", "SampleCount", "Minimum", "Maximum", "p50", "p99"];
        let billed = |count| {
            let wanted: Vec<_> = stats.iter().take(count).map(|stat| wanted("Errors", stat, 0, 600)).collect();
            metrics(&calls(&wanted))
        };
        assert_eq!((billed(STATISTICS_BILLED_AS_ONE), billed(STATISTICS_BILLED_AS_ONE + 1)), (1, 2));
    }

    #[test]
    fn a_call_has_so_many_queries_and_no_more() {
        let wanted: Vec<_> = (0..=MAX_QUERIES).map(|one| wanted(&format!("m{one:03}"), "Sum", 0, 60)).collect();
        let calls = |count: usize| calls(&wanted[..count]).len();
        assert_eq!((calls(MAX_QUERIES), calls(MAX_QUERIES + 1)), (1, 2));
    }

    #[test]
    fn a_call_has_so_many_points_and_no_more() {
        let long = MAX_POINTS * 60;
        let ranges = |calls: Vec<Call>| calls.iter().map(|call| (call.from, call.to)).collect::<Vec<_>>();
        assert_eq!(ranges(calls(&[wanted("m", "Sum", 0, long)])), [(0, long)]);
        assert_eq!(ranges(calls(&[wanted("m", "Sum", 0, long + 60)])), [(0, long), (long, long + 60)]);
        let half = |name| wanted(name, "Sum", 0, long / 2);
        assert_eq!(calls(&[half("a"), half("b")]).len(), 1);
        assert_eq!(calls(&[half("a"), half("b"), half("c")]).len(), 2);
    }
}
