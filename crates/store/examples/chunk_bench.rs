//! Measures the chunk codec: bytes per cell and cells per second, by kind of metric.
//!
//! `cargo run --release -p nepho-store --example chunk_bench`
//!
//! Each kind is 2,000 metrics of one hour of minutes, made from a fixed seed. Loads go up and down within the
//! hour; sums are added up in floating point, as clients do. The table is in `docs/format/chunk.md`.
#![expect(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used, reason = "it measures and prints")]

#[path = "../src/chunk/mod.rs"]
mod chunk;

use std::hint::black_box;
use std::time::Instant;

use nepho_model::{Cell, Detail, Numbers};

const METRICS: usize = 2000;
const MINUTES: u32 = 60;
const ROUNDS: usize = 15;

/// A kind of metric, with its share of the mix in percent.
const KINDS: [(Kind, &str, usize); 9] = [
    (Kind::Gauge, "gauge, 1 to 3 decimals, 1 sample", 20),
    (Kind::Gauges, "gauge, 1 to 3 decimals, 6 samples", 15),
    (Kind::Count, "whole number, 1 sample", 15),
    (Kind::Events, "events of value 1, 150 samples", 10),
    (Kind::Latency, "latency, 1 to 3 decimals, 150 samples", 15),
    (Kind::Total, "running total, 1 sample", 5),
    (Kind::Constant, "constant", 10),
    (Kind::Ratio, "ratio of two counts, 1 sample", 5),
    (Kind::Settled, "gauge that changes every 10 minutes", 5),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A random walk between 0 and 100 in steps of about 1.
    Gauge,
    /// Six hosts, each within about 2 of such a walk.
    Gauges,
    /// How many things happened, about 150 at the median of all metrics, reported once a minute.
    Count,
    /// The same, reported as a value of 1 each time.
    Events,
    /// As many durations, log-normal around a median of about 20 with sigma 0.5.
    Latency,
    /// A thousand times as many bytes, added up.
    Total,
    /// One of 0, 1, 3, 100, 1024.
    Constant,
    /// A percentage with every bit in use.
    Ratio,
    /// Any value, kept for ten minutes on average.
    Settled,
}

fn main() {
    let mut random = Random(1);
    let mut mix = Vec::new();
    println!("{:40} {:>7} {:>9} {:>9} {:>9}", "", "B/cell", "M/s in", "M/s out", "M/s sums");
    for (kind, name, share) in KINDS {
        let metrics: Vec<_> = (0..METRICS).map(|_| metric(kind, &mut random, four_numbers)).collect();
        measure(name, &metrics, Detail::Numbers);
        mix.extend_from_slice(&metrics[..METRICS * share / 100]);
    }
    for at in (1..mix.len()).rev() {
        mix.swap(at, random.below(at + 1));
    }
    measure("all of these in their shares", &mix, Detail::Numbers);
    for (kind, name, _) in KINDS.into_iter().filter(|(kind, ..)| [Kind::Gauges, Kind::Latency].contains(kind)) {
        let all = |values: &[f64]| Cell::of_values(values, &[]).unwrap();
        let metrics: Vec<_> = (0..METRICS / 10).map(|_| metric(kind, &mut random, all)).collect();
        measure(&format!("{name}, all"), &metrics, Detail::Distribution);
        measure("    its numbers read", &metrics, Detail::Numbers);
    }
}

fn metric(kind: Kind, random: &mut Random, cell_of: impl Fn(&[f64]) -> Cell) -> Vec<(u32, Cell)> {
    let decimals = 1 + random.below(3) as i32;
    let mut level = 5.0 + 90.0 * random.unit();
    let usual_rate = (5.0 + 1.5 * random.normal()).exp();
    let median = (3.0 + random.normal()).exp();
    let mut total = (1e9 * random.unit()).floor();
    let constant = [0.0, 0.0, 1.0, 3.0, 100.0, 1024.0][random.below(6)];
    let mut load = 0f64;
    let cell = |slot| {
        load = 0.95 * load + 0.15 * random.normal();
        let rate = usual_rate * load.exp();
        let events = (rate + rate.sqrt() * random.normal()).round().max(1.0);
        let next_level = (level + random.normal()).clamp(0.0, 100.0);
        let cell = match kind {
            Kind::Gauge => {
                level = next_level;
                cell_of(&[rounded(level, decimals)])
            }
            Kind::Gauges => {
                level = next_level;
                let near = |level: f64, off: f64| rounded((level + 2.0 * off).clamp(0.0, 100.0), decimals);
                cell_of(&std::array::from_fn::<_, 6, _>(|_| near(level, random.normal())))
            }
            Kind::Count => cell_of(&[events]),
            Kind::Events => Cell::of_values(&[1.0], &[events]).unwrap(),
            Kind::Latency => {
                let duration = |random: &mut Random| rounded(median * (0.5 * random.normal()).exp(), decimals);
                cell_of(&(0..events as usize).map(|_| duration(random)).collect::<Vec<_>>())
            }
            Kind::Total => {
                total += events * 1000.0 + random.below(1000) as f64;
                cell_of(&[total])
            }
            Kind::Constant => cell_of(&[constant]),
            Kind::Ratio => cell_of(&[(events * (0.9 + 0.02 * random.normal())).round() / events * 100.0]),
            Kind::Settled => {
                if random.below(10) == 0 {
                    level = 5.0 + 90.0 * random.unit();
                }
                cell_of(&[rounded(level, decimals)])
            }
        };
        (slot, cell)
    };
    (0..MINUTES).map(cell).collect()
}

/// A cell as a client's statistic set makes it.
fn four_numbers(values: &[f64]) -> Cell {
    let min = values.iter().copied().fold(f64::MAX, f64::min);
    let max = values.iter().copied().fold(f64::MIN, f64::max);
    Cell::of_statistics(values.len() as f64, values.iter().sum(), min, max).unwrap()
}

fn rounded(value: f64, decimals: i32) -> f64 {
    (value * 10f64.powi(decimals)).round() / 10f64.powi(decimals)
}

/// Prints the best of some rounds.
fn measure(name: &str, metrics: &[Vec<(u32, Cell)>], detail: Detail) {
    let cells = metrics.iter().map(Vec::len).sum::<usize>() as f64;
    let (mut seconds_in, mut seconds_out, mut seconds_sums) = (f64::MAX, f64::MAX, f64::MAX);
    let (mut bytes, mut ends, mut columns) = (Vec::new(), Vec::new(), chunk::Columns::default());
    let sums = Numbers { sum: true, ..Numbers::default() };
    for _ in 0..ROUNDS {
        bytes.clear();
        ends.clear();
        let started = Instant::now();
        for metric in metrics {
            chunk::encode(metric, &mut bytes);
            ends.push(bytes.len());
        }
        seconds_in = seconds_in.min(started.elapsed().as_secs_f64());
        let started = Instant::now();
        let mut start = 0;
        for end in &ends {
            chunk::decode(&bytes[start..*end], detail, 0..chunk::SLOTS_MAX, &mut columns, |slot, cell| {
                black_box((slot, &cell));
            })
            .unwrap();
            start = *end;
        }
        seconds_out = seconds_out.min(started.elapsed().as_secs_f64());
        let started = Instant::now();
        let mut start = 0;
        for end in &ends {
            let at = chunk::decode_numbers(&bytes[start..*end], sums, &(0..chunk::SLOTS_MAX), &mut columns).unwrap();
            black_box(columns.sum[at].iter().sum::<f64>());
            start = *end;
        }
        seconds_sums = seconds_sums.min(started.elapsed().as_secs_f64());
    }
    let rate = |seconds: f64| cells / seconds / 1e6;
    let [fed, read, summed] = [seconds_in, seconds_out, seconds_sums].map(rate);
    println!("{name:40} {:7.2} {fed:9.1} {read:9.1} {summed:9.1}", bytes.len() as f64 / cells);
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// Between 0 and 1, neither included.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}
