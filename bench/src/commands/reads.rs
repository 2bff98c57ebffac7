//! Reading and listing, in the store with the engine's statistics, and through the server.

use std::path::Path;

use nepho_engine::Statistic;
use nepho_model::{Detail, Read, Timestamp};
use nepho_store::{EmbeddedSamples, Filter, Options, Page, Samples};

use crate::fleet::{Fleet, metric, scope};
use crate::http::{Connection, aws_request, json_headers};
use crate::process::Server;
use crate::report::{Bar, Report, Runs, three, two};
use crate::setup::Setup;
use crate::template::{NAMESPACE, identity};
use crate::{Outcome, clock, report};

/// Metrics with a day of minutes.
const METRICS: usize = 10_000;
/// Metrics that are known.
const METRICS_LISTED: usize = 1_000_000;
const HOURS: i64 = 24;
/// Queries of a GetMetricData request.
const QUERIES: usize = 500;
/// Metrics of a page.
const PAGE: usize = 500;
/// Reads of one metric's day.
const DAYS: usize = 300;
/// How often a whole hour of all metrics is summed.
const HOURS_SUMMED: usize = 15;
/// Pages that are asked of the server.
const PAGES: usize = 200;

const BAR_DAY_MS: f64 = 1.0;
const BAR_HOUR_MS: f64 = 50.0;
const BAR_PAGE_MS: f64 = 5.0;

/// Data from `start` to `end`, the last hour of it still in memory.
#[derive(Clone, Copy)]
struct Span {
    start: i64,
    end: i64,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let folder = setup.folder()?;
    let end = clock::now().seconds() / 3600 * 3600;
    let span = Span { start: end - (HOURS + 1) * 3600, end };
    let mut report = Report::new("Reads");
    report.table(&["what", "median ms", "p99 ms", "bar (median)"]);
    let mut told = |what: &str, runs: &Runs, bar: Bar| {
        report.row([what.into(), three(runs.median()), three(runs.quantile(0.99)), bar.judge(runs.median(), two)]);
    };
    in_store(folder.path(), span, &mut told)?;
    if setup.has_nepho() {
        in_server(setup, folder.path(), span, &mut told)?;
    }
    report.note(format!(
        "{METRICS} metrics with {HOURS} hours of minutes in segments and one hour in memory; {METRICS_LISTED} metrics in \
         all. In the store: from the call to the numbers of the statistic. Through the server: from a client on the same \
         machine that sends JSON, for information. Everything is in the page cache."
    ));
    Ok(report)
}

fn prepare(folder: &Path, span: Span) -> Outcome<EmbeddedSamples> {
    let store = EmbeddedSamples::open(Options::new(folder))?;
    let mut fleet = Fleet::new(METRICS);
    for minute in 0..(HOURS + 1) * 60 {
        let time = span.start + minute * 60;
        fleet.append_minute(&store, time, Timestamp::from_seconds(time))?;
        if minute % 60 == 10 {
            store.maintain(Timestamp::from_seconds(time))?;
        }
    }
    Fleet::new(METRICS_LISTED).append_minute(&store, span.end - 60, Timestamp::from_seconds(span.end))?;
    report::progress(&format!("reads: {:?}", store.figures()));
    Ok(store)
}

fn milliseconds<T>(runs: &mut Runs, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let (seconds, result) = clock::timed(work);
    runs.add(seconds * 1000.0);
    result
}

fn in_store(folder: &Path, span: Span, told: &mut dyn FnMut(&str, &Runs, Bar)) -> Outcome<()> {
    let store = prepare(folder, span)?;
    let mut day = Runs::default();
    for turn in 0..DAYS {
        let read = read(turn * 7919 % METRICS, span.start, span.end - 3600, 60);
        let values = milliseconds(&mut day, || sums(&store, &[read]))?;
        if values.len() != (HOURS * 60) as usize {
            return Err(format!("a day of minutes has {} points", values.len()).into());
        }
    }
    told("one day of one metric (1440 points)", &day, Bar::AtMost(BAR_DAY_MS));
    for (what, start) in [("on disk", span.end - 5 * 3600), ("in memory", span.end - 3600)] {
        let mut hour = Runs::default();
        let reads: Vec<_> = (0..METRICS).map(|number| read(number, start, start + 3600, 60)).collect();
        for _ in 0..HOURS_SUMMED {
            let values = milliseconds(&mut hour, || sums(&store, &reads))?;
            if values.len() != 60 {
                return Err(format!("an hour of minutes has {} points", values.len()).into());
            }
        }
        told(&format!("one hour of {METRICS} metrics summed, {what}"), &hour, Bar::AtMost(BAR_HOUR_MS));
    }
    let (name, service, host) = identity(4242);
    let dimension = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
    let filters = [
        ("no filter", Filter::default()),
        ("by namespace", Filter { namespace: Some(NAMESPACE.to_owned()), ..Filter::default() }),
        ("by name", Filter { name: Some(name.to_owned()), ..Filter::default() }),
        ("by one of 10 services", Filter { dimensions: vec![dimension("Service", service)], ..Filter::default() }),
        ("by host (100 metrics)", Filter { dimensions: vec![dimension("Host", &host)], ..Filter::default() }),
        (
            "active in the last hour",
            Filter { seen_since: Some(Timestamp::from_seconds(span.end - 3600)), ..Filter::default() },
        ),
    ];
    for (what, filter) in filters {
        let mut pages = Runs::default();
        let mut page = Page { after: None, limit: PAGE };
        for _ in 0..2 * METRICS_LISTED / PAGE {
            let listed = milliseconds(&mut pages, || Ok(store.list(&scope(), &filter, &page)?))?;
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        told(&format!("a page of {PAGE} out of {METRICS_LISTED} metrics, {what}"), &pages, Bar::AtMost(BAR_PAGE_MS));
    }
    store.close()?;
    Ok(())
}

fn read(number: usize, start: i64, end: i64, period_seconds: i64) -> Read {
    Read {
        metric: metric(number),
        unit: None,
        start: Timestamp::from_seconds(start),
        end: Timestamp::from_seconds(end),
        period_seconds,
        detail: Detail::Numbers,
    }
}

/// The sum over all reads for each period.
fn sums(store: &dyn Samples, reads: &[Read]) -> Outcome<Vec<(Timestamp, f64)>> {
    let mut sums: Vec<(Timestamp, f64)> = Vec::new();
    for series in store.read(&scope(), reads) {
        let mut at = 0;
        for point in series?.iter().flat_map(|series| &series.points) {
            let value = Statistic::SUM.evaluate(&point.cell).unwrap_or(0.0);
            while sums.get(at).is_some_and(|(time, _)| *time < point.time) {
                at += 1;
            }
            match sums.get_mut(at) {
                Some((time, sum)) if *time == point.time => *sum += value,
                _ => sums.insert(at, (point.time, value)),
            }
        }
    }
    Ok(sums)
}

fn in_server(setup: &Setup, folder: &Path, span: Span, told: &mut dyn FnMut(&str, &Runs, Bar)) -> Outcome<()> {
    let server = Server::nepho(setup, folder)?;
    let mut connection = Connection::open(server.http)?;
    let mut day = Runs::default();
    for turn in 0..DAYS {
        let request = data_request(turn * 7919 % METRICS..turn * 7919 % METRICS + 1, span.start, span.end - 3600);
        milliseconds(&mut day, || ask(&mut connection, &request))?;
    }
    told("server: GetMetricData, one day of one metric", &day, Bar::None);
    let mut hour = Runs::default();
    let start = span.end - 5 * 3600;
    let batch = |first: usize| data_request(first..first + QUERIES, start, start + 3600);
    let requests: Vec<_> = (0..METRICS).step_by(QUERIES).map(batch).collect();
    for _ in 0..HOURS_SUMMED {
        milliseconds(&mut hour, || requests.iter().try_for_each(|request| ask(&mut connection, request)))?;
    }
    told(
        &format!("server: one hour of {METRICS} metrics, {} GetMetricData of {QUERIES} queries", METRICS / QUERIES),
        &hour,
        Bar::None,
    );
    let mut pages = Runs::default();
    let mut token = String::new();
    for _ in 0..PAGES {
        let body = format!(r#"{{"Namespace":"{NAMESPACE}"{token}}}"#);
        let request = aws_request(&json_headers("ListMetrics"), "/", body.as_bytes());
        milliseconds(&mut pages, || ask(&mut connection, &request))?;
        let answer = String::from_utf8_lossy(connection.body());
        let Some(next) = answer.split("\"NextToken\":\"").nth(1).and_then(|rest| rest.split('"').next()) else { break };
        token = format!(r#","NextToken":"{next}""#);
    }
    told(&format!("server: ListMetrics, a page of {PAGE} out of {METRICS_LISTED}"), &pages, Bar::None);
    Ok(())
}

fn data_request(numbers: std::ops::Range<usize>, start: i64, end: i64) -> Vec<u8> {
    let query = |number: usize| {
        let (name, service, host) = identity(number);
        format!(
            r#"{{"Id":"m{number}","MetricStat":{{"Metric":{{"Namespace":"{NAMESPACE}","MetricName":"{name}","Dimensions":[{{"Name":"Service","Value":"{service}"}},{{"Name":"Host","Value":"{host}"}}]}},"Period":60,"Stat":"Sum"}}}}"#
        )
    };
    let queries: Vec<_> = numbers.map(query).collect();
    let body = format!(r#"{{"StartTime":{start},"EndTime":{end},"MetricDataQueries":[{}]}}"#, queries.join(","));
    aws_request(&json_headers("GetMetricData"), "/", body.as_bytes())
}

fn ask(connection: &mut Connection, request: &[u8]) -> Outcome<()> {
    match connection.call(request)? {
        200 => Ok(()),
        status => Err(format!("status {status}: {}", String::from_utf8_lossy(connection.body())).into()),
    }
}
