//! Measures how much of what is not known yet a band contains, and how wide it is: the table of
//! `docs/decisions/anomaly-detection.md`.
//!
//! ```text
//! cargo run --release -p nepho-engine --example anomaly_coverage -- SEEDS DAYS
//! ```
//!
//! 5 seeds and 14 days unless it says otherwise; 3 days at least, as fewer leave one of the series without a band.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an experiment on the command line")]

#[path = "../tests/anomaly/made.rs"]
mod made;
#[path = "../tests/anomaly/measure.rs"]
mod measure;
#[path = "../tests/anomaly/series.rs"]
mod series;

use measure::{Measured, measure};

fn main() {
    let seeds: u64 = std::env::args().nth(1).map_or(5, |text| text.parse().unwrap());
    let days: i64 = std::env::args().nth(2).map_or(14, |text| text.parse().unwrap());
    println!(
        "{:<32} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "day 1", "day 7", "width", "seen 6s", "seen 4s", "least"
    );
    for made in made::all() {
        let all: Vec<Measured> = (1..=seeds).map(|seed| measure(&made, days, seed)).collect();
        let mean = |of: fn(&Measured) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        let least = all.iter().map(|measured| measured.next_day).fold(1.0, f64::min);
        println!(
            "{:<32} {:>9.3} {:>9.3} {:>9.3} {:>9.3} {:>9.3} {:>9.3}",
            made.name,
            mean(|measured| measured.next_day),
            mean(|measured| measured.next_week),
            mean(|measured| measured.width),
            mean(|measured| measured.seen_6),
            mean(|measured| measured.seen_4),
            least
        );
    }
}
