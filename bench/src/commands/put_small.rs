//! PutMetricData with one datum a request, on many connections.

use crate::load::{Measured, Source, run};
use crate::process::Server;
use crate::report::{Bar, Report, Runs, percent, two, whole};
use crate::setup::Setup;
use crate::template::{Shape, Template, Wire};
use crate::{Outcome, clock, report};

const CONNECTIONS: usize = 64;
/// Metrics of each connection.
const METRICS: usize = 100;

const BAR: f64 = 15_000.0;
const BAR_P99_MS: f64 = 20.0;

#[derive(Default)]
struct Series {
    rate: Runs,
    server: Runs,
    client: Runs,
    p50: Runs,
    p99: Runs,
    p999: Runs,
}

const ALL: [(&str, bool, Wire); 3] =
    [("generator alone", false, Wire::Json), ("ours, JSON", true, Wire::Json), ("ours, CBOR", true, Wire::Cbor)];

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("PutMetricData, 1 datum a request, 64 connections");
    report.table(&[
        "what",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "server's cores",
        "client's cores",
        "bar",
        "bar of p99",
    ]);
    let mut all = ALL.map(|_| Series::default());
    for round in 1..=setup.runs {
        for ((name, is_ours, wire), series) in ALL.iter().zip(&mut all) {
            if *is_ours && !setup.has_nepho() {
                continue;
            }
            let measured = one(setup, *is_ours, *wire)?;
            let rate = measured.per_second();
            report::progress(&format!("put-small {round}/{}: {name}: {}/s", setup.runs, whole(rate)));
            series.add(&measured);
        }
    }
    for ((name, is_ours, _), series) in ALL.iter().zip(&all) {
        let judge = |bar: Bar, result, format| if *is_ours { bar.judge(result, format) } else { String::new() };
        report.row([
            (*name).to_owned(),
            series.rate.show(whole),
            series.p50.show(two),
            series.p99.show(two),
            series.p999.show(two),
            series.server.show(percent),
            series.client.show(percent),
            judge(Bar::AtLeast(BAR), series.rate.median(), whole),
            judge(Bar::AtMost(BAR_P99_MS), series.p99.median(), two),
        ]);
    }
    report.note("Every answer comes after the sync that made its datum durable. Each connection has a thread.");
    Ok(report)
}

impl Series {
    fn add(&mut self, measured: &Measured) {
        self.rate.add(measured.per_second());
        self.server.add(measured.server_seconds / measured.seconds);
        self.client.add(measured.client_seconds / measured.seconds);
        self.p50.add(report::quantile(&measured.latencies, 0.5));
        self.p99.add(report::quantile(&measured.latencies, 0.99));
        self.p999.add(report::quantile(&measured.latencies, 0.999));
    }
}

fn one(setup: &Setup, is_ours: bool, wire: Wire) -> Outcome<Measured> {
    let folder = setup.folder()?;
    let server = if is_ours { Server::nepho(setup, folder.path())? } else { Server::null()? };
    let start = (clock::now().seconds() - 6 * 3600) / 60 * 60;
    let source = |connection: usize| {
        let first = connection * METRICS;
        let template = |metric| Template::new(wire, Shape::Value, metric..metric + 1);
        Source::new((first..first + METRICS).map(template).collect(), start, 60, connection as u64)
    };
    run(&server, setup.seconds, (0..CONNECTIONS).map(source).collect())
}
