//! Measures how far percentiles of a sketch are off: with a bin's representative, and with interpolation by rank
//! inside the bin. The numbers are in `docs/decisions/percentiles.md`.
//!
//! `cargo run --release -p nepho-engine --example percentile_error`
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use nepho_engine::Statistic;
use nepho_model::{Cell, Distribution, Sketch};

/// Samples of each distribution.
const SAMPLES: usize = 100_000;
/// Ratio of a bin's bounds.
const BASE: f64 = 1.021_897_148_654_116_6;

fn main() {
    println!("| samples | representative, worst | median | interpolated, worst | median |");
    println!("| --- | --- | --- | --- | --- |");
    for (name, mut samples) in distributions() {
        samples.sort_unstable_by(f64::total_cmp);
        let cell = Cell::of_values(&samples, &[]).expect("samples are legal values");
        let Distribution::Sketch(sketch) = cell.distribution() else { panic!("{name} has too few values") };
        let (mut ours, mut interpolated) = (Vec::new(), Vec::new());
        for permille in 1..1000 {
            let statistic = Statistic::parse(&format!("p{}.{}", permille / 10, permille % 10)).expect("a percentile");
            let rank = (permille * samples.len()).div_ceil(1000);
            let exact = samples[rank - 1];
            let off = |told: f64| 100.0 * (told - exact).abs() / exact;
            ours.push(off(statistic.evaluate(&cell).expect("the distribution is known")));
            interpolated.push(off(interpolate(sketch, rank as f64).clamp(cell.min(), cell.max())));
        }
        let ((worst, median), (their_worst, their_median)) = (summary(ours), summary(interpolated));
        println!("| {name} | {worst:.3} % | {median:.3} % | {their_worst:.3} % | {their_median:.3} % |");
    }
}

fn summary(mut errors: Vec<f64>) -> (f64, f64) {
    errors.sort_unstable_by(f64::total_cmp);
    (errors[errors.len() - 1], errors[errors.len() / 2])
}

/// The alternative: as far into the bin, on a straight line, as the rank is into its weight.
fn interpolate(sketch: &Sketch, rank: f64) -> f64 {
    let mut below = sketch.zero();
    for (bin, weight) in sketch.bins() {
        if below + weight >= rank {
            let low = 2f64.powf(f64::from(*bin) / 32.0);
            return low * (1.0 + (BASE - 1.0) * (rank - below) / weight);
        }
        below += weight;
    }
    panic!("rank {rank} is beyond the weight {below}")
}

fn distributions() -> Vec<(&'static str, Vec<f64>)> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut draw = |of: &dyn Fn(&mut Random) -> f64| (0..SAMPLES).map(|_| of(&mut random)).collect::<Vec<_>>();
    // The lower bound of a bin, near 1272; factors below put samples just inside the bin.
    let low = 2f64.powf(10.0 + 10.0 / 32.0);
    vec![
        ("uniform, 1 to 1000", draw(&|random| 1.0 + 999.0 * random.unit())),
        ("exponential, mean 50", draw(&|random| -50.0 * (1.0 - random.unit()).ln())),
        ("log-normal, median 20, sigma 1", draw(&|random| 20.0 * random.normal().exp())),
        (
            "two peaks, 5 and 500",
            draw(&|random| {
                let peak = if random.unit() < 0.9 { 5.0 } else { 500.0 };
                peak * (1.0 + 0.05 * random.normal())
            }),
        ),
        ("whole milliseconds, 1 to 200", draw(&|random| (1.0 + 200.0 * random.unit().powi(3)).floor())),
        ("all at the lower edge of a bin", draw(&|random| edge(random, low * (1.0 + 1e-9)))),
        ("all at the upper edge of a bin", draw(&|random| edge(random, low * BASE * (1.0 - 1e-9)))),
        (
            "half at each edge of one bin",
            draw(&|random| {
                let at = if random.unit() < 0.5 { low * (1.0 + 1e-9) } else { low * BASE * (1.0 - 1e-9) };
                edge(random, at)
            }),
        ),
    ]
}

/// 99.8 % of the samples at one value, the rest spread below and above so that there is a sketch and so that minimum
/// and maximum do not help.
fn edge(random: &mut Random, at: f64) -> f64 {
    match random.unit() {
        draw if draw < 0.001 => at * (0.2 + 0.5 * random.unit()),
        draw if draw < 0.002 => at * (1.5 + random.unit()),
        _ => at,
    }
}

/// A xorshift generator: the same numbers on every run.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}
