//! A replay comes to what evaluations come to one by one.

use nepho_engine::alarm::{AlarmStatus, MetricAlarm, Observed, Replay, Step, next_evaluation, step};
use nepho_model::{Cell, Detail, Metric, Point, Read, Timestamp, Unit, UnitSeries};
use proptest::prelude::*;

use super::store::{Sample, Steady, Store};
use super::text::{NOON, alarm, time};

/// Every evaluation of a range, with what was observed.
type Run = Vec<(Observed, Step)>;

fn one_by_one(alarm: &MetricAlarm, store: &Store, start: Timestamp, end: Timestamp) -> (Run, AlarmStatus) {
    let (mut status, mut run) = (AlarmStatus::created(alarm, start), Vec::new());
    let mut time = next_evaluation(alarm, Timestamp::from_millis(start.millis() - 1));
    while time < end {
        let observed = store.observe(alarm, time);
        let step = step(alarm, &status, &observed, time);
        status = step.status.clone().map_or(status, |status| *status);
        run.push((observed, step));
        time = next_evaluation(alarm, time);
    }
    (run, status)
}

fn replayed(alarm: &MetricAlarm, store: &Store, start: Timestamp, end: Timestamp) -> (Run, AlarmStatus) {
    let mut replay = Replay::new(alarm, start, end);
    if let Some(search) = replay.search() {
        replay = replay.with_found(store.find(&search));
    }
    let (answers, mut run) = (store.read_all(replay.reads()), Vec::new());
    let status = AlarmStatus::created(alarm, start);
    let mut visit = |observed: &Observed, step: &Step| run.push((observed.clone(), step.clone()));
    let status = replay.run(status, &answers, &[Some(&Steady)], &mut visit);
    (run, status)
}

fn check(alarm: &MetricAlarm, store: &Store, start: Timestamp, end: Timestamp) {
    let (expected, status) = one_by_one(alarm, store, start, end);
    let (run, replayed_status) = replayed(alarm, store, start, end);
    assert_eq!(run.len(), expected.len());
    for ((observed, step), (expected_observed, expected_step)) in run.iter().zip(&expected) {
        assert_eq!(observed, expected_observed);
        assert_eq!(step, expected_step, "{observed:?}");
    }
    assert_eq!(replayed_status, status);
}

const ALARMS: [&str; 25] = [
    "stat=Average threshold=10",
    "stat=Sum period=300 N=3 M=2 threshold=60 treat=breaching",
    "stat=Maximum period=10 N=2 threshold=15 treat=ignore",
    "stat=Minimum period=20 threshold=5 op=< treat=notBreaching",
    "stat=SampleCount period=30 N=3 threshold=1",
    "stat= extended=p90 period=180 threshold=12",
    "stat= extended=tm50 period=3600 threshold=10 warmup=15",
    "stat=Sum period=3600 N=2 threshold=500 unit=Count",
    "stat=Sum period=300 N=2 threshold=60 clock=+05:45",
    "stat=Average period=60 N=2 threshold=10 clock=Europe/Berlin",
    "N=2 threshold=0.9 op=<
        m1: Shop Errors Sum 120 hidden
        m2: Shop Latency Sum 120 hidden
        e1 = FILL(m1, 0) / m2",
    "N=3 M=2 threshold=30 treat=breaching
        m1: Shop Errors Sum 60 hidden
        m2: Shop Latency SampleCount 60 hidden
        e1 = 100 * m1 / (m1 + m2)",
    "N=2 threshold=0 op=<
        m1: Shop Errors Maximum 300 hidden
        m2: Shop Latency p90 300 hidden
        e1 = IF(m1 > 5, -LOG(m2), CEIL(m1)) * e2
        e2 = FILL(m2, 3) - 10 ; hidden",
    "N=2 threshold=10 clock=+01:00
        m1: Shop Latency Sum 300 hidden
        e1 = ABS(m1 - 40)",
    "threshold=12 period= N=3 M=2
        m1: Shop Latency Average 60 hidden
        e1 = RUNNING_SUM(m1) / 2 + MINUTE(m1) / 10",
    "band=ad1 op=outside N=2
        m1: Shop Latency Average 60
        ad1 = ANOMALY_DETECTION_BAND(m1, 4)",
    "threshold=12 N=2
        q1 = SELECT MAX(Latency) FROM Shop ; period=60",
    "threshold=12 N=2 M=1
        q1 = SELECT AVG(Latency) FROM Shop GROUP BY Host ORDER BY MAX() DESC ; period=120",
    "threshold=0.1 N=3
        m1: Shop Latency Average 60 hidden
        e1 = RATE(m1)",
    "threshold=10 N=4 M=2 treat=ignore
        m1: Shop Latency Sum 300 hidden
        m2: Shop Errors Sum 300 hidden
        e1 = RUNNING_SUM(m1) - DIFF(FILL(m2, REPEAT)) + IF(m1 > 20, m2, DIFF_TIME(m1) / 60)",
    "threshold=10 N=2 clock=+01:00
        m1: Shop Latency Maximum 300 hidden
        m2: Shop Errors Sum 300 hidden
        e1 = FILL(m1, LINEAR) + SUM(RATE([m1, m2])) / STDDEV([m1, m2, e2])
        e2 = RUNNING_SUM(m2) / 3 ; hidden",
    "threshold=5 N=5 M=2 treat=breaching
        m1: Shop Latency p90 120 hidden
        m2: Shop Errors Sum 120 hidden
        e1 = DIFF(SUM(METRICS('m')))",
    "threshold=30 N=100 M=3 period=
        m1: Shop Latency Sum 10 hidden
        e1 = RUNNING_SUM(FILL(m1, 0)) / 10",
    "threshold=3 N=3 M=2
        m1: Shop Latency Average 60 hidden
        e1 = RATE(m1) + m1 - AVG(m1)",
    "threshold=20 N=3
        m1: Shop Latency Average 20 hidden
        e1 = m1 * 2 + EPOCH(m1) * 0",
];

fn sample() -> impl Strategy<Value = (usize, bool, i64, u32)> {
    (0usize..4, prop::bool::weighted(0.1), -7200i64..5400, 0u32..25)
}

fn store(samples: Vec<(usize, bool, i64, u32)>) -> Store {
    let metric = |which| match which {
        0 => Metric::new("Shop", "Errors", &[]),
        1 => Metric::new("Shop", "Latency", &[("Host", "a")]),
        2 => Metric::new("Shop", "Latency", &[("Host", "b")]),
        _ => Metric::new("Shop", "Latency", &[]),
    };
    let mut samples: Vec<_> = samples
        .into_iter()
        .map(|(which, is_other, seconds, value)| Sample {
            metric: metric(which).unwrap(),
            unit: if is_other { Unit::Count } else { Unit::Milliseconds },
            time: NOON.plus_seconds(seconds),
            value: f64::from(value),
        })
        .collect();
    samples.sort_by_key(|sample| sample.time);
    Store(samples)
}

proptest! {
    #[test]
    fn a_replay_is_evaluations_one_by_one(
        which in prop::sample::select(&ALARMS[..]),
        samples in prop::collection::vec(sample(), 0..300),
        offset in 0i64..120,
    ) {
        let alarm = alarm(which);
        let start = NOON.plus_seconds(offset);
        check(&alarm, &store(samples), start, start.plus_seconds(4000));
    }
}

/// Where only statistics are known, and only every five minutes, the evaluations that are due then come to the same.
#[test]
fn a_replay_of_statistics_comes_to_the_same() {
    let samples = (0i64..90).map(|minute| Sample {
        metric: Metric::new("Shop", "Latency", &[]).unwrap(),
        unit: Unit::Milliseconds,
        time: NOON.plus_seconds(minute * 60 - 1800),
        value: ((minute * 7) % 25) as f64,
    });
    let store = Store(samples.filter(|sample| sample.value > 2.0).collect());
    let (start, end) = (NOON.plus_seconds(1), NOON.plus_seconds(3600));
    for (definition, cadence) in [
        ("stat= extended=p90 period=600 threshold=20 N=2", 60),
        ("stat= extended=PR(10:20) period=300 threshold=50", 300),
        ("stat=Sum period=600 threshold=80", 300),
    ] {
        let alarm = alarm(definition);
        let replay = Replay::every(cadence, &alarm, start, end).of_statistics();
        let [read] = replay.reads() else { panic!("it is on one metric") };
        let statistic = replay.statistics()[0];
        let answer = match read.detail {
            Detail::Numbers => store.read_all(replay.reads()).remove(0).unwrap(),
            Detail::Distribution => {
                let slots = (read.end.seconds() - read.start.seconds()) / read.period_seconds;
                let whole = (0..slots).filter_map(|slot| {
                    let time = read.start.plus_seconds(slot * read.period_seconds);
                    let period = alarm.period().seconds();
                    let one =
                        Read { start: time, end: time.plus_seconds(period), period_seconds: period, ..read.clone() };
                    let units = store.read_all(&[one]).remove(0).unwrap();
                    let cell = &units.first()?.points.first()?.cell;
                    let value = Cell::of_values(&[statistic.evaluate(cell)?], &[cell.count()]).unwrap();
                    Some(Point { time, cell: value })
                });
                vec![UnitSeries { unit: Unit::Milliseconds, points: whole.collect() }]
            }
        };
        let mut seen = Vec::new();
        let mut visit = |observed: &Observed, _: &Step| seen.push(observed.clone());
        replay.run(AlarmStatus::created(&alarm, start), &[Ok(answer)], &[], &mut visit);
        let (all, _) = one_by_one(&alarm, &store, start, end);
        let due = all.into_iter().map(|(observed, _)| observed).filter(|one| one.time.seconds() % cadence == 0);
        assert_eq!(seen, due.collect::<Vec<_>>(), "{definition}");
    }
}

#[test]
fn days_are_replayed_by_the_hour_and_by_the_clock() {
    let samples = (0..24 * 12).map(|hour| Sample {
        metric: Metric::new("Shop", "Latency", &[]).unwrap(),
        unit: Unit::Milliseconds,
        time: time("2026-03-24T00:30:00Z").plus_seconds(hour * 3600),
        value: ((hour * 7) % 12) as f64,
    });
    let store = Store(samples.filter(|sample| sample.value > 1.0).collect());
    let (start, end) = (time("2026-03-27T10:07:00Z"), time("2026-04-02T10:00:00Z"));
    for definition in [
        "stat=Sum period=86400 N=2 threshold=132",
        "stat=SampleCount period=86400 N=2 threshold=20 clock=Europe/Berlin op=<",
        "stat= extended=p50 period=86400 N=1 threshold=6 clock=Europe/Berlin",
        "stat=Sum period=5400 N=17 M=3 threshold=14",
        "stat=Average period=3600 N=30 M=3 threshold=9 treat=notBreaching",
        "N=2 threshold=132 clock=Europe/Berlin
            m1: Shop Latency Sum 86400 hidden
            e1 = m1 + 1",
    ] {
        check(&alarm(definition), &store, start, end);
    }
}

/// More evaluations than are computed at once: each begins anew with the running sum.
#[test]
fn a_long_replay_is_computed_in_parts() {
    let samples = (0i64..900).map(|slot| Sample {
        metric: Metric::new("Shop", "Latency", &[]).unwrap(),
        unit: Unit::Milliseconds,
        time: NOON.plus_seconds(slot * 10 - 1500),
        value: ((slot * 7) % 23) as f64 / 10.0,
    });
    let store = Store(samples.filter(|sample| sample.value > 0.3).collect());
    let alarm = alarm(
        "threshold=30 N=100 M=3 period=
            m1: Shop Latency Sum 10 hidden
            e1 = RUNNING_SUM(m1) + RATE(m1)",
    );
    check(&alarm, &store, NOON, NOON.plus_seconds(6000));
}

#[test]
fn a_replay_of_nothing_evaluates_nothing() {
    for definition in ALARMS {
        check(&alarm(definition), &Store::default(), NOON, NOON);
        check(&alarm(definition), &Store::default(), NOON.plus_seconds(1), NOON.plus_seconds(2));
    }
}
