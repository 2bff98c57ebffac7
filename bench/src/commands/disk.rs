//! Bytes on disk per cell: many metrics, one hour of minutes.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use nepho_model::Timestamp;
use nepho_store::{EmbeddedSamples, Options, Samples};

use crate::fleet::{Fleet, Kind};
use crate::http::{Connection, aws_request, json_headers};
use crate::process::{Server, folder_bytes};
use crate::report::{Bar, Report, three, two, whole};
use crate::setup::Setup;
use crate::template::{NAMESPACE, identity};
use crate::{Outcome, clock};

const METRICS: usize = 100_000;
/// Metrics of a fleet of one kind.
const METRICS_OF_KIND: usize = 20_000;
/// Metrics of what goes over HTTP.
const METRICS_HTTP: usize = 10_000;
const MINUTES: i64 = 60;
const BATCH: usize = 1000;
/// How long a server may take to stop, in seconds.
const STOP_SECONDS: f64 = 60.0;

const BAR: f64 = 4.0;

/// Bytes of the samples, and of everything.
struct Bytes {
    samples: f64,
    all: f64,
    seconds: f64,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Bytes on disk per cell, one hour of minutes");
    report.table(&["what", "metrics", "bytes of samples per cell", "with names and index", "written in s", "bar"]);
    let mut told = |what: &str, metrics: usize, bytes: &Bytes, bar: Bar| {
        let cells = (metrics as i64 * MINUTES) as f64;
        report.row([
            what.to_owned(),
            whole(metrics as f64),
            three(bytes.samples / cells),
            three(bytes.all / cells),
            two(bytes.seconds),
            bar.judge(bytes.samples / cells, two),
        ]);
    };
    told("ours, the fleet", METRICS, &in_process(setup, Fleet::new(METRICS))?, Bar::AtMost(BAR));
    if setup.has_nepho() {
        told("ours, the fleet over HTTP", METRICS_HTTP, &over_http(setup)?, Bar::None);
    }
    if setup.has_victoria() {
        let bytes = in_victoria(setup)?;
        told("VictoriaMetrics, the fleet, 4 samples a cell", METRICS, &bytes, Bar::None);
    }
    for kind in Kind::ALL {
        let fleet = Fleet::of_kind(METRICS_OF_KIND, kind);
        told(&format!("ours, only: {}", kind.words()), METRICS_OF_KIND, &in_process(setup, fleet)?, Bar::None);
    }
    report.note(
        "The fleet, of 20 metrics: 4 constant, 5 whole numbers, 5 gauges with one or two decimals, 1 size in pages, \
         5 statistic sets of a latency (20 to 570 samples, three decimals). Distributions are not part of it: a single \
         value has none to store, a statistic set none to know.",
    );
    report.note(
        "Ours after the hour was closed by the store's upkeep: `segments/`, and the whole folder. VictoriaMetrics \
         after a forced flush and merge: `data/`, and the whole folder; single values are given to it as four samples \
         as well.",
    );
    Ok(report)
}

/// The start of an hour that is over.
fn hour() -> i64 {
    (clock::now().seconds() / 3600 - 3) * 3600
}

fn in_process(setup: &Setup, mut fleet: Fleet) -> Outcome<Bytes> {
    let folder = setup.folder()?;
    let store = EmbeddedSamples::open(Options::new(folder.path()))?;
    let start = hour();
    let (seconds, outcome) = clock::timed(|| {
        for minute in 0..MINUTES {
            let time = start + minute * 60;
            fleet.append_minute(&store, time, Timestamp::from_seconds(time))?;
        }
        store.maintain(Timestamp::from_seconds(start + 2 * 3600))
    });
    outcome?;
    store.close()?;
    drop(store);
    Ok(ours(folder.path(), seconds))
}

fn ours(folder: &Path, seconds: f64) -> Bytes {
    Bytes { samples: folder_bytes(&folder.join("segments")), all: folder_bytes(folder), seconds }
}

fn over_http(setup: &Setup) -> Outcome<Bytes> {
    let folder = setup.folder()?;
    let server = Server::nepho(setup, folder.path())?;
    let (seconds, outcome) = clock::timed(|| {
        each_batch(METRICS_HTTP, server.http, &mut |fleet, time, numbers| {
            let mut body = format!(r#"{{"Namespace":"{NAMESPACE}","MetricData":["#);
            for number in numbers.clone() {
                let (name, service, host) = identity(number);
                let (count, sum, min, max) = fleet.step(number);
                let comma = if number == numbers.start { "" } else { "," };
                write!(
                    body,
                    r#"{comma}{{"MetricName":"{name}","Timestamp":{time},"Dimensions":[{{"Name":"Service","Value":"{service}"}},{{"Name":"Host","Value":"{host}"}}],"#
                )?;
                match count {
                    1.0 => write!(body, r#""Value":{min}}}"#)?,
                    _ => write!(
                        body,
                        r#""StatisticValues":{{"SampleCount":{count},"Sum":{sum},"Minimum":{min},"Maximum":{max}}}}}"#
                    )?,
                }
            }
            body.push_str("]}");
            Ok(aws_request(&json_headers("PutMetricData"), "/", body.as_bytes()))
        })
    });
    outcome?;
    Command::new("kill").args(["-TERM", &server.pid().to_string()]).status()?;
    let mut server = server;
    clock::wait_for("the server's stop", STOP_SECONDS, || server.has_ended().then_some(()))?;
    Ok(ours(folder.path(), seconds))
}

fn in_victoria(setup: &Setup) -> Outcome<Bytes> {
    let folder = setup.folder()?;
    let server = Server::victoria(setup, folder.path())?;
    let (seconds, outcome) = clock::timed(|| {
        each_batch(METRICS, server.http, &mut |fleet, time, numbers| {
            let mut body = String::new();
            for number in numbers {
                let (name, service, host) = identity(number);
                let (count, sum, min, max) = fleet.step(number);
                writeln!(
                    body,
                    "{name},namespace={NAMESPACE},service={service},host={host} count={count},sum={sum},min={min},max={max} {time}000000000"
                )?;
            }
            Ok(aws_request("", "/write", body.as_bytes()))
        })
    });
    outcome?;
    server.bring_victoria_to_rest(folder.path())?;
    Ok(Bytes { samples: folder_bytes(&folder.path().join("data")), all: folder_bytes(folder.path()), seconds })
}

type Build<'a> = &'a mut dyn FnMut(&mut Fleet, i64, std::ops::Range<usize>) -> Outcome<Vec<u8>>;

/// Sends the hour minute by minute in requests that `build` makes.
fn each_batch(metrics: usize, address: std::net::SocketAddr, build: Build<'_>) -> Outcome<()> {
    let mut fleet = Fleet::new(metrics);
    let mut connection = Connection::open(address)?;
    let start = hour();
    for minute in 0..MINUTES {
        for first in (0..metrics).step_by(BATCH) {
            let request = build(&mut fleet, start + minute * 60, first..metrics.min(first + BATCH))?;
            let status = connection.call(&request)?;
            if !(200..300).contains(&status) {
                return Err(format!("status {status}: {}", String::from_utf8_lossy(connection.body())).into());
            }
        }
    }
    Ok(())
}
