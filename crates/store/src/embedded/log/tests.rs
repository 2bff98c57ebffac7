//! The log on a disk that fails, and on files that are not what they were.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::{EmbeddedLog, LogOptions};
use crate::disk::faulty::FaultyDisk;
use crate::error::StoreError;
use crate::log::Log;

fn options(folder: &Path) -> LogOptions {
    LogOptions { file_bytes_max: 200, ..LogOptions::new(folder) }
}

/// The entries of a log, as they are read again.
fn entries(log: &EmbeddedLog) -> Vec<(u64, Vec<u8>)> {
    let mut entries = Vec::new();
    let on_entry = &mut |file, entry: &[u8]| {
        entries.push((file, entry.to_vec()));
        Ok(())
    };
    log.replay(on_entry).unwrap();
    entries
}

fn opened(folder: &Path) -> (EmbeddedLog, Vec<(u64, Vec<u8>)>) {
    let log = EmbeddedLog::open(options(folder)).unwrap();
    let found = entries(&log);
    log.resume().unwrap();
    (log, found)
}

/// Appends an entry as a writer does: into a new file when the last is full, and after a failure only when the log takes
/// entries again. Whether it became durable.
fn append(log: &EmbeddedLog, entry: &[u8]) -> bool {
    if log.has_failed() && log.resume().is_err() {
        return false;
    }
    if log.is_full() {
        log.begin_file();
    }
    log.append(entry).1.wait().is_ok()
}

fn numbered(number: usize) -> Vec<u8> {
    format!("entry {number} {}", "x".repeat(number % 60)).into_bytes()
}

#[test]
fn entries_come_back_in_order_with_the_file_they_are_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    for round in 0..3 {
        let (log, found) = opened(folder.path());
        assert_eq!(found, expected);
        for number in 0..10 {
            if log.is_full() {
                log.begin_file();
            }
            let entry = numbered(round * 10 + number);
            let (file, receipt) = log.append(&entry);
            receipt.wait().unwrap();
            expected.push((file, entry));
        }
    }
    assert!(expected.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    assert!(expected.last().unwrap().0 >= 6, "several files a round");
}

#[test]
fn a_log_that_was_not_read_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(options(folder.path())).unwrap();
    assert!(log.has_failed() && log.check().is_err());
    assert!(log.append(b"entry").1.wait().is_err());
    log.replay(&mut |_, _| Ok(())).unwrap();
    log.resume().unwrap();
    assert!(log.check().is_ok() && log.append(b"entry").1.wait().is_ok());
    log.close();
    assert!(matches!(log.check(), Err(StoreError::Closed)) && log.append(b"entry").1.wait().is_err());
}

#[test]
fn one_writer_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _log = opened(folder.path());
    assert!(matches!(EmbeddedLog::open(options(folder.path())), Err(StoreError::Locked { .. })));
}

#[test]
fn files_are_given_up_from_the_front() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = opened(folder.path());
    let mut files = Vec::new();
    for number in 0..20 {
        if log.is_full() {
            log.begin_file();
        }
        files.push(log.append(&numbered(number)).0);
    }
    let last = *files.last().unwrap();
    log.give_up_below(last);
    log.append(b"end").1.wait().unwrap();
    let left: Vec<_> = entries(&log).into_iter().map(|(file, _)| file).collect();
    assert!(left.iter().all(|file| *file == last) && left.len() > 1);
    assert_eq!(log.figures().files, 1);
}

#[test]
fn too_much_that_waits_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(LogOptions { waiting_bytes_max: 0, ..options(folder.path()) }).unwrap();
    log.replay(&mut |_, _| Ok(())).unwrap();
    log.resume().unwrap();
    assert!(log.check().is_ok(), "at the limit");
    log.files.waiting_bytes.store(1, std::sync::atomic::Ordering::Relaxed);
    let error = log.check().unwrap_err();
    assert_eq!(error.to_string(), "1 bytes wait for the disk, the limit is 0");
}

#[test]
fn a_damaged_file_is_told_and_kept_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = opened(folder.path());
    for number in 0..3 {
        assert!(append(&log, &numbered(number)));
    }
    drop(log);
    let path = folder.path().join("0000000001.queue");
    let mut contents = fs::read(&path).unwrap();
    let at = contents.windows(7).position(|bytes| bytes == b"entry 1").unwrap();
    contents[at] ^= 1;
    fs::write(&path, contents).unwrap();
    let (log, found) = opened(folder.path());
    assert_eq!(found, [(1, numbered(0)), (1, numbered(2))]);
    let problems = log.figures().problems;
    assert!(problems.len() == 1 && problems[0].contains("0000000001.queue is damaged at byte"), "{problems:?}");
    log.give_up_below(2);
    assert!(append(&log, b"next"));
    assert!(folder.path().join("damaged/0000000001.queue").exists() && !path.exists());
}

/// Each case writes files, so there are fewer of them; `PROPTEST_CASES` still scales their number.
fn fewer_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, ..usual }
}

proptest! {
    #![proptest_config(fewer_cases())]

    #[test]
    fn what_was_acknowledged_survives_a_disk_that_dies(dies_at in 0i64..120, appends in 1usize..40) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(FaultyDisk::new(dies_at, i64::MAX));
        let acknowledged: Vec<bool> = match EmbeddedLog::open_on(disk, options(folder.path())) {
            Ok(log) => {
                log.replay(&mut |_, _| Ok(())).unwrap();
                (0..appends).map(|number| append(&log, &numbered(number))).collect()
            }
            Err(_) => Vec::new(),
        };
        let (log, found) = opened(folder.path());
        prop_assert_eq!(log.figures().problems, [""; 0]);
        check(&found, &acknowledged, Unacknowledged::Maybe);
    }

    #[test]
    fn a_full_disk_refuses_and_recovers(full_at in 8i64..120, length in 1i64..60, appends in 20usize..60) {
        let folder = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::new(full_at, full_at + length);
        let log = EmbeddedLog::open_on(Arc::new(disk.clone()), options(folder.path())).unwrap();
        log.replay(&mut |_, _| Ok(())).unwrap();
        let mut acknowledged: Vec<bool> = (0..appends).map(|number| append(&log, &numbered(number))).collect();
        check(&entries(&log), &acknowledged, Unacknowledged::Never);
        disk.mend();
        acknowledged.push(append(&log, &numbered(appends)));
        prop_assert_eq!(acknowledged.last(), Some(&true));
        prop_assert_eq!(log.figures().problems, [""; 0]);
        check(&entries(&log), &acknowledged, Unacknowledged::Never);
        drop(log);
        let (_, found) = opened(folder.path());
        check(&found, &acknowledged, Unacknowledged::Never);
    }

    #[test]
    fn a_torn_end_is_cut_off(appends in 1usize..20, lost in 1usize..40) {
        let folder = tempfile::tempdir().unwrap();
        let (log, _) = opened(folder.path());
        for number in 0..appends {
            assert!(append(&log, &numbered(number)));
        }
        drop(log);
        let mut paths: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "queue"));
        let last = paths.into_iter().max().unwrap();
        let contents = fs::read(&last).unwrap();
        fs::write(&last, &contents[..contents.len().saturating_sub(lost)]).unwrap();
        let (log, found) = opened(folder.path());
        prop_assert_eq!(log.figures().problems, [""; 0]);
        let found: Vec<_> = found.into_iter().map(|(_, entry)| entry).collect();
        let expected: Vec<_> = (0..appends).map(numbered).collect();
        prop_assert!(expected.starts_with(&found));
        assert!(append(&log, b"next"));
        prop_assert_eq!(entries(&log).last().map(|(_, entry)| entry.clone()), Some(b"next".to_vec()));
    }
}

/// Whether entries may be there that were refused.
#[derive(Clone, Copy, PartialEq)]
enum Unacknowledged {
    /// The process died: what was on its way may have arrived.
    Maybe,
    Never,
}

/// Checks that all that was acknowledged is there, once and in order.
fn check(found: &[(u64, Vec<u8>)], acknowledged: &[bool], others: Unacknowledged) {
    let found: Vec<_> = found.iter().map(|(_, entry)| entry.clone()).collect();
    let expected = |number: &usize| acknowledged.get(*number) == Some(&true);
    let expected: Vec<_> = (0..acknowledged.len()).filter(expected).map(numbered).collect();
    let known: Vec<_> = found.iter().filter(|entry| expected.contains(entry)).cloned().collect();
    assert_eq!(known, expected);
    if others == Unacknowledged::Never {
        assert_eq!(found.len(), expected.len());
    }
}
