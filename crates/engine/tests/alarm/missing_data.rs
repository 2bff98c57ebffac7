//! The tables that AWS has published of missing data, and what follows from them.

use nepho_engine::Statistic;
use nepho_engine::alarm::{Answer, Role, Rule, explain, needed_samples};
use nepho_model::AlarmState;

use super::text::{NOON, alarm, lines, observed, state, status, stepped};
use nepho_engine::alarm::step;

/// Each line has points (0 does not breach, X does), how many fillers are needed, and the state with missing, ignore,
/// breaching and notBreaching; `keep` is whatever it was.
fn check(definition: &str, table: &str) {
    for line in lines(table) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let points = cells[0].replace('X', "9");
        for (treatment, expected) in ["missing", "ignore", "breaching", "notBreaching"].iter().zip(&cells[2..]) {
            let alarm = alarm(&format!("{definition} treat={treatment}"));
            for before in AlarmState::ALL {
                let stepped = stepped(&alarm, before, &points);
                let expected = if *expected == "keep" { before } else { state(expected) };
                assert_eq!(stepped.state, expected, "{line}, {treatment}, before {before}");
                assert_eq!(stepped.why.fillers.to_string(), cells[1], "{line}, {treatment}");
                assert_eq!(stepped.change().is_some(), before != expected);
            }
        }
    }
}

#[test]
fn three_of_three() {
    check(
        "N=3 M=3",
        "
        0 - X - X | 0 | OK           | OK    | OK    | OK
        0 - - - - | 2 | OK           | OK    | OK    | OK
        - - - - - | 3 | INSUFFICIENT | keep  | ALARM | OK
        0 X X - X | 0 | ALARM        | ALARM | ALARM | ALARM
        - - X - - | 2 | ALARM        | keep  | ALARM | OK
        ",
    );
}

#[test]
fn two_of_three() {
    check(
        "N=3 M=2 period=300",
        "
        0 - X - X | 0 | ALARM | ALARM | ALARM | ALARM
        0 0 X 0 X | 0 | ALARM | ALARM | ALARM | ALARM
        0 - X - - | 1 | OK    | OK    | ALARM | OK
        - - - - 0 | 2 | OK    | OK    | ALARM | OK
        - - - X - | 2 | ALARM | keep  | ALARM | OK
        ",
    );
}

#[test]
fn what_is_too_recent_does_not_alarm() {
    let alarm = alarm("N=3");
    for points in ["- - - - 9", "- - - 9 -", "- - - 9 0", "- - 9 - 0"] {
        for before in [AlarmState::Ok, AlarmState::InsufficientData] {
            assert_ne!(stepped(&alarm, before, points).state, AlarmState::Alarm, "{points}");
        }
    }
    // While all that is known breaches, an alarm stays one.
    for (points, rule) in [("- - - - 9", Rule::TooFewYet), ("- - - 9 -", Rule::TooFewYet)] {
        let stepped = stepped(&alarm, AlarmState::Alarm, points);
        assert_eq!((stepped.state, stepped.why.rule), (AlarmState::Alarm, rule));
        assert!(stepped.status.is_none() && stepped.effects.is_empty());
    }
    assert_eq!(stepped(&alarm, AlarmState::Ok, "- - 9 - -").why.rule, Rule::Premature);
}

#[test]
fn old_datapoints_count_until_they_are_out_of_range() {
    let alarm = alarm("N=3 treat=breaching");
    let at = |minutes: i64| {
        // One datapoint, which gets older.
        let points = format!("0 {}", "- ".repeat(minutes as usize));
        step(&alarm, &status(&alarm, AlarmState::Ok), &observed(&alarm, NOON, &points), NOON).state
    };
    assert_eq!((0..7).map(at).collect::<Vec<_>>(), {
        let (ok, alarm) = (AlarmState::Ok, AlarmState::Alarm);
        [ok, ok, ok, ok, ok, alarm, alarm]
    });
}

#[test]
fn the_range_is_a_third_longer_and_at_least_two() {
    let cases = [(1, 3), (2, 4), (3, 5), (5, 7), (6, 8), (8, 10), (9, 12), (12, 16), (30, 40), (60, 80)];
    for (periods, range) in cases {
        let alarm = alarm(&format!("N={periods}"));
        assert_eq!(nepho_engine::alarm::evaluation_range(&alarm), range);
    }
    let query = "\n q1 = SELECT MAX(Latency) FROM Shop ; period=60";
    let insights = [("N=135", 180), ("N=136", 180), ("N=180", 180), ("N=134", 178)];
    for (words, range) in insights {
        assert_eq!(nepho_engine::alarm::evaluation_range(&alarm(&format!("{words}{query}"))), range, "{words}");
    }
    assert_eq!(nepho_engine::alarm::evaluation_range(&alarm("N=3 clock=")), 3);
}

#[test]
fn each_rule_says_one_sentence() {
    for rule in Rule::ALL {
        let sentence = rule.sentence();
        assert!(sentence.ends_with('.') && !sentence.contains("  "), "{rule:?}");
    }
}

#[test]
fn each_period_has_a_role() {
    let alarm = alarm("N=3 M=2 treat=breaching");
    let roles = |points: &str| {
        let observed = observed(&alarm, NOON, points);
        let Answer::Series(data) = &observed.answer else { panic!("it is a series") };
        let (windows, why) = explain(&alarm, &observed, data);
        for (at, window) in windows.iter().enumerate() {
            assert_eq!(window.end, NOON.plus_seconds(-60 * at as i64));
            assert_eq!(window.start, NOON.plus_seconds(-60 * (at as i64 + 1)));
        }
        let words = windows.iter().rev().map(|window| match window.role {
            Role::Used { is_breaching: true } => "X",
            Role::Used { is_breaching: false } => "0",
            Role::Older => "older",
            Role::StandsIn { is_breaching: Some(true) } => "filled",
            Role::StandsIn { .. } => "unknown",
            Role::PassedOver => "-",
        });
        (words.collect::<Vec<_>>().join(" "), why.rule)
    };
    assert_eq!(roles("9 9 - 0 9"), ("older X - 0 X".to_owned(), Rule::EnoughBreach));
    assert_eq!(roles("- 0 - - -"), ("- 0 - filled filled".to_owned(), Rule::EnoughBreachWithMissing));
    assert_eq!(roles("9 - 0 0 -"), ("X - 0 0 -".to_owned(), Rule::TooFewBreach));
}

#[test]
fn a_percentile_needs_samples_in_its_tail() {
    let cases = [
        ("p99", "1000", "999.9"),
        ("p50", "20", "19.9"),
        ("p10", "100", "99"),
        ("p90", "100", "99"),
        ("p99.9", "10000", "9999"),
    ];
    for (statistic, enough, few) in cases {
        let needed = needed_samples(&Statistic::parse(statistic).unwrap()).unwrap();
        assert_eq!(needed.to_string(), enough, "{statistic}");
        let ignoring = alarm(&format!("stat= extended={statistic} low=ignore"));
        let state = |count: &str| stepped(&ignoring, AlarmState::InsufficientData, &format!("9*{count}"));
        assert_eq!(state(enough).state, AlarmState::Alarm, "{statistic}");
        assert_eq!(state(few).state, AlarmState::InsufficientData, "{statistic}");
        assert_eq!(state(few).why.rule, Rule::LowSamples);
        for low in ["", "low=evaluate"] {
            let alarm = alarm(&format!("stat= extended={statistic} {low}"));
            assert_eq!(stepped(&alarm, AlarmState::Ok, &format!("9*{few}")).state, AlarmState::Alarm);
        }
    }
    // Only percentiles have a tail; only datapoints that are used have to be sound.
    let others = [
        ("stat= extended=tm99 low=ignore", "9*2"),
        ("low=ignore", "9*2"),
        ("stat= extended=p50 low=ignore", "9*2 9*20"),
    ];
    for (definition, points) in others {
        assert_eq!(stepped(&alarm(definition), AlarmState::Ok, points).state, AlarmState::Alarm, "{definition}");
    }
    let both = alarm("stat= extended=p50 low=ignore N=2");
    assert_eq!(stepped(&both, AlarmState::Ok, "9*2 9*20").why.rule, Rule::LowSamples);
}

#[test]
fn what_cannot_be_read_leaves_the_state() {
    use nepho_engine::alarm::{EvaluationState, Reading, reads};
    let alarm = alarm("");
    let Reading::Points(reading) = reads(&alarm, NOON) else { panic!("it reads points") };
    let failed = reading.observe(&[Err("the disk is gone".to_owned())], &[]);
    let before = status(&alarm, AlarmState::Alarm);
    let first = step(&alarm, &before, &failed, NOON);
    assert_eq!((first.state, first.why.rule), (AlarmState::Alarm, Rule::NotEvaluated));
    let after = first.status.unwrap();
    assert_eq!(after.evaluation_state, Some(EvaluationState::EvaluationFailure));
    assert_eq!(after.state, before.state);
    assert!(step(&alarm, &after, &failed, NOON).status.is_none(), "it is told once");
    let back = step(&alarm, &after, &observed(&alarm, NOON, "9"), NOON);
    assert_eq!(back.status.unwrap().evaluation_state, None);
    assert!(back.effects.is_empty());
}
