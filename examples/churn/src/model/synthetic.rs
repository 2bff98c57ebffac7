//! Customers that never lived: seeded, so that anybody gets the same ones.

use crate::features::CUSTOMER_ID;
use crate::features::FEATURES;

/// The seed of the training data that comes with the example.
pub const TRAINING_SEED: u64 = 20_261_128;
/// How many customers are in it.
pub const TRAINING_ROWS: usize = 1500;
/// The column that says who left.
pub const OUTCOME: &str = "churned";

/// Evenly spread numbers from 0 up to 1: the generator SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number up to `most`, lower ones more often the higher `bend` is.
    fn whole(&mut self, most: f64, bend: f64) -> f64 {
        (self.next().powf(bend) * (most + 1.0)).floor().min(most)
    }
}

/// A file of customers, with a last column that says who left if `has_outcome`.
pub fn file(seed: u64, rows: usize, has_outcome: bool) -> String {
    let names = FEATURES.iter().map(|feature| feature.name);
    let outcome = has_outcome.then_some(OUTCOME);
    let header: Vec<&str> = [CUSTOMER_ID].into_iter().chain(names).chain(outcome).collect();
    let mut random = Random(seed);
    let mut file = header.join(",") + "\n";
    for number in 1..=rows {
        file += &row(number, &mut random, has_outcome);
        file.push('\n');
    }
    file
}

fn row(number: usize, random: &mut Random, has_outcome: bool) -> String {
    let tenure = random.whole(72.0, 1.4);
    let charges = (1500.0 + random.next() * 10_000.0).round() / 100.0;
    let tickets = random.whole(9.0, 2.5);
    let logins = random.whole(60.0, 1.2);
    let late = random.whole(6.0, 3.0);
    let (contract, bound) = match random.next() {
        part if part < 0.5 => ("monthly", 0.0),
        part if part < 0.8 => ("one_year", 1.0),
        _ => ("two_year", 2.0),
    };
    let automatic = random.next() < 0.6;
    let payment = if automatic { "automatic" } else { "manual" };
    // What the model is to find again.
    let log_odds = 0.6 - 0.045 * tenure + 0.012 * charges + 0.35 * tickets - 0.05 * logins + 0.4 * late
        - 1.1 * bound
        - 0.5 * f64::from(automatic);
    let has_left = random.next() < 1.0 / (1.0 + (-log_odds).exp());
    let outcome = if has_outcome { format!(",{}", u8::from(has_left)) } else { String::new() };
    format!("C-{number:05},{tenure},{charges:.2},{tickets},{logins},{late},{contract},{payment}{outcome}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_training_data_is_what_its_seed_gives() {
        let shipped = include_str!("../../training.csv");
        assert!(shipped == file(TRAINING_SEED, TRAINING_ROWS, true), "`churn synthesize` writes it anew");
    }

    #[test]
    fn another_seed_gives_others() {
        assert_ne!(file(1, 10, false), file(2, 10, false));
        assert_eq!(file(1, 10, false).lines().count(), 11);
    }
}
