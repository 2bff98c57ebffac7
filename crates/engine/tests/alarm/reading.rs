//! What evaluations read, and what they see.

use nepho_engine::alarm::{Answer, Datum, EvaluationState, MetricAlarm, Observed, Reading, Rule, reads, step};
use nepho_model::{AlarmState, Detail, Metric, Point, Unit, UnitSeries};

use super::store::{Sample, Steady, Store};
use super::text::{NOON, alarm, cell, observed, status};

/// The values of a series, the oldest first.
fn values(observed: &Observed) -> String {
    let Answer::Series(data) = &observed.answer else { panic!("{:?}", observed.answer) };
    let word = |datum: &Option<Datum>| datum.map_or_else(|| "-".to_owned(), |datum| datum.value.to_string());
    data.iter().rev().map(word).collect::<Vec<_>>().join(" ")
}

fn samples(words: &str, unit: Unit, name: &str) -> Vec<Sample> {
    let words = words.split_whitespace().rev().enumerate().filter(|(_, word)| *word != "-");
    let sample = |(at, word): (usize, &str)| Sample {
        metric: Metric::new("Shop", name, &[]).unwrap(),
        unit,
        time: NOON.plus_seconds(-60 * (at as i64 + 1)),
        value: word.parse().unwrap(),
    };
    words.map(sample).collect()
}

#[test]
fn one_read_for_one_metric() {
    let cases = [
        ("N=3", -300, Detail::Numbers, None),
        ("N=2 period=300 unit=Seconds", -1200, Detail::Numbers, Some(Unit::Seconds)),
        ("stat= extended=p99", -180, Detail::Distribution, None),
    ];
    for (definition, start, detail, unit) in cases {
        let alarm = alarm(definition);
        let Reading::Points(reading) = reads(&alarm, NOON) else { panic!("it reads points") };
        let [read] = reading.reads() else { panic!("it is one") };
        assert_eq!((read.start, read.end), (NOON.plus_seconds(start), NOON));
        assert_eq!((read.detail, read.unit, read.period_seconds), (detail, unit, alarm.period().seconds()));
    }
}

#[test]
fn of_several_units_the_first_by_name_is_seen() {
    let store =
        Store([samples("7 - -", Unit::Seconds, "Latency"), samples("- 1 2", Unit::Milliseconds, "Latency")].concat());
    assert_eq!(values(&store.observe(&alarm("N=3"), NOON)), "- - - 1 2");
    assert_eq!(values(&store.observe(&alarm("N=3 unit=Seconds"), NOON)), "- - 7 - -");
    assert_eq!(values(&store.observe(&alarm("N=3 unit=Bytes"), NOON)), "- - - - -");
}

#[test]
fn a_percentile_without_a_distribution_is_missing() {
    let alarm = alarm("stat= extended=p50 N=2");
    let Reading::Points(reading) = reads(&alarm, NOON) else { panic!("it reads points") };
    let set = nepho_model::Cell::of_statistics(4.0, 10.0, 1.0, 4.0).unwrap();
    let points = vec![
        Point { time: NOON.plus_seconds(-120), cell: set },
        Point { time: NOON.plus_seconds(-60), cell: cell("3*4") },
    ];
    let answers = [Ok(vec![UnitSeries { unit: Unit::None, points }])];
    assert_eq!(values(&reading.observe(&answers, &[])), "- - - 3");
}

#[test]
fn expressions_see_the_whole_range() {
    let sources = [samples("1 2 - 4 5", Unit::Count, "Errors"), samples("10 - - 10 0", Unit::Count, "Orders")].concat();
    let store = Store(sources);
    let cases = [
        ("m1", "1 2 - 4 5"),
        ("m1 / m2 * 100", "10 - - 40 -"),
        ("FILL(m1, 0)", "1 2 0 4 5"),
        ("RUNNING_SUM(m1)", "1 3 - 7 12"),
        ("m1 - AVG(m1)", "-2 -1 - 1 2"),
        ("MINUTE(m1)", "55 56 57 58 59"),
        ("IF(m1 > 3, 1)", "- - - 1 1"),
        ("SUM(METRICS())", "11 2 - 14 5"),
    ];
    for (expression, expected) in cases {
        let alarm = alarm(&format!(
            "N=3
            m1: Shop Errors Sum 60 hidden
            m2: Shop Orders Sum 60 hidden
            e1 = {expression}"
        ));
        assert_eq!(values(&store.observe(&alarm, NOON)), expected, "{expression}");
    }
}

#[test]
fn expressions_on_short_periods_and_on_clocks_see_theirs() {
    let short = alarm(
        "N=2
        m1: Shop Errors Sum 20 hidden
        e1 = m1 * 1",
    );
    let sample = |seconds: i64| Sample {
        metric: Metric::new("Shop", "Errors", &[]).unwrap(),
        unit: Unit::Count,
        time: NOON.plus_seconds(seconds),
        value: 1.0,
    };
    let store = Store(vec![sample(-69), sample(-30), sample(-29), sample(-11), sample(-10), sample(9)]);
    // At 12:00:10 the periods begin at 11:58:50, 11:59:10, 11:59:30 and 11:59:50.
    assert_eq!(values(&store.observe(&short, NOON.plus_seconds(10))), "1 - 3 2");
    let clock = alarm(
        "N=2 clock=
        m1: Shop Errors Sum 300 hidden
        e1 = m1 * 1",
    );
    assert_eq!(values(&store.observe(&clock, NOON.plus_seconds(240))), "- 5");
}

fn band(options: &str) -> MetricAlarm {
    alarm(&format!(
        "band=ad1 {options}
        m1: Shop Latency Average 60
        ad1 = ANOMALY_DETECTION_BAND(m1, 2)"
    ))
}

#[test]
fn a_band_is_compared_with_and_told() {
    let cases = [
        (
            "op=outside M=1",
            "14",
            "Thresholds Crossed: 1 out of the last 1 datapoints [14.0 (04/05/26 11:59:00)] was less than the lower \
             thresholds [8.0] or greater than the upper thresholds [12.0] (minimum 1 datapoint for OK -> ALARM \
             transition).",
            r#""recentDatapoints":[14.0],"recentLowerThresholds":[8.0],"recentUpperThresholds":[12.0],"evaluatedDatapoints":[{"timestamp":"2026-05-04T11:59:00.000+0000","value":14.0,"lowerThreshold":8.0,"upperThreshold":12.0}]}"#,
        ),
        (
            "op=above N=2 M=2",
            "13 14",
            "Thresholds Crossed: 2 out of the last 2 datapoints [14.0 (04/05/26 11:59:00), 13.0 (04/05/26 11:58:00)] were \
             greater than the upper thresholds [12.0, 12.0] (minimum 2 datapoints for OK -> ALARM transition).",
            r#""recentDatapoints":[13.0,14.0],"recentUpperThresholds":[12.0,12.0],"evaluatedDatapoints":[{"timestamp":"2026-05-04T11:59:00.000+0000","value":14.0,"threshold":12.0},{"timestamp":"2026-05-04T11:58:00.000+0000","value":13.0,"threshold":12.0}]}"#,
        ),
        (
            "op=below",
            "3",
            "Thresholds Crossed: 1 datapoint [3.0 (04/05/26 11:59:00)] was less than the lower thresholds [8.0].",
            r#""recentDatapoints":[3.0],"recentLowerThresholds":[8.0],"evaluatedDatapoints":[{"timestamp":"2026-05-04T11:59:00.000+0000","value":3.0,"threshold":8.0}]}"#,
        ),
    ];
    for (options, points, reason, data) in cases {
        let alarm = band(options);
        let store = Store(samples(points, Unit::Milliseconds, "Latency"));
        let observed = store.observe(&alarm, NOON);
        let stepped = step(&alarm, &status(&alarm, AlarmState::Ok), &observed, NOON);
        let change = stepped.change().unwrap();
        assert_eq!(change.to.reason, reason, "{options}");
        let reason_data = change.to.reason_data.as_deref().unwrap();
        assert!(reason_data.ends_with(data) && !reason_data.contains("statistic"), "{reason_data}");
    }
    let inside = band("op=outside");
    let store = Store(samples("8", Unit::Milliseconds, "Latency"));
    let stepped = step(&inside, &status(&inside, AlarmState::Alarm), &store.observe(&inside, NOON), NOON);
    assert_eq!(
        stepped.change().unwrap().to.reason,
        "Thresholds Crossed: 1 datapoint [8.0 (04/05/26 11:59:00)] was not less than the lower thresholds [8.0] or not \
         greater than the upper thresholds [12.0]."
    );
}

#[test]
fn without_a_model_nothing_is_known() {
    let alarm = band("op=outside");
    let observed = observed(&alarm, NOON, "14");
    assert_eq!(values(&observed), "- - -");
    let stepped = step(&alarm, &status(&alarm, AlarmState::Ok), &observed, NOON);
    assert_eq!((stepped.state, stepped.why.rule), (AlarmState::InsufficientData, Rule::NoDatapoints));
    let Reading::Points(reading) = reads(&alarm, NOON) else { panic!("it reads points") };
    let points = vec![Point { time: NOON.plus_seconds(-60), cell: cell("14") }];
    let answers = [Ok(vec![UnitSeries { unit: Unit::None, points }])];
    assert_eq!(values(&reading.observe(&answers, &[Some(&Steady)])), "- - 14");
}

#[test]
fn what_cannot_be_computed_is_an_error_of_the_alarm() {
    let alarm = alarm("");
    let answer = Answer::Failed { reason: "too much".to_owned(), is_transient: false };
    let failed = Observed { answer, ..observed(&alarm, NOON, "9") };
    let stepped = step(&alarm, &status(&alarm, AlarmState::Ok), &failed, NOON);
    assert_eq!((stepped.state, stepped.effects.len()), (AlarmState::Ok, 0));
    assert_eq!(stepped.status.unwrap().evaluation_state, Some(EvaluationState::EvaluationError));
}

#[test]
fn the_longest_alarm_on_the_most_metrics_can_be_computed() {
    let metrics: String = (0..10).map(|at| format!("\n m{at}: Shop Errors{at} Sum 10 hidden")).collect();
    let alarm = alarm(&format!("N=8640 {metrics}\n e1 = FILL(m0, 0) + SUM(FILL(METRICS(), 1))"));
    let observed = Store::default().observe(&alarm, NOON);
    let Answer::Series(data) = observed.answer else { panic!("{:?}", observed.answer) };
    assert_eq!(data.len(), 11_520);
    assert!(data.iter().all(|datum| datum.is_some_and(|datum| datum.value == 10.0)));
}
