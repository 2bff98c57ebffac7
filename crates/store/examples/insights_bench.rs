//! Measures what a Metrics Insights query takes from its text to its series, with the engine and the store alone.
//!
//! `cargo run --release -p nepho-store --example insights_bench`
//!
//! 10,000 metrics with 3 hours of minutes, grouped into 10 and into 1,000 series: two hours and the flushed part of the
//! third on disk, the rest in memory. The results are in `docs/decisions/insights.md`.
#![expect(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used, reason = "it measures and prints")]

use std::time::Instant;

use nepho_engine::Period;
use nepho_engine::insights::{InsightsAnswer, InsightsPlan, InsightsRange, MAX_INSIGHTS_METRICS, parse_insights};
use nepho_model::{Batch, Cell, Resolution, Run, Scope, Timestamp, Unit};
use nepho_store::{COMPARISONS_MAX, EmbeddedSamples, Options, Samples, SearchRequest};

const METRICS: usize = 10_000;
/// Others in the same namespace, which no query is about.
const OTHERS: usize = 90_000;
const MINUTES: i64 = 180;
const ROUNDS: usize = 31;
const BATCH: usize = 1000;
/// 2026-05-04 12:40 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_777_898_400);
/// What is older is on disk.
const FLUSHED_BEFORE: i64 = NOW.seconds() - 40 * 60;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedSamples::open(Options::new(folder.path())).unwrap();
    let scope = Scope::new("000000000000", "us-east-1");
    fill(&store, &scope);
    println!("{:?}", store.figures());
    for (what, text) in [
        ("no groups", r#"SELECT AVG(Latency) FROM SCHEMA("Bench/Fleet", Service, Host)"#),
        ("10 groups", r#"SELECT AVG(Latency) FROM SCHEMA("Bench/Fleet", Service, Host) GROUP BY Service"#),
        (
            "1000 groups, ordered",
            r#"SELECT SUM(Latency) FROM "Bench/Fleet" GROUP BY Host ORDER BY MAX() DESC LIMIT 10"#,
        ),
        ("one service", r#"SELECT MAX(Latency) FROM "Bench/Fleet" WHERE Service = 'service-3' GROUP BY Host"#),
    ] {
        let mut times = Vec::new();
        let mut answer = None;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let (found, parts) = ask(&store, &scope, text, started);
            times.push((started.elapsed().as_secs_f64() * 1000.0, parts));
            answer = Some(found);
        }
        times.sort_by(|one, other| one.0.total_cmp(&other.0));
        let answer = answer.unwrap();
        let (least, [searched, planned, read]) = times[0];
        println!(
            "{what:24} least {least:6.1} ms (found {searched:.1}, planned {planned:.1}, read {read:.1}), median {:6.1} ms, \
             {} series, {} datapoints",
            times[ROUNDS / 2].0,
            answer.series.len(),
            answer.series.iter().map(|series| series.points.len()).sum::<usize>()
        );
    }
}

/// The answer, and when each step was done.
fn ask(store: &EmbeddedSamples, scope: &Scope, text: &str, started: Instant) -> (InsightsAnswer, [f64; 3]) {
    let passed = || started.elapsed().as_secs_f64() * 1000.0;
    let query = parse_insights(text).unwrap();
    let request = SearchRequest {
        search: query.search(),
        seen_since: Some(NOW.plus_seconds(-14 * 86_400)),
        comparisons_max: COMPARISONS_MAX,
    };
    let found = store.search(scope, &request, MAX_INSIGHTS_METRICS).unwrap();
    let searched = passed();
    let period = Period::from_seconds(60).unwrap();
    let range = InsightsRange { start: NOW.plus_seconds(-MINUTES * 60), end: NOW, period, now: NOW };
    let plan = InsightsPlan::new(query, range, scope, found.metrics, found.has_more);
    let planned = passed();
    let mut gathering = plan.gathering();
    let mut add = |read, run: &Run<'_>| gathering.add_run(read, run);
    let outcomes = store.each_run(scope, plan.reads(), plan.numbers(), &mut [&mut add]);
    outcomes.into_iter().for_each(Result::unwrap);
    let read = passed();
    (gathering.finish(), [searched, planned - searched, read - planned])
}

fn fill(store: &EmbeddedSamples, scope: &Scope) {
    let mut batch = Batch::default();
    for minute in 0..MINUTES {
        let time = NOW.plus_seconds((minute - MINUTES) * 60);
        // The others have data once, which is enough for a search to find them.
        let metrics = if minute == 0 { METRICS + OTHERS } else { METRICS };
        for first in (0..metrics).step_by(BATCH) {
            batch.clear();
            for n in first..first + BATCH {
                let (service, host) = (format!("service-{}", n % 10), format!("host-{:04}", n / 10 % 1000));
                let name = if n < METRICS { "Latency".to_owned() } else { format!("Other{}", n / METRICS) };
                let key = batch.key("Bench/Fleet", &name, &mut [("Service", &service), ("Host", &host)]).unwrap();
                let value = 20.0 + ((n as i64 * 31 + minute * 17) % 97) as f64 / 10.0;
                let cell = Cell::of_statistics(150.0, value * 150.0, value / 2.0, value * 4.0).unwrap();
                batch.push(key, Unit::Milliseconds, Resolution::Minute, time, cell);
            }
            store.append(scope, &batch, time).wait().unwrap();
        }
        if time.seconds() == FLUSHED_BEFORE {
            store.maintain(time.plus_seconds(300)).unwrap();
        }
    }
}
