//! Starting on a full folder: many cells in segments, and a long journal to replay.

use std::path::Path;

use nepho_model::Timestamp;
use nepho_store::{EmbeddedSamples, Options, Samples};

use crate::fleet::Fleet;
use crate::process::Server;
use crate::report::{Bar, Report, Runs, megabytes, two, whole};
use crate::setup::Setup;
use crate::{Outcome, clock, report};

const METRICS: usize = 100_000;
/// Hours of minutes in segments.
const HOURS: i64 = 5;
const JOURNAL_BYTES: u64 = 200_000_000;

const BAR: f64 = 3.0;

#[derive(Default)]
struct Series {
    ready: Runs,
    answering: Runs,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let prepared = setup.folder()?;
    let (cells, journal) = prepare(prepared.path())?;
    let mut report = Report::new("Start on a full folder");
    report.table(&["what", "ready after s", "answers after s", "bar"]);
    let mut told = |what: &str, series: &Series| {
        report.row([
            what.to_owned(),
            series.ready.show(two),
            series.answering.show(two),
            Bar::AtMost(BAR).judge(series.answering.median(), two),
        ]);
    };
    let mut store = Series::default();
    for _ in 0..setup.runs {
        let folder = copy(setup, prepared.path())?;
        let (seconds, opened) = clock::timed(|| EmbeddedSamples::open(Options::new(folder.path())));
        let opened = opened?;
        let problems = opened.figures().problems;
        if !problems.is_empty() {
            return Err(problems.join("; ").into());
        }
        store.ready.add(seconds);
        store.answering.add(clock::timed(|| opened.figures()).0 + seconds);
    }
    told("the store alone", &store);
    if setup.has_nepho() {
        for (what, is_cold) in [("the server", false), ("the server, nothing in the page cache", true)] {
            let mut series = Series::default();
            for _ in 0..setup.runs {
                let folder = copy(setup, prepared.path())?;
                if is_cold && !drop_caches() {
                    break;
                }
                let started = clock::instant();
                let server = Server::nepho(setup, folder.path())?;
                series.ready.add(started.elapsed().as_secs_f64());
                server.get("/health")?;
                series.answering.add(started.elapsed().as_secs_f64());
                server.kill();
            }
            told(what, &series);
        }
    }
    report.note(format!(
        "{} cells of {METRICS} metrics in segments, {} of journal that no close brought to a segment; each start is on \
         a copy of that folder. Answering is the first answer to `GET /health`.",
        whole(cells as f64),
        megabytes(journal as f64)
    ));
    Ok(report)
}

/// Fills a folder and leaves it as a crash would. Gives the cells in segments and the bytes of journal.
fn prepare(folder: &Path) -> Outcome<(u64, u64)> {
    let mut fleet = Fleet::new(METRICS);
    let start = (clock::now().seconds() / 3600 - HOURS - 3) * 3600;
    let mut cells = 0;
    let store = EmbeddedSamples::open(Options::new(folder))?;
    for minute in 0..HOURS * 60 {
        let time = start + minute * 60;
        fleet.append_minute(&store, time, Timestamp::from_seconds(time))?;
        cells += METRICS as u64;
        if minute % 60 == 59 {
            store.maintain(Timestamp::from_seconds(time + 660))?;
            report::progress(&format!("start: prepared {} cells", whole(cells as f64)));
        }
    }
    store.close()?;
    drop(store);
    let store = EmbeddedSamples::open(Options {
        journal_bytes_max: u64::MAX,
        head_bytes_max: usize::MAX,
        ..Options::new(folder)
    })?;
    let mut time = start + HOURS * 3600;
    while store.figures().journal_bytes < JOURNAL_BYTES {
        fleet.append_minute(&store, time, Timestamp::from_seconds(time))?;
        time += 60;
    }
    Ok((cells, store.figures().journal_bytes))
}

fn copy(setup: &Setup, from: &Path) -> Outcome<tempfile::TempDir> {
    let folder = setup.folder()?;
    copy_folder(from, folder.path())?;
    Ok(folder)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
            std::fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

/// Empties the page cache; only root may.
fn drop_caches() -> bool {
    std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}
