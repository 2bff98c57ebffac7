//! Trying alarms on the past: thirty days of a hundred alarms on minutes.

use nepho_engine::alarm::{AlarmStatus, MetricAlarm, Parameters, Replay};
use nepho_engine::backtest::Replayed;
use nepho_model::{Cell, Detail, Point, Scope, Timestamp, Unit, UnitSeries};

use crate::report::{Bar, Report, Runs, two, whole};
use crate::setup::Setup;
use crate::{Outcome, clock};

const ALARMS: usize = 100;
const DAYS: i64 = 30;
/// Noon of some day.
const END: i64 = 1_777_896_000;
/// What all of them together may take, in seconds.
const BAR: f64 = 5.0;

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Trying a hundred alarms on thirty days of minutes");
    report.table(&["what", "evaluations", "transitions", "wall s", "bar (wall s)"]);
    for (what, statistic) in [("Average", "Average"), ("a percentile of 50 values", "p99")] {
        let (mut runs, mut evaluations, mut transitions) = (Runs::default(), 0, 0);
        for _ in 0..setup.runs {
            (evaluations, transitions) = (0, 0);
            let mut seconds = 0.0;
            for number in 0..ALARMS {
                let (took, replayed) = replayed(statistic, number)?;
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
fn replayed(statistic: &str, number: usize) -> Outcome<(f64, Replayed)> {
    let is_percentile = statistic.starts_with('p');
    let text = |text: &str| Some(text.to_owned());
    let parameters = Parameters {
        alarm_name: Some(format!("alarm-{number}")),
        namespace: text("Shop"),
        metric_name: text("Latency"),
        statistic: if is_percentile { None } else { text(statistic) },
        extended_statistic: if is_percentile { text(statistic) } else { None },
        period: Some(60),
        evaluation_periods: Some(5),
        datapoints_to_alarm: Some(3),
        threshold: Some(100.0),
        comparison_operator: text("GreaterThanThreshold"),
        ..Parameters::default()
    };
    let alarm = MetricAlarm::new(&Scope::new("000000000000", "us-east-1"), &parameters, &|_| None);
    let alarm = alarm.map_err(|faults| faults.to_string())?;
    let (start, end) = (Timestamp::from_seconds(END - DAYS * 86_400), Timestamp::from_seconds(END));
    let replay = Replay::new(&alarm, start, end);
    let read = replay.reads().first().ok_or("the alarm reads nothing")?;
    let slots = (read.end.seconds() - read.start.seconds()) / read.period_seconds;
    let mut points = Vec::with_capacity(slots as usize);
    for slot in 0..slots {
        // A swing of a few hours, with some noise, so that the alarm fires now and then.
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
    let answers = [Ok(vec![UnitSeries { unit: Unit::Milliseconds, points }])];
    let mut replayed = Replayed::new(alarm.name());
    let status = AlarmStatus::created(&alarm, start);
    let (took, _) =
        clock::timed(|| replay.run(status, &answers, &[], &mut |observed, step| replayed.take(&alarm, observed, step)));
    Ok((took, replayed))
}
