//! How long one core takes to write a document: `cargo run --release -p nepho-emf --example encoding`.
//!
//! The documents have 5 metrics, 3 dimensions and about 430 bytes, as those of the example `throughput` have. They are
//! appended to a buffer that starts again every 64 of them, as a client's does when it sends them. The best of many
//! rounds is told, as other work on the machine only ever adds to it.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and prints")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use nepho_emf::{Member, MetricDefinition, Shape, Skeleton, Target};
use nepho_model::{Resolution, Timestamp, Unit};

const NOW: i64 = 1_767_225_600_000;
const METRICS: usize = 5;
const DIMENSIONS: usize = 3;
const DOCUMENTS: usize = 4096;
const TOGETHER: usize = 64;
const ROUNDS: usize = 400;

/// What changes from document to document.
struct Work {
    values: [f64; METRICS],
    texts: [String; DIMENSIONS],
}

fn skeleton() -> Skeleton {
    let metrics = [
        ("Latency", Unit::Milliseconds),
        ("Orders", Unit::Count),
        ("Bytes", Unit::Bytes),
        ("Errors", Unit::Count),
        ("QueueDepth", Unit::Count),
    ];
    let metrics = metrics.map(|(name, unit)| MetricDefinition { name, unit, resolution: Resolution::Minute });
    let shape = Shape {
        namespace: "Shop/Checkout",
        dimension_sets: &[&["Service", "Host", "Zone"]],
        metrics: &metrics,
        members: &["Service", "Host", "Zone"],
        log_group: None,
        log_stream: None,
    };
    Skeleton::new(&shape).expect("the shape is a legal one")
}

/// Numbers that look random, always the same ones.
fn numbers() -> impl FnMut() -> u64 {
    let mut state = 88_172_645_463_325_252_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

fn measure(title: &str, mut values: impl FnMut(u64) -> [f64; METRICS]) {
    let mut number = numbers();
    let documents: Vec<Work> = (0..DOCUMENTS)
        .map(|n| Work {
            values: values(number()),
            texts: ["checkout".to_owned(), format!("host-{}", n % 5000), "eu-west-1a".to_owned()],
        })
        .collect();
    let skeleton = skeleton();
    let mut out = Vec::new();
    let (mut best, mut bytes) = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        bytes = 0;
        let start = Instant::now();
        for (together, documents) in documents.chunks(TOGETHER).enumerate() {
            out.clear();
            for (n, document) in documents.iter().enumerate() {
                let timestamp = Timestamp::from_millis(NOW + (together * TOGETHER + n) as i64);
                let targets = document.values.iter().map(|value| Target::One(*value));
                let members = document.texts.iter().map(|text| Member::Text(text));
                skeleton.write(&mut out, timestamp, targets, members);
                out.push(b'\n');
            }
            bytes += black_box(&out).len();
        }
        best = best.min(start.elapsed());
    }
    let each = best.as_secs_f64() / DOCUMENTS as f64;
    println!("{title}: {:.0} ns and {} bytes each, {:.2} M documents/s", each * 1e9, bytes / DOCUMENTS, 1e-6 / each);
}

fn main() {
    let fraction = |n: u64| (n >> 11) as f64 / (1_u64 << 53) as f64;
    measure("five whole numbers", |n| [400, 7, 100_000, 2, 20].map(|below| (n % below) as f64));
    measure("one with 6 decimals, four whole", |n| {
        [(n % 100_000_000) as f64 / 1e6, (n % 7) as f64, (n % 100_000) as f64, (n % 2) as f64, (n % 20) as f64]
    });
    measure("five with 2 decimals", |n| [400, 700, 1000, 5000, 20_000].map(|below| (n % (below * 100)) as f64 / 100.0));
    measure("five with 6 decimals", |n| [1, 3, 7, 30, 400].map(|below| (n % (below * 1_000_000)) as f64 / 1e6));
    measure("five with 16 to 17 digits", |n| [1.0, 3.0, 7.0, 30.0, 400.0].map(|below| fraction(n) * below));
}
