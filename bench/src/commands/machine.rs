//! What the machine is, and how long its disk takes to sync.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::report::{Report, Runs, three};
use crate::setup::Setup;
use crate::{Outcome, clock};

/// Appends that are synced, one by one.
const SYNCS: usize = 300;

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Machine");
    report.table(&["what", "is"]);
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let line = |text: &str, name: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix(':'));
        found.unwrap_or("unknown").trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    report.row(["processor".into(), format!("{}, {cores} cores", line(&read("/proc/cpuinfo"), "model name"))]);
    report.row(["memory".into(), line(&read("/proc/meminfo"), "MemTotal")]);
    report.row(["kernel".into(), read("/proc/sys/kernel/osrelease").trim().to_owned()]);
    let folder = setup.folder()?;
    report.row(["file system".into(), file_system(folder.path())]);
    let syncs = syncs(folder.path())?;
    let words = format!("median {}, p99 {} ms", three(syncs.median()), three(syncs.quantile(0.99)));
    report.row(["append of 4096 bytes and fdatasync".into(), words]);
    let others = read("/proc/loadavg").split(' ').take(2).collect::<Vec<_>>().join(", ");
    report.row(["load before the runs, 1 and 5 minutes".into(), others]);
    let peer = setup.moto.with_file_name("python");
    let said = [
        ("Nephoscope", Command::new(&setup.nepho).arg("--version").output()),
        // The program of the Debian package does not know its own version.
        ("VictoriaMetrics", Command::new("dpkg-query").args(["-W", "-f", "${Version}", "victoria-metrics"]).output()),
        ("moto", Command::new(peer).args(["-c", "import moto; print(moto.__version__)"]).output()),
    ];
    for (name, output) in said {
        report.row([name.into(), output.map_or_else(|_| "not there".into(), |output| first_line(&output.stdout))]);
    }
    Ok(report)
}

fn first_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned()
}

/// The type of the file system that `folder` is on: that of the longest mount point above it.
fn file_system(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_default();
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let above = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (point, kind) = (words.next()?, words.next()?);
        folder.starts_with(point).then_some((point.len(), kind))
    });
    above.max().map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

fn syncs(folder: &Path) -> Outcome<Runs> {
    let mut file = File::create(folder.join("syncs"))?;
    let mut runs = Runs::default();
    for _ in 0..SYNCS {
        let (seconds, outcome) = clock::timed(|| file.write_all(&[7; 4096]).and_then(|()| file.sync_data()));
        outcome?;
        runs.add(seconds * 1000.0);
    }
    Ok(runs)
}
