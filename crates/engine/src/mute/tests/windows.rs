//! When rules mute, in UTC.

use super::*;

/// The windows from `from` on, as `start/end`.
fn windows(rule: &MuteRule, from: &str, count: usize) -> Vec<String> {
    let mut time = utc(from);
    let mut found = Vec::new();
    while found.len() < count {
        if let Some(window) = rule.window_at(time) {
            assert_eq!(rule.next_change(time), Some(window.end));
            found.push(format!("{}/{}", shown(window.start), shown(window.end)));
        }
        let Some(next) = rule.next_change(time) else { break };
        assert!(next > time);
        time = next;
    }
    found
}

#[track_caller]
fn check(expression: &str, duration: &str, zone: &str, from: &str, expected: &[&str]) {
    assert_eq!(
        windows(&rule(expression, duration, zone), from, expected.len().max(1)),
        expected,
        "{expression} {zone}"
    );
}

#[test]
fn windows_begin_by_the_clock_of_the_zone() {
    check("0 2 * * SUN", "PT4H", "Etc/UTC", "2026-05-04T00:00", &["2026-05-10T02:00/2026-05-10T06:00"]);
    check("0 2 * * SUN", "PT4H", "America/New_York", "2026-05-04T00:00", &["2026-05-10T06:00/2026-05-10T10:00"]);
    check("0 2 * * SUN", "PT4H", "Asia/Kathmandu", "2026-05-04T00:00", &["2026-05-09T20:15/2026-05-10T00:15"]);
    check(
        "0 2 * * *",
        "PT4H",
        "America/New_York",
        "2026-03-06T12:00",
        &[
            "2026-03-07T07:00/2026-03-07T11:00",
            "2026-03-08T07:00/2026-03-08T11:00",
            "2026-03-09T06:00/2026-03-09T10:00",
        ],
    );
    check(
        "0 23 * * *",
        "PT2H",
        "Europe/London",
        "2026-10-24T00:00",
        &["2026-10-24T22:00/2026-10-25T00:00", "2026-10-25T23:00/2026-10-26T01:00"],
    );
    check("0 23 * * *", "PT2H", "America/Phoenix", "2026-03-08T00:00", &["2026-03-08T06:00/2026-03-08T08:00"]);
}

#[test]
fn a_skipped_time_is_the_moment_at_which_clocks_are_put_forward() {
    // New York skips 02:00 to 03:00 on 8 March, at 07:00 in UTC.
    for minute in ["0", "1", "30", "59"] {
        check(
            &format!("{minute} 2 8 3 *"),
            "PT10M",
            "America/New_York",
            "2026-03-01T00:00",
            &["2026-03-08T07:00/2026-03-08T07:10"],
        );
    }
    check("0 3 8 3 *", "PT10M", "America/New_York", "2026-03-01T00:00", &["2026-03-08T07:00/2026-03-08T07:10"]);
    check("59 1 8 3 *", "PT10M", "America/New_York", "2026-03-01T00:00", &["2026-03-08T06:59/2026-03-08T07:09"]);
    check(
        "at(2026-03-08T02:30)",
        "PT10M",
        "America/New_York",
        "2026-03-01T00:00",
        &["2026-03-08T07:00/2026-03-08T07:10"],
    );
    // London skips 01:00 to 02:00 on 29 March, Sydney 02:00 to 03:00 on 4 October, Lord Howe half an hour, and Beirut the
    // first hour of 29 March.
    check("30 1 29 3 *", "PT1H", "Europe/London", "2026-03-01T00:00", &["2026-03-29T01:00/2026-03-29T02:00"]);
    check("30 2 4 10 *", "PT1H", "Australia/Sydney", "2026-09-01T00:00", &["2026-10-03T16:00/2026-10-03T17:00"]);
    check("15 2 4 10 *", "PT1H", "Australia/Lord_Howe", "2026-09-01T00:00", &["2026-10-03T15:30/2026-10-03T16:30"]);
    check("0 0 29 3 *", "PT1H", "Asia/Beirut", "2026-03-01T00:00", &["2026-03-28T22:00/2026-03-28T23:00"]);
}

#[test]
fn what_comes_twice_counts_once_and_at_first() {
    // New York has 01:00 to 02:00 twice on 1 November: from 05:00 and from 06:00 in UTC.
    check(
        "30 1 1 11 *",
        "PT10M",
        "America/New_York",
        "2026-10-01T00:00",
        &["2026-11-01T05:30/2026-11-01T05:40", "2027-11-01T05:30/2027-11-01T05:40"],
    );
    check(
        "at(2026-11-01T01:30)",
        "PT10M",
        "America/New_York",
        "2026-10-01T00:00",
        &["2026-11-01T05:30/2026-11-01T05:40"],
    );
    check(
        "0,30 * 1 11 *",
        "PT10M",
        "America/New_York",
        "2026-11-01T05:15",
        &["2026-11-01T05:30/2026-11-01T05:40", "2026-11-01T07:00/2026-11-01T07:10"],
    );
    // From within the hour that comes again.
    let rule = rule("30 1 * * *", "PT45M", "America/New_York");
    assert!(rule.is_muting(utc("2026-11-01T06:14")) && !rule.is_muting(utc("2026-11-01T06:15")));
    assert!(!rule.is_muting(utc("2026-11-01T06:30")));
    assert_eq!(rule.next_change(utc("2026-11-01T06:20")), Some(utc("2026-11-02T06:30")));
    check("30 2 5 4 *", "PT1H", "Australia/Sydney", "2026-03-01T00:00", &["2026-04-04T15:30/2026-04-04T16:30"]);
    check("45 1 5 4 *", "PT1H", "Australia/Lord_Howe", "2026-03-01T00:00", &["2026-04-04T14:45/2026-04-04T15:45"]);
    check("30 23 24 10 *", "PT1H", "Asia/Beirut", "2026-10-01T00:00", &["2026-10-24T20:30/2026-10-24T21:30"]);
}

#[test]
fn days_are_those_of_the_calendar_and_hours_pass() {
    // From Friday 18:00 to Monday 06:00, wherever a weekend has an hour more or less.
    for (from, expected) in [
        ("2026-03-03T00:00", "2026-03-06T23:00/2026-03-09T10:00"),
        ("2026-03-09T12:00", "2026-03-13T22:00/2026-03-16T10:00"),
        ("2026-10-26T12:00", "2026-10-30T22:00/2026-11-02T11:00"),
    ] {
        check("0 18 * * FRI", "P2DT12H", "America/New_York", from, &[expected]);
    }
    check("0 18 * * FRI", "PT60H", "America/New_York", "2026-03-03T00:00", &["2026-03-06T23:00/2026-03-09T11:00"]);
    // A day that would end in what is skipped ends when clocks are put forward.
    check("30 2 7 3 *", "P1D", "America/New_York", "2026-03-01T00:00", &["2026-03-07T07:30/2026-03-08T07:00"]);
    check("30 1 31 10 *", "P1D", "America/New_York", "2026-10-01T00:00", &["2026-10-31T05:30/2026-11-01T05:30"]);
}

#[test]
fn months_end_where_they_do() {
    check(
        "0 1 1 * *",
        "PT6H",
        "Etc/UTC",
        "2026-01-15T00:00",
        &["2026-02-01T01:00/2026-02-01T07:00", "2026-03-01T01:00/2026-03-01T07:00"],
    );
    check(
        "0 23 31 * *",
        "PT2H",
        "Etc/UTC",
        "2026-01-15T00:00",
        &["2026-01-31T23:00/2026-02-01T01:00", "2026-03-31T23:00/2026-04-01T01:00"],
    );
    check("0 0 29 2 *", "P1D", "Etc/UTC", "2026-01-15T00:00", &["2028-02-29T00:00/2028-03-01T00:00"]);
    check("0 0 30 1 *", "P2D", "Etc/UTC", "2026-01-15T00:00", &["2026-01-30T00:00/2026-02-01T00:00"]);
}

#[test]
fn at_mutes_once() {
    let rule = rule("at(2026-12-23T00:00)", "P7D", "Etc/UTC");
    assert_eq!(windows(&rule, "2026-01-01T00:00", 2), ["2026-12-23T00:00/2026-12-30T00:00"]);
    for (time, status) in [
        ("2026-12-22T23:59:59", MuteStatus::Scheduled),
        ("2026-12-23T00:00", MuteStatus::Active),
        ("2026-12-29T23:59:59", MuteStatus::Active),
        ("2026-12-30T00:00", MuteStatus::Expired),
        ("2030-01-01T00:00", MuteStatus::Expired),
    ] {
        assert_eq!(rule.status(utc(time)), status, "{time}");
        assert_eq!(rule.is_muting(utc(time)), status == MuteStatus::Active, "{time}");
    }
    assert_eq!(rule.next_change(utc("2026-12-30T00:00")), None);
}

#[test]
fn occurrences_that_overlap_are_one_window() {
    check(
        "0 2,4,6,9 * * *",
        "PT2H",
        "Etc/UTC",
        "2026-05-04T00:00",
        &["2026-05-04T02:00/2026-05-04T08:00", "2026-05-04T09:00/2026-05-04T11:00"],
    );
    check("0 2,3 * * *", "PT4H", "Etc/UTC", "2026-05-04T00:00", &["2026-05-04T02:00/2026-05-04T07:00"]);
    assert_eq!(
        windows(&rule("0 2,4,6 * * *", "PT2H", "Etc/UTC"), "2026-05-04T05:00", 1),
        ["2026-05-04T02:00/2026-05-04T08:00"]
    );
    // Mutes for ever, and is looked at again.
    let rule = rule("* * * * *", "PT1M", "Etc/UTC");
    let now = utc("2026-05-04T00:00");
    let window = rule.window_at(now).unwrap();
    let joined = i64::try_from(MAX_JOINED).unwrap() - 1;
    assert_eq!((window.start, window.end), (now.plus_seconds(-60 * joined), now.plus_seconds(60 * (joined + 1))));
    assert!(rule.is_muting(window.end) && rule.next_change(now) == Some(window.end));
}

fn dated(start: Option<&str>, expire: Option<&str>, zone: &str) -> MuteRule {
    let (start_date, expire_date) = (start.map(utc), expire.map(utc));
    rule_of(Parameters { start_date, expire_date, ..parameters("0 2 * * *", "PT4H", zone) })
}

#[test]
fn dates_bound_what_is_muted() {
    let rule = dated(Some("2026-05-05T04:00"), Some("2026-05-07T03:00"), "Etc/UTC");
    assert_eq!(
        windows(&rule, "2026-05-04T00:00", 9),
        ["2026-05-05T04:00/2026-05-05T06:00", "2026-05-06T02:00/2026-05-06T06:00", "2026-05-07T02:00/2026-05-07T03:00",]
    );
    for (time, status) in [
        ("2026-05-04T03:00", MuteStatus::Scheduled),
        ("2026-05-05T03:59:59", MuteStatus::Scheduled),
        ("2026-05-05T04:00", MuteStatus::Active),
        ("2026-05-05T06:00", MuteStatus::Scheduled),
        ("2026-05-07T02:59:59", MuteStatus::Active),
        ("2026-05-07T03:00", MuteStatus::Expired),
    ] {
        assert_eq!(rule.status(utc(time)), status, "{time}");
    }
    assert_eq!(rule.next_change(utc("2026-05-07T03:00")), None);
    // It never mutes: it ends before its first occurrence.
    let rule = dated(Some("2026-05-05T06:00"), Some("2026-05-06T02:00"), "Etc/UTC");
    assert_eq!(windows(&rule, "2026-05-04T00:00", 1), [""; 0]);
    assert_eq!(rule.next_change(utc("2026-05-04T00:00")), None);
    assert_eq!(rule.status(utc("2026-05-05T12:00")), MuteStatus::Scheduled);
    assert_eq!(rule.status(utc("2026-05-06T02:00")), MuteStatus::Expired);
}

#[test]
fn dates_are_readings_on_the_clock_of_the_zone() {
    // From midnight of 5 May to midnight of 7 May in New York.
    let rule = dated(Some("2026-05-05T00:00"), Some("2026-05-07T00:00"), "America/New_York");
    assert_eq!(
        windows(&rule, "2026-05-04T00:00", 9),
        ["2026-05-05T06:00/2026-05-05T10:00", "2026-05-06T06:00/2026-05-06T10:00"]
    );
    assert_eq!(rule.status(utc("2026-05-07T03:59")), MuteStatus::Scheduled);
    assert_eq!(rule.status(utc("2026-05-07T04:00")), MuteStatus::Expired);
}

#[test]
fn a_rule_that_is_put_within_a_window_mutes_at_once() {
    let rule = rule("0 2 * * *", "PT4H", "Etc/UTC");
    assert!(rule.is_muting(utc("2026-05-04T03:30")));
}

#[test]
fn statuses_have_names() {
    for status in MuteStatus::ALL {
        assert_eq!(MuteStatus::parse(status.as_str()), Some(status));
    }
    assert_eq!(MuteStatus::parse("active"), None);
}

#[test]
fn times_outside_of_the_calendar_are_not_muted() {
    let rule = rule("* * * * *", "P15D", "Etc/UTC");
    for millis in [i64::MIN, i64::MAX] {
        let time = Timestamp::from_millis(millis);
        assert_eq!((rule.is_muting(time), rule.next_change(time)), (false, None));
    }
}
