//! State reasons, in words and as JSON.

use nepho_engine::alarm::step;
use nepho_model::{AlarmState, Timestamp};

use super::text::{alarm, change, observed, status};

/// The reason with which an alarm goes from one state to another.
fn reason(definition: &str, from: &str, at: &str, points: &str) -> (String, String) {
    let to = change(&alarm(definition), from, at, points).to;
    (to.reason, to.reason_data.unwrap())
}

fn check(definition: &str, from: &str, at: &str, points: &str, expected: &str) {
    assert_eq!(reason(definition, from, at, points).0, expected, "{definition}, {points}");
}

#[test]
fn reasons_with_a_threshold() {
    let cases = [
        (
            "threshold=21",
            "OK",
            "2023-01-13T10:21:00Z",
            "21.5",
            "Threshold Crossed: 1 datapoint [21.5 (13/01/23 10:20:00)] was greater than the threshold (21.0).",
        ),
        (
            "threshold=21",
            "ALARM",
            "2023-01-13T10:21:00Z",
            "20",
            "Threshold Crossed: 1 datapoint [20.0 (13/01/23 10:20:00)] was not greater than the threshold (21.0).",
        ),
        (
            "threshold=21 N=2",
            "OK",
            "2023-01-13T10:21:00Z",
            "21.5 22",
            "Threshold Crossed: 2 datapoints [22.0 (13/01/23 10:20:00), 21.5 (13/01/23 10:19:00)] were greater than the \
             threshold (21.0).",
        ),
        (
            "threshold=0 N=3 M=3",
            "OK",
            "2023-01-13T10:21:00Z",
            "1 2 3",
            "Threshold Crossed: 3 out of the last 3 datapoints [3.0 (13/01/23 10:20:00), 2.0 (13/01/23 10:19:00), 1.0 \
             (13/01/23 10:18:00)] were greater than the threshold (0.0) (minimum 3 datapoints for OK -> ALARM \
             transition).",
        ),
        (
            "threshold=50 M=1",
            "ALARM",
            "2023-01-13T10:21:00Z",
            "40",
            "Threshold Crossed: 1 out of the last 1 datapoints [40.0 (13/01/23 10:20:00)] was not greater than the \
             threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).",
        ),
        (
            "threshold=50 N=5 M=3",
            "ALARM",
            "2023-01-13T10:21:00Z",
            "60 40 60 40 40",
            "Threshold Crossed: 3 out of the last 5 datapoints [40.0 (13/01/23 10:20:00), 40.0 (13/01/23 10:19:00), 40.0 \
             (13/01/23 10:17:00)] were not greater than the threshold (50.0) (minimum 3 datapoints for ALARM -> OK \
             transition).",
        ),
        (
            "threshold=1 op=<= M=1",
            "INSUFFICIENT",
            "2023-01-13T10:21:00Z",
            "1",
            "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (13/01/23 10:20:00)] was less than or equal to the \
             threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            "threshold=20000 op=>= period=300",
            "OK",
            "2023-01-13T10:21:00Z",
            "12345678.5",
            "Threshold Crossed: 1 datapoint [1.23456785E7 (13/01/23 10:16:00)] was greater than or equal to the threshold \
             (20000.0).",
        ),
        (
            "threshold=20 N=30 M=30",
            "OK",
            "2023-01-13T10:31:00Z",
            &"21 ".repeat(30),
            "Threshold Crossed: 30 out of the last 30 datapoints were greater than the threshold (20.0). The most recent \
             datapoints which crossed the threshold: [21.0 (13/01/23 10:30:00), 21.0 (13/01/23 10:29:00), 21.0 (13/01/23 \
             10:28:00), 21.0 (13/01/23 10:27:00), 21.0 (13/01/23 10:26:00)] (minimum 30 datapoints for OK -> ALARM \
             transition).",
        ),
        (
            "threshold=20 N=5 op=<",
            "OK",
            "2023-01-13T10:31:00Z",
            "1 2 3 4 5",
            "Threshold Crossed: 5 datapoints were less than the threshold (20.0). The most recent datapoints which \
             crossed the threshold: [5.0 (13/01/23 10:30:00), 4.0 (13/01/23 10:29:00), 3.0 (13/01/23 10:28:00), 2.0 \
             (13/01/23 10:27:00), 1.0 (13/01/23 10:26:00)].",
        ),
    ];
    for (definition, from, at, points, expected) in cases {
        check(definition, from, at, points, expected);
    }
}

#[test]
fn reasons_with_missing_datapoints() {
    let at = "2023-01-13T10:21:00Z";
    let cases = [
        (
            "N=2 treat=breaching",
            "OK",
            "",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as \
             [Breaching].",
        ),
        (
            "N=1 M=1 treat=notBreaching",
            "ALARM",
            "",
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as \
             [NonBreaching].",
        ),
        (
            "N=3 treat=breaching",
            "OK",
            "9 - - - 9",
            "Threshold Crossed: 2 datapoints [9.0 (13/01/23 10:20:00), 9.0 (13/01/23 10:16:00)] were greater than the \
             threshold (5.0) and 1 missing datapoint was treated as [Breaching].",
        ),
        (
            "N=5 M=5 treat=breaching",
            "OK",
            "9 9 - - -",
            "Threshold Crossed: 2 out of the last 5 datapoints [9.0 (13/01/23 10:17:00), 9.0 (13/01/23 10:16:00)] were \
             greater than the threshold (5.0) and 3 missing datapoints were treated as [Breaching] (minimum 5 datapoints \
             for OK -> ALARM transition).",
        ),
        (
            "N=3 M=2 treat=breaching",
            "OK",
            "- - - - 0",
            "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as \
             [Breaching].",
        ),
        (
            "N=3 M=2 treat=notBreaching",
            "ALARM",
            "- - - - 9",
            "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as \
             [NonBreaching].",
        ),
        // What does not speak for the state is not told.
        (
            "N=3 M=1 treat=notBreaching",
            "OK",
            "- - - - 9",
            "Threshold Crossed: 1 out of the last 3 datapoints [9.0 (13/01/23 10:20:00)] was greater than the threshold \
             (5.0) (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            "N=3 M=3 treat=missing",
            "OK",
            "- - 9 - -",
            "Threshold Crossed: 1 out of the last 3 datapoints [9.0 (13/01/23 10:18:00)] was greater than the threshold \
             (5.0) (minimum 3 datapoints for OK -> ALARM transition).",
        ),
        ("N=5", "OK", "", "Insufficient Data: 5 datapoints were unknown."),
        ("M=1 treat=missing", "ALARM", "", "Insufficient Data: 1 datapoint was unknown."),
    ];
    for (definition, from, points, expected) in cases {
        check(definition, from, at, points, expected);
    }
}

#[test]
fn reason_data_has_what_was_used_and_what_decided() {
    let cases = [
        (
            "stat=Average unit=Milliseconds threshold=31 period=300 N=3 op=>",
            "OK",
            "2025-07-03T08:34:06.300Z",
            "41*4 33.8*3 32.6*5",
            r#"{"version":"1.0","queryDate":"2025-07-03T08:34:06.300+0000","startDate":"2025-07-03T08:19:00.000+0000","unit":"Milliseconds","statistic":"Average","period":300,"recentDatapoints":[41.0,33.8,32.6],"threshold":31.0,"evaluatedDatapoints":[{"timestamp":"2025-07-03T08:29:00.000+0000","sampleCount":5.0,"value":32.6},{"timestamp":"2025-07-03T08:24:00.000+0000","sampleCount":3.0,"value":33.8},{"timestamp":"2025-07-03T08:19:00.000+0000","sampleCount":4.0,"value":41.0}]}"#,
        ),
        (
            "stat=Maximum threshold=5 N=3 M=2",
            "ALARM",
            "2025-07-03T08:34:00Z",
            "9 1 2",
            r#"{"version":"1.0","queryDate":"2025-07-03T08:34:00.000+0000","startDate":"2025-07-03T08:31:00.000+0000","statistic":"Maximum","period":60,"recentDatapoints":[9.0,1.0,2.0],"threshold":5.0,"evaluatedDatapoints":[{"timestamp":"2025-07-03T08:33:00.000+0000","sampleCount":1.0,"value":2.0},{"timestamp":"2025-07-03T08:32:00.000+0000","sampleCount":1.0,"value":1.0}]}"#,
        ),
        (
            "N=2",
            "OK",
            "2025-07-03T08:34:00Z",
            "",
            r#"{"version":"1.0","queryDate":"2025-07-03T08:34:00.000+0000","statistic":"Average","period":60,"recentDatapoints":[],"threshold":5.0,"evaluatedDatapoints":[{"timestamp":"2025-07-03T08:33:00.000+0000"},{"timestamp":"2025-07-03T08:32:00.000+0000"}]}"#,
        ),
        (
            "N=2 treat=breaching",
            "OK",
            "2025-07-03T08:34:00Z",
            "9 - - -",
            r#"{"version":"1.0","queryDate":"2025-07-03T08:34:00.000+0000","startDate":"2025-07-03T08:30:00.000+0000","statistic":"Average","period":60,"recentDatapoints":[9.0],"threshold":5.0,"evaluatedDatapoints":[{"timestamp":"2025-07-03T08:33:00.000+0000"},{"timestamp":"2025-07-03T08:30:00.000+0000","sampleCount":1.0,"value":9.0}]}"#,
        ),
        (
            "
            m1: Shop Errors Sum 60 hidden
            e1 = m1 * 2",
            "OK",
            "2025-07-03T08:34:00Z",
            "9",
            r#"{"version":"1.0","queryDate":"2025-07-03T08:34:00.000+0000","startDate":"2025-07-03T08:33:00.000+0000","period":60,"recentDatapoints":[18.0],"threshold":5.0,"evaluatedDatapoints":[{"timestamp":"2025-07-03T08:33:00.000+0000","value":18.0}]}"#,
        ),
    ];
    for (definition, from, at, points, expected) in cases {
        assert_eq!(reason(definition, from, at, points).1, expected, "{definition}, {points}");
    }
}

#[test]
fn reason_data_is_as_long_as_it_may_be() {
    for count in [10, 60, 200, 1440] {
        let (_, json) = reason(&format!("N={count}"), "OK", "2025-07-03T08:34:00Z", &"9.5 ".repeat(count));
        assert!(json.len() <= 4000, "{}", json.len());
        let recent = json.split_once("recentDatapoints\":[").unwrap().1.split_once(']').unwrap().0.split(',').count();
        let evaluated = json.matches("timestamp").count();
        match count {
            10 => assert_eq!((recent, evaluated), (10, 10)),
            60 => assert!(recent == 60 && (30..60).contains(&evaluated) && json.len() > 3900, "{evaluated}"),
            200 => assert!(recent == 200 && (20..60).contains(&evaluated)),
            _ => assert!(recent > 900 && evaluated == 0 && json.len() > 3990, "{recent}"),
        }
    }
}

#[test]
fn a_reason_stays_until_the_state_is_another() {
    let alarm = alarm("");
    let noon = Timestamp::from_seconds(1_777_896_000);
    let first = step(&alarm, &status(&alarm, AlarmState::Ok), &observed(&alarm, noon, "9"), noon);
    let after = first.status.unwrap();
    let later = noon.plus_seconds(60);
    let second = step(&alarm, &after, &observed(&alarm, later, "10"), later);
    assert!(second.status.is_none() && second.effects.is_empty() && second.state == AlarmState::Alarm);
}
