//! Measures searching a million metrics by what is in their names: milliseconds, and the memory of the index.
//!
//! `cargo run --release -p nepho-store --example search_bench [fleet|tasks|unique]`
//!
//! Three sets of names: `fleet`, 10 names by 10 services by 10,000 hosts; `tasks`, 20 names by 50,000 tasks with
//! generated ids; `unique`, a generated id for every metric. The results are in `docs/decisions/search.md`.
#![expect(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used, reason = "it measures and prints")]

use std::time::Instant;

use nepho_model::search::{Condition, Pattern, Phrase, Place, Schema, Search, Term};
use nepho_model::{Batch, Cell, Resolution, Scope, Timestamp, Unit};
use nepho_store::{COMPARISONS_MAX, EmbeddedSamples, Options, Samples, SearchRequest};

const METRICS: usize = 1_000_000;
const BATCH: usize = 1000;
const ROUNDS: usize = 15;
const LIMIT: usize = 500;
const NOW: Timestamp = Timestamp::from_seconds(1_777_896_000);

const NAMES: [&str; 10] = [
    "RequestCount",
    "ErrorCount",
    "Latency",
    "CPUUtilization",
    "MemoryUtilization",
    "DiskReadOps",
    "DiskWriteOps",
    "NetworkIn",
    "NetworkOut",
    "QueueDepth",
];
const SERVICES: [&str; 10] =
    ["checkout", "cart", "catalog", "search", "payment", "shipping", "mail", "login", "reviews", "images"];

/// A number that looks drawn by lot, always the same for the same `n`.
fn scrambled(n: usize) -> u64 {
    let mut x = (n as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn id(n: usize) -> String {
    let (a, b) = (scrambled(n), scrambled(n + (1 << 40)));
    format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xffff, a & 0xffff, b >> 48, b & 0xffff_ffff_ffff)
}

fn key(batch: &mut Batch, kind: &str, n: usize) -> nepho_model::KeyRange {
    let (name, service) = (NAMES[n % 10], SERVICES[n / 10 % 10]);
    let key = match kind {
        "fleet" => {
            let host = format!("host-{:05}", n / 100);
            batch.key("Bench/Fleet", name, &mut [("Service", service), ("Host", &host)])
        }
        "tasks" => {
            let name = if (n / 10).is_multiple_of(2) { name.to_owned() } else { format!("{name}Peak") };
            let (service, task) = (SERVICES[n / 20 % 10], format!("task-{}", id(n / 20)));
            batch.key("ECS/Tasks", &name, &mut [("ServiceName", service), ("TaskId", &task)])
        }
        _ => {
            let task = format!("task-{}", id(n));
            batch.key("ECS/Tasks", name, &mut [("ServiceName", service), ("TaskId", &task)])
        }
    };
    key.unwrap()
}

fn resident_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1000.0
}

fn phrase(place: Place, text: &str) -> Condition {
    Condition::Term(Term { place, pattern: Pattern::Phrase(Phrase::parse(text).unwrap()) })
}

fn exact(place: Place, text: &str) -> Condition {
    Condition::Term(Term { place, pattern: Pattern::Exact(text.to_owned()) })
}

fn searches(kind: &str) -> Vec<(String, Search)> {
    let any = |text: &str| phrase(Place::Anywhere, text);
    let quoted = |text: &str| exact(Place::Anywhere, text);
    let named = |text: &str| exact(Place::MetricName, text);
    let not = |one: Condition| Condition::Not(Box::new(one));
    let two =
        |what: &str, one: Condition, other: Condition| (what.to_owned(), Search::new(Condition::All(vec![one, other])));
    let (namespace, dimensions, value) = match kind {
        "fleet" => ("Bench/Fleet", ["Service", "Host"], "host"),
        _ => ("ECS/Tasks", ["ServiceName", "TaskId"], "task"),
    };
    let one_value = match kind {
        "fleet" => "host-04242".to_owned(),
        "tasks" => format!("task-{}", id(4242)),
        _ => format!("task-{}", id(424_242)),
    };
    let schema = Schema::exact(namespace, dimensions.iter().map(|name| (*name).to_owned()).collect());
    let mut all = vec![
        two("utilization checkout", any("utilization"), any("checkout")),
        two(&format!("{value} Latency"), any(value), any("Latency")),
        two(&format!("{value} MetricName=\"Latency\""), any(value), named("Latency")),
        two(&format!("{one_value} CPU"), any(&one_value), any("CPU")),
        two(&format!("\"{one_value}\" \"Latency\""), quoted(&one_value), quoted("Latency")),
        two("Latency NOT checkout", any("Latency"), not(any("checkout"))),
        two("nowhere Latency", any("nowhere"), any("Latency")),
        two("Latency DiskReadOps (nothing has both)", any("Latency"), any("DiskReadOps")),
        two(&format!("{value} NOT {value} (nothing)"), any(value), not(any(value))),
        two(&format!("MetricName={value} {value} (nothing)"), phrase(Place::MetricName, value), any(value)),
        two("2 NOT Latency (a digit)", any("2"), not(any("Latency"))),
    ];
    all.push(("{schema} Latency".to_owned(), Search { schema: Some(schema.clone()), condition: any("Latency") }));
    all.push(("{schema}".to_owned(), Search { schema: Some(schema), condition: Condition::ALWAYS }));
    let other = Schema::exact(namespace, vec![dimensions[0].to_owned()]);
    all.push(("{another schema} Latency".to_owned(), Search { schema: Some(other), condition: any("Latency") }));
    all
}

fn main() {
    let kind = std::env::args().nth(1).unwrap_or_else(|| "fleet".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedSamples::open(Options::new(folder.path())).unwrap();
    let scope = Scope::new("000000000000", "us-east-1");
    let before = resident_megabytes();
    let started = Instant::now();
    let mut batch = Batch::default();
    for first in (0..METRICS).step_by(BATCH) {
        batch.clear();
        for n in first..first + BATCH {
            let key = key(&mut batch, &kind, n);
            batch.push(key, Unit::Count, Resolution::Minute, NOW, Cell::of(n as f64));
        }
        store.append(&scope, &batch, NOW).wait().unwrap();
    }
    println!(
        "{kind}: {METRICS} metrics in {:.1} s, {:.0} MB resident",
        started.elapsed().as_secs_f64(),
        resident_megabytes() - before
    );
    println!("{:70} {:>8} {:>8} {:>6}", "", "least ms", "median", "found");
    for (what, search) in searches(&kind) {
        let request =
            SearchRequest { search, seen_since: Some(NOW.plus_seconds(-3600)), comparisons_max: COMPARISONS_MAX };
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            found = store.search(&scope, &request, LIMIT).unwrap().metrics.len();
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        println!("{what:70} {:8.2} {:8.2} {found:6}", times[0], times[ROUNDS / 2]);
    }
}
