//! How long alarms take to evaluate without the store, one by one and replayed over a month: `cargo run --release -p
//! nepho-engine --example alarm_speed`.
#![expect(clippy::print_stdout, reason = "it prints a table")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use nepho_engine::alarm::{
    AlarmStatus, MetricAlarm, Parameters, QueryParameters, Reading, Replay, StatParameters, reads, step,
};
use nepho_model::{Cell, Point, Read, Scope, Timestamp, Unit, UnitSeries};

const NOON: Timestamp = Timestamp::from_seconds(1_777_896_000);
const EVALUATIONS: usize = 200_000;
const DAYS: i64 = 30;

fn main() {
    println!("| alarm | an evaluation | {DAYS} days | changes |");
    println!("| --- | --- | --- | --- |");
    for (name, parameters) in alarms() {
        let alarm = MetricAlarm::new(&Scope::new("123456789012", "us-east-1"), &parameters, &|_| None);
        let alarm = alarm.expect("the alarm is valid");
        let each = one_by_one(&alarm);
        let (month, changes) = month(&alarm);
        println!("| {name} | {each:.3?} | {month:.3?} | {changes} |");
    }
}

/// Reads, datapoints, state; not what the store does in between.
fn one_by_one(alarm: &MetricAlarm) -> Duration {
    let Reading::Points(reading) = reads(alarm, NOON) else { unreachable!("all read points") };
    let answers: Vec<_> = reading.reads().iter().map(|read| Ok(answer(read))).collect();
    let mut status = AlarmStatus::created(alarm, NOON);
    let began = Instant::now();
    for _ in 0..EVALUATIONS {
        let Reading::Points(reading) = reads(black_box(alarm), NOON) else { unreachable!("all read points") };
        let observed = reading.observe(&answers, &[]);
        if let Some(changed) = step(alarm, &status, &observed, NOON).status {
            status = *changed;
        }
    }
    began.elapsed() / EVALUATIONS as u32
}

fn month(alarm: &MetricAlarm) -> (Duration, usize) {
    let start = NOON.plus_seconds(-DAYS * 86_400);
    let replay = Replay::new(alarm, start, NOON);
    let answers: Vec<_> = replay.reads().iter().map(|read| Ok(answer(read))).collect();
    let began = Instant::now();
    let mut changes = 0;
    let mut visit = |_: &_, step: &nepho_engine::alarm::Step| changes += usize::from(step.change().is_some());
    black_box(replay.run(AlarmStatus::created(alarm, start), &answers, &[], &mut visit));
    (began.elapsed(), changes)
}

/// A point in every period, of twenty samples where the distribution is asked for; too high for an hour a day.
fn answer(read: &Read) -> Vec<UnitSeries> {
    let periods = (read.end.seconds() - read.start.seconds()) / read.period_seconds;
    let point = |period: i64| {
        let time = read.start.plus_seconds(period * read.period_seconds);
        let high = if time.seconds() % 86_400 < 3600 { 50 } else { 0 };
        let values: Vec<_> = (0..20).map(|sample| ((period * 7 + sample * 3) % 40 + high) as f64).collect();
        let cell = match read.detail {
            nepho_model::Detail::Numbers => Cell::of(values[0]),
            nepho_model::Detail::Distribution => Cell::of_values(&values, &[]).expect("they are values"),
        };
        Point { time, cell }
    };
    vec![UnitSeries { unit: Unit::Milliseconds, points: (0..periods).map(point).collect() }]
}

fn alarms() -> Vec<(&'static str, Parameters)> {
    let base = || Parameters {
        alarm_name: Some("Slow".to_owned()),
        threshold: Some(48.0),
        comparison_operator: Some("GreaterThanThreshold".to_owned()),
        evaluation_periods: Some(1),
        ..Parameters::default()
    };
    let scalar = |period, statistic: &str, periods| {
        let is_basic = statistic == "Average";
        Parameters {
            namespace: Some("Shop".to_owned()),
            metric_name: Some("Latency".to_owned()),
            dimensions: vec![("Host".to_owned(), "web-1".to_owned()), ("Zone".to_owned(), "a".to_owned())],
            period: Some(period),
            statistic: is_basic.then(|| statistic.to_owned()),
            extended_statistic: (!is_basic).then(|| statistic.to_owned()),
            evaluation_periods: Some(periods),
            ..base()
        }
    };
    let metric = |id: &str, name: &str| QueryParameters {
        id: Some(id.to_owned()),
        metric_stat: Some(StatParameters {
            namespace: Some("Shop".to_owned()),
            metric_name: Some(name.to_owned()),
            period: Some(60),
            stat: Some("Sum".to_owned()),
            ..StatParameters::default()
        }),
        return_data: Some(false),
        ..QueryParameters::default()
    };
    let math = |text: &str, periods| {
        let expression = Some(text.to_owned());
        let expression = QueryParameters { id: Some("e1".to_owned()), expression, ..Default::default() };
        let metrics = vec![metric("m1", "Errors"), metric("m2", "Orders"), expression];
        Parameters { metrics, evaluation_periods: Some(periods), ..base() }
    };
    vec![
        ("Average of 60 s", scalar(60, "Average", 1)),
        ("Average of 60 s, N = 15", scalar(60, "Average", 15)),
        ("Average of 300 s, N = 3", scalar(300, "Average", 3)),
        ("Average of an hour", scalar(3600, "Average", 1)),
        ("p99 of 60 s", scalar(60, "p99", 1)),
        ("p99 of 300 s, N = 3", scalar(300, "p99", 3)),
        ("Average of 10 s, N = 3", scalar(10, "Average", 3)),
        ("100 * m1 / m2 of 60 s, N = 3", math("100 * m1 / m2", 3)),
        ("RATE(m1) + m2 of 60 s, N = 3", math("RATE(m1) + m2", 3)),
        ("RUNNING_SUM(m1) / SUM([m1, m2]), N = 15", math("RUNNING_SUM(m1) / SUM([m1, m2])", 15)),
        ("FILL(m1, REPEAT) + m2 of 60 s, N = 60", math("FILL(m1, REPEAT) + m2", 60)),
        ("m1 - AVG(m2) of 60 s, N = 3", math("m1 - AVG(m2)", 3)),
    ]
}
