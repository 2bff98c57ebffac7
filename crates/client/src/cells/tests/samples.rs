use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::super::samples::Samples;
use super::*;

fn collect(samples: &Samples) -> Tally {
    let mut tally = Tally::default();
    samples.collect(&mut tally);
    tally
}

#[test]
fn an_idle_cell_gives_nothing() {
    let samples = Samples::default();
    for _ in 0..3 {
        assert_eq!((collect(&samples).samples(), samples.waiting()), (0, 0));
    }
    samples.record(1.0, 1);
    assert_eq!(samples.waiting(), 1);
    assert_eq!(collect(&samples).values(VALUES_MAX), [(1.0, 1.0)]);
    for _ in 0..3 {
        assert_eq!((collect(&samples).samples(), samples.waiting()), (0, 0));
    }
}

proptest! {
    #![proptest_config(config())]

    /// Many epochs, each with what was recorded between two collections.
    #[test]
    fn each_collection_has_what_was_recorded_since_the_last(all in values(1500), cuts: Vec<prop::sample::Index>) {
        let samples = Samples::default();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(all.len() + 1)).collect();
        cuts.push(all.len());
        cuts.sort_unstable();
        let mut start = 0;
        for end in cuts {
            let mut interval = Vec::new();
            for (number, value) in all[start..end].iter().enumerate() {
                let count = 1 + number % 3;
                samples.record(*value, count as u64);
                interval.extend(std::iter::repeat_n(*value, count));
            }
            prop_assert_eq!(samples.waiting(), interval.len() as u64);
            check(&collect(&samples), &interval, error(&interval));
            prop_assert_eq!(samples.waiting(), 0);
            start = end;
        }
    }
}

/// What a writer records: so many distinct values, one after the other.
const DISTINCT: [u64; 3] = [3, 140, 5000];

/// A writer that runs and pauses, and a reader that never stops: the reader gets the samples in their order, each once.
/// So the samples of an interval are told by how many they are, and their sum, minimum and maximum follow.
#[test]
fn a_reader_that_never_stops_gets_each_sample_once_and_in_order() {
    let total = if cfg!(miri) { 400 } else { 100_000 };
    for distinct in DISTINCT {
        let (samples, is_done) = (Samples::default(), AtomicBool::new(false));
        let value = |number: u64| (number % distinct) as f64;
        let (mut taken, mut intervals) = (0, 0);
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..total {
                    samples.record(value(number), 1);
                    if number % 97 == 0 {
                        thread::yield_now();
                    }
                }
                is_done.store(true, Ordering::Release);
            });
            loop {
                let is_last = is_done.load(Ordering::Acquire);
                assert!(samples.waiting() <= total - taken);
                let tally = collect(&samples);
                let interval = taken..taken + tally.samples();
                assert!(interval.end <= total);
                let expected = interval.clone().map(value);
                if let Some(statistics) = tally.statistics() {
                    intervals += 1;
                    assert_eq!(statistics.sum, expected.clone().sum::<f64>(), "of samples {interval:?}");
                    let lowest = expected.clone().fold(f64::INFINITY, f64::min);
                    let highest = expected.fold(f64::NEG_INFINITY, f64::max);
                    // What came in after a half was copied is known by its buckets.
                    let allowed = if distinct as usize <= VALUES_MAX { 0.0 } else { 1.0 / 32.0 };
                    let range = (statistics.minimum - lowest, highest - statistics.maximum);
                    let bounds = (lowest * allowed, highest * allowed);
                    assert!(range.0.abs() <= bounds.0 && range.1.abs() <= bounds.1, "{statistics:?} of {interval:?}");
                }
                taken = interval.end;
                if is_last {
                    break;
                }
            }
        });
        assert_eq!((taken, samples.waiting()), (total, 0), "{distinct} distinct values in {intervals} intervals");
    }
}

/// A reader that comes once in a while, in the middle of whatever the writer does.
#[test]
fn nothing_is_lost_between_readers_that_take_turns() {
    let total = if cfg!(miri) { 300 } else { 100_000 };
    let (samples, taken, is_done) = (Samples::default(), AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            (0..total).for_each(|number| samples.record(number as f64, 1));
            is_done.store(true, Ordering::Release);
        });
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_done.load(Ordering::Acquire) {
                    taken.fetch_add(collect(&samples).samples(), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(taken.into_inner() + collect(&samples).samples(), total);
}
