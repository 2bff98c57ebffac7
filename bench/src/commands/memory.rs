//! Resident memory with a million metrics that get data every minute.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Args;
use nepho_model::Timestamp;
use nepho_store::{EmbeddedSamples, Options, Samples};

use crate::fleet::Fleet;
use crate::http::Connection;
use crate::process::{Server, status_bytes};
use crate::random::Random;
use crate::report::{Bar, Report, megabytes};
use crate::setup::Setup;
use crate::template::{Shape, Template, Wire};
use crate::{Outcome, clock, report};

const METRICS: usize = 1_000_000;
const MINUTES: i64 = 15;
const CONNECTIONS: usize = 4;
const BATCH: usize = 1000;

/// 1.5 GB.
const BAR: f64 = 1.5e9;

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Resident memory, 1,000,000 active metrics");
    report.table(&["what", "after the load", "at most", "bar (at most)"]);
    let mut told = |what: &str, (resident, peak): (f64, f64)| {
        let judged = Bar::AtMost(BAR).judge(peak, megabytes);
        report.row([what.to_owned(), megabytes(resident), megabytes(peak), judged]);
    };
    told("the store alone, the fleet", alone(setup)?);
    if setup.has_nepho() {
        told("the server, CBOR statistic sets", server(setup)?);
    }
    report.note(format!(
        "{MINUTES} minutes of data for each metric, sent as fast as they are taken (VmRSS and VmHWM of the process). \
         The store alone runs in a process with its generator, which takes 50 MB of it."
    ));
    Ok(report)
}

/// See [`fill`].
#[derive(Debug, Args)]
pub(crate) struct Fill {
    #[arg(long)]
    folder: PathBuf,
}

fn start() -> i64 {
    (clock::now().seconds() / 60 - MINUTES - 1) * 60
}

fn figures(pid: u32) -> (f64, f64) {
    (status_bytes(pid, "VmRSS"), status_bytes(pid, "VmHWM"))
}

fn alone(setup: &Setup) -> Outcome<(f64, f64)> {
    let folder = setup.folder()?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["fill", "--folder"])
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
    let found = figures(child.id());
    drop(child.stdin.take());
    child.wait()?;
    if line.is_empty() { Err("the store was not filled".into()) } else { Ok(found) }
}

/// Fills a store, says so, and stays until its standard input ends.
pub(crate) fn fill(arguments: &Fill) -> Outcome<()> {
    let store = EmbeddedSamples::open(Options::new(&arguments.folder))?;
    let mut fleet = Fleet::new(METRICS);
    let start = start();
    for minute in 0..MINUTES {
        let time = start + minute * 60;
        let (seconds, outcome) = clock::timed(|| fleet.append_minute(&store, time, Timestamp::from_seconds(time)));
        outcome?;
        let resident = megabytes(status_bytes(std::process::id(), "VmRSS"));
        let cells = store.figures().head_cells;
        report::progress(&format!("memory: minute {minute}: {seconds:.1} s, {resident}, {cells} cells in memory"));
    }
    say_filled();
    std::io::stdin().lines().for_each(drop);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever started it reads this line")]
fn say_filled() {
    println!("filled");
}

fn server(setup: &Setup) -> Outcome<(f64, f64)> {
    let folder = setup.folder()?;
    let server = Server::nepho(setup, folder.path())?;
    let start = start();
    let share = METRICS / CONNECTIONS;
    let (address, pid) = (server.http, server.pid());
    std::thread::scope(|scope| -> Outcome<()> {
        let send = |connection: usize| {
            scope.spawn(move || -> Outcome<()> {
                let first = connection * share;
                let template = |at| Template::new(Wire::Cbor, Shape::StatisticSet, at..at + BATCH);
                let mut templates: Vec<_> = (first..first + share).step_by(BATCH).map(template).collect();
                let mut random = Random::new(connection as u64);
                let mut connection = Connection::open(address)?;
                for minute in 0..MINUTES {
                    for template in &mut templates {
                        let status = connection.call(template.fill(start + minute * 60, &mut random))?;
                        if status != 200 {
                            return Err(format!("status {status}").into());
                        }
                    }
                    if first == 0 {
                        let resident = megabytes(status_bytes(pid, "VmRSS"));
                        report::progress(&format!("memory: server, minute {minute}: {resident}"));
                    }
                }
                Ok(())
            })
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(send).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a connection's thread panicked")?)
    })?;
    Ok(figures(pid))
}
