//! Trying alarms on the past: thirty days of a hundred alarms on minutes.

use nepho_engine::alarm::{AlarmStatus, MetricAlarm, Parameters, QueryParameters, Replay, StatParameters};
use nepho_engine::backtest::Replayed;
use nepho_model::{Cell, Detail, Point, Read, Scope, Timestamp, Unit, UnitSeries};

use crate::report::{Bar, Report, Runs, two, whole};
use crate::setup::Setup;
use crate::{Outcome, clock};

const ALARMS: usize = 100;
const DAYS: i64 = 30;
/// Noon of some day.
const END: i64 = 1_777_896_000;
/// What all of them together may take, in seconds.
const BAR: f64 = 5.0;

/// What the alarms are on.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Average,
    Percentile,
    /// An expression over two metrics.
    Rate,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Trying a hundred alarms on thirty days of minutes");
    report.table(&["what", "evaluations", "transitions", "wall s", "bar (wall s)"]);
    let kinds = [
        ("Average", Kind::Average),
        ("a percentile of 50 values", Kind::Percentile),
        ("a rate in percent of two metrics", Kind::Rate),
    ];
    for (what, kind) in kinds {
        let (mut runs, mut evaluations, mut transitions) = (Runs::default(), 0, 0);
        for _ in 0..setup.runs {
            (evaluations, transitions) = (0, 0);
            let mut seconds = 0.0;
            for number in 0..ALARMS {
                let (took, replayed) = replayed(kind, number)?;
                seconds += took;
                evaluations += replayed.evaluations;
                transitions += replayed.transitions.len();
            }
            runs.add(seconds);
        }
        let median = runs.median();
        report.row([
            what.to_owned(),
            whole(evaluations as f64),
            whole(transitions as f64),
            two(median),
            Bar::AtMost(BAR).judge(median, two),
        ]);
    }
    report.note("In one process and on one core, 3 of 5 datapoints of a minute, with cells that are in memory.");
    Ok(report)
}

/// One alarm on its thirty days, and how long that took without the making of the data.
fn replayed(kind: Kind, number: usize) -> Outcome<(f64, Replayed)> {
    let alarm = MetricAlarm::new(&Scope::new("000000000000", "us-east-1"), &parameters(kind, number), &|_| None);
    let alarm = alarm.map_err(|faults| faults.to_string())?;
    let (start, end) = (Timestamp::from_seconds(END - DAYS * 86_400), Timestamp::from_seconds(END));
    let replay = Replay::new(&alarm, start, end);
    let answers = replay.reads().iter().enumerate().map(|(at, read)| Ok(vec![series(read, number + 100 * at)?]));
    let answers = answers.collect::<Outcome<Vec<_>>>()?.into_iter().map(Ok).collect::<Vec<_>>();
    let mut replayed = Replayed::new(alarm.name());
    let status = AlarmStatus::created(&alarm, start);
    let (took, _) =
        clock::timed(|| replay.run(status, &answers, &[], &mut |observed, step| replayed.take(&alarm, observed, step)));
    Ok((took, replayed))
}

fn parameters(kind: Kind, number: usize) -> Parameters {
    let text = |text: &str| Some(text.to_owned());
    let all = Parameters {
        alarm_name: Some(format!("alarm-{number}")),
        evaluation_periods: Some(5),
        datapoints_to_alarm: Some(3),
        threshold: Some(100.0),
        comparison_operator: text("GreaterThanThreshold"),
        ..Parameters::default()
    };
    let of = Parameters { namespace: text("Shop"), metric_name: text("Latency"), period: Some(60), ..all.clone() };
    let metric = |id: &str| QueryParameters {
        id: text(id),
        metric_stat: Some(StatParameters {
            namespace: text("Shop"),
            metric_name: text(id),
            period: Some(60),
            stat: text("Sum"),
            ..StatParameters::default()
        }),
        return_data: Some(false),
        ..QueryParameters::default()
    };
    let rate = QueryParameters {
        id: text("rate"),
        expression: text("100 * errors / requests"),
        return_data: Some(true),
        ..QueryParameters::default()
    };
    match kind {
        Kind::Average => Parameters { statistic: text("Average"), ..of },
        Kind::Percentile => Parameters { extended_statistic: text("p99"), ..of },
        Kind::Rate => Parameters { metrics: vec![rate, metric("errors"), metric("requests")], ..all },
    }
}

/// A swing of a few hours, with some noise, so that an alarm fires now and then.
fn series(read: &Read, number: usize) -> Outcome<UnitSeries> {
    let slots = (read.end.seconds() - read.start.seconds()) / read.period_seconds;
    let mut points = Vec::with_capacity(slots as usize);
    for slot in 0..slots {
        let phase = slot as f64 / 200.0 + number as f64;
        let middle = 70.0 + 40.0 * phase.sin() + ((slot * 7919) % 13) as f64;
        let cell = match read.detail {
            Detail::Numbers => Cell::of(middle),
            Detail::Distribution => {
                let values: Vec<f64> = (0..50).map(|value| middle + f64::from(value) / 10.0).collect();
                Cell::of_values(&values, &[])?
            }
        };
        points.push(Point { time: read.start.plus_seconds(slot * read.period_seconds), cell });
    }
    Ok(UnitSeries { unit: Unit::Milliseconds, points })
}
