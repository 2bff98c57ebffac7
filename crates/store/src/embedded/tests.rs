//! The store on a disk that fails, and on files that are not what they were.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nepho_model::{Batch, Cell, Detail, Metric, Read, Resolution, Scope, Timestamp, Unit};
use proptest::prelude::*;

use super::{EmbeddedSamples, Options};
use crate::disk::faulty::FaultyDisk;
use crate::error::StoreError;
use crate::samples::{Filter, Page, Samples};

const HOUR: i64 = 3600;
const NOW: i64 = 1_767_225_600;

fn scope() -> Scope {
    Scope::new("000000000000", "us-east-1")
}

/// A metric of its own for each append, so that it can be told what became of each.
fn metric(n: usize) -> Metric {
    Metric::new("Test", "value", &[("N", &n.to_string())]).unwrap()
}

fn batch(n: usize, now: i64) -> Batch {
    let mut batch = Batch::default();
    for age in [0, 3 * HOUR, 16 * 24 * HOUR] {
        let key = batch.known_key(metric(n).key());
        batch.push(key, Unit::Count, Resolution::Minute, Timestamp::from_seconds(now - age), Cell::of(n as f64 + 1.0));
    }
    batch
}

/// Everything there is of one append's metric.
fn whole_read(n: usize) -> Read {
    Read {
        metric: metric(n),
        unit: None,
        start: Timestamp::from_seconds(0),
        end: Timestamp::from_seconds(NOW * 2),
        period_seconds: NOW * 2,
        detail: Detail::Distribution,
    }
}

/// How often the append with this number is in the store; `None` when the store says that it cannot tell.
fn times_stored(store: &EmbeddedSamples, n: usize) -> Option<f64> {
    let series = store.read(&scope(), &[whole_read(n)]).remove(0).ok()?;
    let Some(series) = series.first() else { return Some(0.0) };
    let cell = &series.points[0].cell;
    assert_eq!((cell.min(), cell.max(), cell.sum()), (n as f64 + 1.0, n as f64 + 1.0, (n as f64 + 1.0) * cell.count()));
    Some(cell.count() / 3.0)
}

/// Small limits, so that a few appends go through every kind of file.
fn options(folder: &Path) -> Options {
    Options { journal_bytes_max: 500, ..Options::new(folder) }
}

/// Appends, with time passing in between; gives back the outcome of each.
fn work(store: &EmbeddedSamples, appends: usize) -> Vec<bool> {
    let mut now = NOW;
    (0..appends)
        .map(|n| {
            if n % 5 == 4 {
                now += 7 * HOUR;
                let _ = store.maintain(Timestamp::from_seconds(now));
            }
            let stored = store.append(&scope(), &batch(n, now), Timestamp::from_seconds(now)).wait();
            if let Err(error) = &stored {
                assert!(matches!(error, StoreError::Io { .. }), "{error}");
            }
            stored.is_ok()
        })
        .collect()
}

/// Each case writes files, so there are fewer of them; `PROPTEST_CASES` still scales their number.
fn fewer_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, ..usual }
}

proptest! {
    #![proptest_config(fewer_cases())]

    #[test]
    fn what_was_acknowledged_survives_a_disk_that_dies(dies_at in 0i64..400, appends in 1usize..40) {
        let folder = tempfile::tempdir().unwrap();
        let acknowledged = match EmbeddedSamples::open_on(Arc::new(FaultyDisk::new(dies_at, i64::MAX)), options(folder.path())) {
            Ok(store) => work(&store, appends),
            Err(_) => Vec::new(),
        };
        let store = EmbeddedSamples::open(options(folder.path())).unwrap();
        prop_assert_eq!(store.figures().problems, [""; 0]);
        for (n, acknowledged) in acknowledged.into_iter().enumerate() {
            let times = times_stored(&store, n);
            prop_assert!(times == Some(1.0) || !acknowledged && times == Some(0.0), "append {n}: {times:?}");
        }
    }

    #[test]
    fn a_full_disk_refuses_and_recovers(full_at in 30i64..230, length in 1i64..60, appends in 20usize..60) {
        let folder = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::new(full_at, full_at + length);
        let store = EmbeddedSamples::open_on(Arc::new(disk.clone()), options(folder.path())).unwrap();
        let acknowledged = work(&store, appends);
        let check = |store: &EmbeddedSamples| {
            for (n, acknowledged) in acknowledged.iter().enumerate() {
                let times = times_stored(store, n);
                assert_eq!(times, Some(if *acknowledged { 1.0 } else { 0.0 }), "append {n}");
            }
        };
        check(&store);
        disk.mend();
        store.flush().unwrap();
        prop_assert_eq!(store.figures().problems, [""; 0]);
        check(&store);
        store.close().unwrap();
        drop(store);
        let store = EmbeddedSamples::open(options(folder.path())).unwrap();
        prop_assert_eq!(store.figures().problems, [""; 0]);
        check(&store);
    }

    #[test]
    fn a_flipped_bit_is_reported_and_the_rest_is_served(
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bit in 0u8..8,
        closed in any::<bool>(),
    ) {
        const APPENDS: usize = 12;
        let folder = tempfile::tempdir().unwrap();
        let store = EmbeddedSamples::open(options(folder.path())).unwrap();
        prop_assert!(work(&store, APPENDS).into_iter().all(|stored| stored));
        if closed {
            store.close().unwrap();
        }
        drop(store);
        let files = files(folder.path());
        let path = &files[file.index(files.len())];
        let mut contents = fs::read(path).unwrap();
        let at = at.index(contents.len());
        contents[at] ^= 1 << bit;
        fs::write(path, contents).unwrap();

        let store = EmbeddedSamples::open(options(folder.path())).unwrap();
        let told: Vec<_> = (0..APPENDS).map(|n| times_stored(&store, n)).collect();
        let whole = told.iter().filter(|times| **times == Some(1.0)).count();
        if whole < APPENDS {
            let _ = store.maintain(Timestamp::from_seconds(NOW + 365 * 24 * HOUR));
            let problems = store.figures().problems.join("\n");
            let refused = told.iter().filter(|times| times.is_none()).count();
            let name = path.file_name().unwrap().to_str().unwrap();
            prop_assert!(refused + whole == APPENDS || problems.contains(name), "{told:?} {name} {problems}");
        }
        for times in told.into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&times), "something is stored {times} times");
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if fs::metadata(&path).unwrap().len() > 0 {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedSamples::open(options(folder.path())).unwrap();
    work(&store, 3);
    store.close().unwrap();
    drop(store);
    let store = EmbeddedSamples::open(options(folder.path())).unwrap();
    work(&store, 6);
    store.close().unwrap();
    drop(store);
    let segment = files(&folder.path().join("segments")).remove(0);
    fs::remove_file(&segment).unwrap();
    fs::create_dir(&segment).unwrap();

    let store = EmbeddedSamples::open(options(folder.path())).unwrap();
    let problems = store.figures().problems.join("\n");
    assert!(problems.contains(segment.to_str().unwrap()), "{problems}");
    let later = NOW + 50 * HOUR;
    assert_eq!(times_stored(&store, 0), None, "a read of what the segment holds is refused");
    assert!(store.append(&scope(), &batch(100, later), Timestamp::from_seconds(later)).wait().is_ok());
    let recent = Read { start: Timestamp::from_seconds(NOW + 50 * HOUR), ..whole_read(100) };
    assert_eq!(store.read(&scope(), &[recent]).remove(0).unwrap()[0].points.len(), 1);
    let page = Page { after: None, limit: 100 };
    assert_eq!(store.list(&scope(), &Filter::default(), &page).unwrap().metrics.len(), 7);
}

#[test]
fn a_flipped_bit_in_a_definition_costs_no_sample() {
    for kind in ["metrics", "journal"] {
        for at in (8..400).step_by(9) {
            let folder = tempfile::tempdir().unwrap();
            let store = EmbeddedSamples::open(Options::new(folder.path())).unwrap();
            let now = Timestamp::from_seconds(NOW);
            assert!(store.append(&scope(), &batch(0, NOW), now).wait().is_ok());
            if kind == "metrics" {
                store.flush().unwrap();
            }
            assert!(store.append(&scope(), &batch(0, NOW), now).wait().is_ok());
            drop(store);
            let path = files(&folder.path().join(kind)).remove(0);
            let mut contents = fs::read(&path).unwrap();
            // Both copies of the definitions; in a journal the samples come after.
            let mut frames = (0..contents.len() - 4).filter(|at| contents[*at..].starts_with(b"NFRM"));
            let end = frames.nth(2).unwrap_or(contents.len());
            if at >= end {
                break;
            }
            contents[at] ^= 4;
            fs::write(&path, contents).unwrap();
            let store = EmbeddedSamples::open(Options::new(folder.path())).unwrap();
            assert_eq!(times_stored(&store, 0), Some(2.0), "{kind}, byte {at}");
            assert_ne!(store.figures().problems, [""; 0], "{kind}, byte {at}");
        }
    }
}

#[test]
fn a_journal_that_is_gone_is_missed_and_a_damaged_one_is_not_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let open = || EmbeddedSamples::open(Options::new(folder.path())).unwrap();
    let journal = || files(&folder.path().join("journal")).remove(0);
    let now = Timestamp::from_seconds(NOW);
    let store = open();
    store.flush().unwrap();
    assert!(store.append(&scope(), &batch(0, NOW), now).wait().is_ok());
    drop(store);
    let contents = fs::read(journal()).unwrap();
    for left in [None, Some(0)] {
        let path = journal();
        match left {
            None => fs::remove_file(&path).unwrap(),
            Some(left) => fs::write(&path, &contents[..left]).unwrap(),
        }
        let store = open();
        let problems = store.figures().problems.join("\n");
        assert!(problems.contains(path.file_name().unwrap().to_str().unwrap()), "{left:?}: {problems}");
        assert!(store.append(&scope(), &batch(1, NOW), now).wait().is_ok());
        store.flush().unwrap();
        assert!(store.append(&scope(), &batch(2, NOW), now).wait().is_ok());
    }
    let path = journal();
    let mut contents = fs::read(&path).unwrap();
    let last = contents.len() - 1;
    contents[last] ^= 1;
    fs::write(&path, contents).unwrap();
    for _ in 0..2 {
        let store = open();
        store.flush().unwrap();
        let problems = store.figures().problems.join("\n");
        assert!(problems.contains(path.file_name().unwrap().to_str().unwrap()), "{problems}");
    }
}

#[test]
fn a_start_on_a_full_disk_serves_reads() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedSamples::open(options(folder.path())).unwrap();
    work(&store, 3);
    drop(store);
    let disk = FaultyDisk::new(0, i64::MAX);
    let store = EmbeddedSamples::open_on(Arc::new(disk.clone()), options(folder.path())).unwrap();
    assert_eq!(times_stored(&store, 2), Some(1.0));
    assert_ne!(store.figures().problems, [""; 0]);
    let now = Timestamp::from_seconds(NOW);
    assert!(matches!(store.append(&scope(), &batch(3, NOW), now).wait(), Err(StoreError::Io { .. })));
    disk.mend();
    assert!(store.append(&scope(), &batch(3, NOW), now).wait().is_ok());
    store.flush().unwrap();
    assert_eq!((times_stored(&store, 2), times_stored(&store, 3)), (Some(1.0), Some(1.0)));
    assert_eq!(store.figures().problems, [""; 0]);
}

#[test]
fn a_folder_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedSamples::open(options(folder.path())).unwrap();
    assert!(matches!(EmbeddedSamples::open(options(folder.path())), Err(StoreError::Locked { .. })));
    drop(store);
    assert!(EmbeddedSamples::open(options(folder.path())).is_ok());
}

#[test]
fn what_waits_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Options { unflushed_bytes_max: 0, ..options(folder.path()) };
    let store = EmbeddedSamples::open(limits).unwrap();
    let now = Timestamp::from_seconds(NOW);
    assert!(store.append(&scope(), &batch(0, NOW), now).wait().is_ok());
    assert!(matches!(store.append(&scope(), &batch(1, NOW), now).wait(), Err(StoreError::Busy { .. })));
    store.flush().unwrap();
    assert!(store.append(&scope(), &batch(1, NOW), now).wait().is_ok());

    let limits = Options { metrics_max: 2, ..options(folder.path()) };
    drop(store);
    let store = EmbeddedSamples::open(limits).unwrap();
    assert!(store.append(&scope(), &batch(1, NOW), now).wait().is_ok());
    let refused = store.append(&scope(), &batch(2, NOW), now).wait();
    assert!(matches!(refused, Err(StoreError::TooManyMetrics { limit: 2 })));
}

#[test]
fn after_closing_everything_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedSamples::open(options(folder.path())).unwrap();
    store.close().unwrap();
    let now = Timestamp::from_seconds(NOW);
    assert!(matches!(store.append(&scope(), &batch(0, NOW), now).wait(), Err(StoreError::Closed)));
    assert!(matches!(store.maintain(now), Err(StoreError::Closed)));
    assert_eq!(store.figures().waiting_bytes, 0);
}
