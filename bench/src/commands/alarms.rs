//! Alarms: a minute of evaluations of many, while nothing happens and while everything does.

use std::path::Path;

use nepho_model::Timestamp;
use nepho_store::{Change, EmbeddedRecords, EmbeddedSamples, Options, Record, Records, Samples, Table};

use crate::fleet::{Fleet, scope};
use crate::http::Connection;
use crate::process::{Server, processor_seconds};
use crate::report::{Bar, Report, Runs, two, whole};
use crate::setup::Setup;
use crate::template::{NAMESPACE, identity};
use crate::{Outcome, clock, report};

const ALARMS: usize = 100_000;
/// Minutes of data around the time at which the server starts.
const MINUTES_BEFORE: i64 = 8;
const MINUTES_AFTER: i64 = 8;
/// Minutes that are measured while no state changes.
const QUIET_MINUTES: usize = 5;
/// Records that are written in one transaction.
const WRITTEN_AT_ONCE: usize = 10_000;

/// One node evaluates all alarms of a minute on one core.
const BAR: f64 = 60.0;

#[derive(Default)]
struct Series {
    wall: Runs,
    processor: Runs,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("A minute of 100,000 alarms");
    report.table(&["what", "processor s", "wall s", "alarms/s of a core", "bar (processor s)"]);
    let (mut first, mut quiet, mut without) = (Series::default(), Series::default(), Series::default());
    for _ in 0..setup.runs {
        for alarms in [0, ALARMS] {
            let folder = setup.folder()?;
            report::progress(&format!("alarms: preparing {} alarms", whole(alarms as f64)));
            prepare(folder.path(), alarms)?;
            let server = Server::nepho_manual(setup, folder.path())?;
            let mut connection = Connection::open(server.http)?;
            for minute in 0..=QUIET_MINUTES {
                let series = match (alarms, minute) {
                    (0, _) => &mut without,
                    (_, 0) => &mut first,
                    _ => &mut quiet,
                };
                let processor = processor_seconds(server.pid());
                let (wall, advanced) = clock::timed(|| advance(&mut connection));
                advanced?;
                series.wall.add(wall);
                series.processor.add(processor_seconds(server.pid()) - processor);
            }
            server.kill();
        }
    }
    let mut told = |what: &str, series: &Series, alarms: usize, bar: Option<f64>| {
        let processor = series.processor.median();
        report.row([
            what.to_owned(),
            series.processor.show(two),
            series.wall.show(two),
            if alarms > 0 { whole(alarms as f64 / processor) } else { String::new() },
            bar.map(|bar| Bar::AtMost(bar).judge(processor, two)).unwrap_or_default(),
        ]);
    };
    told("a minute without alarms", &without, 0, None);
    told("a minute in which no state changes", &quiet, ALARMS, Some(BAR));
    told("a minute in which every state changes", &first, ALARMS, Some(BAR));
    report.note(
        "Each alarm is on a metric of its own with a datum every minute: Maximum over 60 s, 2 of 3 datapoints. In the first \
         minute all go from INSUFFICIENT_DATA to OK: each change writes a state and an item of the history, synced 500 \
         at a time.",
    );
    Ok(report)
}

/// Moves the server's clock on by a minute.
fn advance(connection: &mut Connection) -> Outcome<()> {
    let body = r#"{"advance":"PT1M"}"#;
    let length = body.len();
    let request = format!("POST /clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}");
    match connection.call(request.as_bytes())? {
        200 => Ok(()),
        status => Err(format!("POST /clock: {status}").into()),
    }
}

/// Fills a folder with metrics and, as `docs/format/alarms.md` has them, with alarms.
fn prepare(folder: &Path, alarms: usize) -> Outcome<()> {
    let mut fleet = Fleet::new(ALARMS);
    let now = clock::now().seconds() / 60 * 60;
    let store = EmbeddedSamples::open(Options::new(folder))?;
    for minute in -MINUTES_BEFORE..MINUTES_AFTER {
        let time = now + minute * 60;
        fleet.append_minute(&store, time, Timestamp::from_seconds(now))?;
    }
    store.close()?;
    drop(store);
    let records = EmbeddedRecords::open(folder)?;
    for from in (0..alarms).step_by(WRITTEN_AT_ONCE) {
        let changes: Vec<_> =
            (from..(from + WRITTEN_AT_ONCE).min(alarms)).flat_map(|number| alarm(number, now)).collect();
        records.commit(&changes)?;
    }
    Ok(())
}

fn alarm(number: usize, now: i64) -> [Change; 2] {
    let (metric, service, host) = identity(number);
    let key = format!("{}\nalarm-{number:06}", scope());
    let ms = now * 1000;
    let definition = format!(
        r#"{{"alarm":{{"Metric":{{"AlarmName":"alarm-{number:06}","Namespace":"{NAMESPACE}","MetricName":"{metric}","Dimensions":[{{"Name":"Service","Value":"{service}"}},{{"Name":"Host","Value":"{host}"}}],"Statistic":"Maximum","Period":60,"EvaluationPeriods":3,"DatapointsToAlarm":2,"Threshold":1e300,"ComparisonOperator":"GreaterThanThreshold","AlarmActions":["arn:aws:sns:us-east-1:000000000000:ops"]}}}},"updated_ms":{ms}}}"#
    );
    let state = format!(
        r#"{{"value":"INSUFFICIENT_DATA","reason":"Unchecked: Initial alarm creation","updated_ms":{ms},"transitioned_ms":{ms},"created_ms":{ms}}}"#
    );
    let put = |table, value: String| Change::Put(Table(table), Record { key: key.clone(), value: value.into_bytes() });
    [put("alarms", definition), put("alarm-states", state)]
}
