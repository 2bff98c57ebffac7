//! PutMetricData with 1000 datums a request.

use crate::load::{Measured, Source, run};
use crate::process::Server;
use crate::report::{Bar, Report, Runs, percent, times, whole};
use crate::setup::Setup;
use crate::template::{Shape, Template, Wire};
use crate::{Outcome, clock, report};

/// Datums of a request.
const BATCH: usize = 1000;
/// Metrics in all. Each gets one datum for a minute, so every datum becomes a cell of its own.
const METRICS: usize = 96_000;
/// Connections that send: so many that the cores are busy while others wait for the sync.
const CONNECTIONS: usize = 16;
/// moto gets fewer metrics, it would not come round in the time.
const MOTO_METRICS: usize = 16_000;
/// Data begins this long ago, so that minutes do not run out.
const BEHIND_SECONDS: i64 = 24 * 3600;

const BAR: f64 = 500_000.0;
const BAR_VICTORIA: f64 = 2.0;
const BAR_MOTO: f64 = 25.0;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Null,
    Nepho,
    Victoria,
    Moto,
}

struct Series {
    name: &'static str,
    target: Target,
    wire: Wire,
    shape: Shape,
    per_second: Runs,
    server: Runs,
    client: Runs,
    slowest_ms: Runs,
    new_metrics: Runs,
}

fn series(setup: &Setup) -> Vec<Series> {
    use {Shape::*, Target::*, Wire::*};
    let all = [
        ("generator alone, JSON values", Null, Json, Value),
        ("generator alone, CBOR statistic sets", Null, Cbor, StatisticSet),
        ("ours, JSON values", Nepho, Json, Value),
        ("ours, CBOR values", Nepho, Cbor, Value),
        ("ours, JSON statistic sets", Nepho, Json, StatisticSet),
        ("ours, CBOR statistic sets", Nepho, Cbor, StatisticSet),
        ("VictoriaMetrics, /write (InfluxDB lines)", Victoria, Influx, StatisticSet),
        ("VictoriaMetrics, /api/v1/import/prometheus", Victoria, Prometheus, StatisticSet),
        ("VictoriaMetrics, /api/v1/import (JSON lines)", Victoria, JsonLines, StatisticSet),
        ("moto, JSON values", Moto, Json, Value),
    ];
    let is_there = |target: Target| match target {
        Null => true,
        Nepho => setup.has_nepho(),
        Victoria => setup.has_victoria(),
        Moto => setup.has_moto(),
    };
    let series = |(name, target, wire, shape)| Series {
        name,
        target,
        wire,
        shape,
        per_second: Runs::default(),
        server: Runs::default(),
        client: Runs::default(),
        slowest_ms: Runs::default(),
        new_metrics: Runs::default(),
    };
    all.into_iter().filter(|(_, target, ..)| is_there(*target)).map(series).collect()
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut all = series(setup);
    // In turn, so that a slow minute of the machine hits everybody.
    for round in 1..=setup.runs {
        for series in &mut all {
            let measured = one(setup, series)?;
            let rate = measured.per_second() * BATCH as f64;
            report::progress(&format!("put-batch {round}/{}: {}: {}/s", setup.runs, series.name, whole(rate)));
            series.per_second.add(rate);
            series.server.add(measured.server_seconds / measured.seconds);
            series.client.add(measured.client_seconds / measured.seconds);
            let metrics = if series.target == Target::Moto { MOTO_METRICS } else { METRICS };
            series.new_metrics.add(metrics as f64 / measured.first_seconds);
            series.slowest_ms.add(report::quantile(&measured.latencies, 1.0));
        }
    }
    Ok(told(setup, &all))
}

fn one(setup: &Setup, series: &Series) -> Outcome<Measured> {
    let folder = setup.folder()?;
    let server = match series.target {
        Target::Null => Server::null()?,
        Target::Nepho => Server::nepho(setup, folder.path())?,
        Target::Victoria => Server::victoria(setup, folder.path())?,
        Target::Moto => Server::moto(setup)?,
    };
    let metrics = if series.target == Target::Moto { MOTO_METRICS } else { METRICS };
    let share = metrics / CONNECTIONS;
    let start = (clock::now().seconds() - BEHIND_SECONDS) / 60 * 60;
    let source = |connection: usize| {
        let first = connection * share;
        let template = |at| Template::new(series.wire, series.shape, at..at + BATCH);
        Source::new((first..first + share).step_by(BATCH).map(template).collect(), start, 60, connection as u64)
    };
    run(&server, setup.seconds, (0..CONNECTIONS).map(source).collect())
}

fn told(setup: &Setup, all: &[Series]) -> Report {
    let mut report = Report::new("PutMetricData, 1000 datums a request");
    let most = |wanted: Target| {
        let medians = all.iter().filter(|series| series.target == wanted).map(|series| series.per_second.median());
        medians.fold(f64::NAN, f64::max)
    };
    let (victoria, moto) = (most(Target::Victoria), most(Target::Moto));
    report.table(&[
        "what",
        "datums/s",
        "server's cores",
        "client's cores",
        "slowest request ms",
        "new metrics/s",
        "bar",
        "to VictoriaMetrics",
        "to moto",
    ]);
    for series in all {
        let rate = series.per_second.median();
        let ours = series.target == Target::Nepho;
        let ratio = |peer: f64, bar: f64| match ours && peer.is_finite() {
            true => format!("{} ({})", times(rate / peer), Bar::AtLeast(bar).judge(rate / peer, times)),
            false => String::new(),
        };
        report.row([
            series.name.to_owned(),
            series.per_second.show(whole),
            series.server.show(percent),
            series.client.show(percent),
            series.slowest_ms.show(whole),
            series.new_metrics.show(whole),
            if ours { Bar::AtLeast(BAR).judge(rate, whole) } else { String::new() },
            ratio(victoria, BAR_VICTORIA),
            ratio(moto, BAR_MOTO),
        ]);
    }
    report.note(format!(
        "{METRICS} metrics with two dimensions over {CONNECTIONS} connections; every datum is the next minute of its \
         metric, so each becomes a cell. {} runs of {} s, each on an \
         empty folder, after a first round in which all metrics are new (whose speed has its own column).",
        setup.runs, setup.seconds
    ));
    report.note(
        "Ours answers when the journal is synced. VictoriaMetrics answers before anything is on disk (it writes about \
         once a second), moto keeps everything in memory. A datum for VictoriaMetrics is 4 of its samples: count, \
         sum, minimum, maximum; the ratio is to the fastest of its ways in."
            .to_owned(),
    );
    report.note(format!(
        "moto gets {MOTO_METRICS} metrics; it closes the connection after each answer. The generator's threads share \
         the cores with the server; its cost is in the column of the client and, as the most it could do, in the rows \
         \"generator alone\" (a server that answers 200 and does nothing)."
    ));
    report
}
