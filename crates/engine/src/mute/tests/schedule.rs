use jiff::civil::DateTime;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// The next times on the clock after `from`.
#[track_caller]
fn check(expression: &str, from: &str, expected: &[&str]) {
    let schedule = Schedule::parse(expression).unwrap_or_else(|fault| panic!("{expression}: {fault}"));
    let mut time: DateTime = from.parse().unwrap();
    let mut found = Vec::new();
    while found.len() < expected.len() {
        let Some(next) = schedule.next_after(time) else { break };
        // Backwards it is the same times.
        assert_eq!(schedule.last_until(next), Some(next), "{expression}");
        assert!(schedule.last_until(next - jiff::ToSpan::seconds(1)).is_none_or(|last| last <= time), "{expression}");
        found.push(next.strftime("%Y-%m-%dT%H:%M").to_string());
        time = next;
    }
    assert_eq!(found, expected, "{expression}");
}

#[test]
fn the_examples_of_the_guide() {
    // 2026-05-04 is a Monday.
    check("cron(0 2 * * *)", "2026-05-04T02:00", &["2026-05-05T02:00", "2026-05-06T02:00"]);
    check("cron(0 2 * * SUN)", "2026-05-04T00:00", &["2026-05-10T02:00", "2026-05-17T02:00"]);
    check("0 2 * * SUN", "2026-05-04T00:00", &["2026-05-10T02:00"]);
    check("cron(0 1 1 * *)", "2026-05-04T00:00", &["2026-06-01T01:00", "2026-07-01T01:00"]);
    check("cron(0 18 * * FRI)", "2026-05-04T00:00", &["2026-05-08T18:00"]);
    check("cron(0 23 * * *)", "2026-05-04T00:00", &["2026-05-04T23:00"]);
    check("at(2026-05-10T14:00)", "2026-05-04T00:00", &["2026-05-10T14:00"]);
    check("at(2026-05-10T14:00)", "2026-05-10T14:00", &[]);
}

#[test]
fn fields() {
    check("* * * * *", "2026-05-04T23:59:30", &["2026-05-05T00:00", "2026-05-05T00:01"]);
    check(
        "5,50-52 * * * *",
        "2026-05-04T00:05",
        &["2026-05-04T00:50", "2026-05-04T00:51", "2026-05-04T00:52", "2026-05-04T01:05"],
    );
    check("59 23 31 12 *", "2026-05-04T00:00", &["2026-12-31T23:59", "2027-12-31T23:59"]);
    check("0 0 * JAN,mar *", "2026-01-30T12:00", &["2026-01-31T00:00", "2026-03-01T00:00"]);
    check("0 0 1 NOV-DEC *", "2026-05-04T00:00", &["2026-11-01T00:00", "2026-12-01T00:00", "2027-11-01T00:00"]);
    check("0 0 * * 0", "2026-05-04T00:00", &["2026-05-10T00:00"]);
    check("0 0 * * 7", "2026-05-04T00:00", &["2026-05-10T00:00"]);
    check("0 0 * * 6-7", "2026-05-04T00:00", &["2026-05-09T00:00", "2026-05-10T00:00", "2026-05-16T00:00"]);
    check("0 0 * * SAT-SUN", "2026-05-04T00:00", &["2026-05-09T00:00", "2026-05-10T00:00", "2026-05-16T00:00"]);
    check("0 0 * * SUN-MON", "2026-05-04T00:00", &["2026-05-10T00:00", "2026-05-11T00:00", "2026-05-17T00:00"]);
    check("0 0 * * MON-SUN", "2026-05-04T00:00", &["2026-05-05T00:00", "2026-05-06T00:00"]);
    check("0 0 * * 0-7", "2026-05-04T00:00", &["2026-05-05T00:00", "2026-05-06T00:00"]);
    check("0 0 * * 0-0", "2026-05-04T00:00", &["2026-05-10T00:00", "2026-05-17T00:00"]);
    check("cron( 00  02 * * * )", "2026-05-04T00:00", &["2026-05-04T02:00"]);
    check("0 0 *,5 * *", "2026-05-04T00:00", &["2026-05-05T00:00", "2026-05-06T00:00"]);
}

#[test]
fn months_end_where_they_do() {
    check(
        "0 0 31 * *",
        "2026-05-04T00:00",
        &["2026-05-31T00:00", "2026-07-31T00:00", "2026-08-31T00:00", "2026-10-31T00:00"],
    );
    check("0 0 30 * *", "2026-01-30T00:00", &["2026-03-30T00:00"]);
    check("0 0 29 FEB *", "2026-05-04T00:00", &["2028-02-29T00:00", "2032-02-29T00:00"]);
    check("0 0 29 2 *", "2096-02-29T00:00", &["2104-02-29T00:00"]);
    check("0 0 * 2 *", "2028-02-28T00:00", &["2028-02-29T00:00", "2029-02-01T00:00"]);
}

#[test]
fn either_day_is_enough_where_both_are_given() {
    check("0 0 13 * FRI", "2026-05-04T00:00", &["2026-05-08T00:00", "2026-05-13T00:00", "2026-05-15T00:00"]);
    check("0 0 30 FEB MON", "2026-05-04T00:00", &["2027-02-01T00:00", "2027-02-08T00:00"]);
    check("0 0 13 * *,FRI", "2026-05-04T00:00", &["2026-05-13T00:00", "2026-06-13T00:00"]);
}

#[test]
fn what_is_wrong_with_an_expression() {
    let minute = "expected `*`, a minute from 0 to 59 or a range of two with `-`";
    let hour = "expected `*`, an hour from 0 to 23 or a range of two with `-`";
    let day = "expected `*`, a day of the month from 1 to 31 or a range of two with `-`";
    let month = "expected `*`, a month from 1 to 12 or from JAN to DEC or a range of two with `-`";
    let week = "expected `*`, a day of the week from 0 to 7 or from SUN to SAT or a range of two with `-`";
    let all = "expected minute, hour, day of the month, month and day of the week, with spaces between";
    let no_steps = "steps are written out: 0,15,30,45";
    let no_wrap = "a range does not go from one week into the next";
    let cases = [
        ("cron(*/15 * * * *)", format!("at character 6: found `*/15`, {minute}; {no_steps}")),
        ("60 * * * *", format!("at character 1: found `60`, {minute}")),
        ("-1 * * * *", format!("at character 1: found `-1`, {minute}")),
        ("000 * * * *", format!("at character 1: found `000`, {minute}")),
        ("1, * * * *", format!("at character 3: found the end, {minute}")),
        ("5-1 * * * *", format!("at character 1: found `5-1`, {minute}")),
        ("1-2-3 * * * *", format!("at character 1: found `1-2-3`, {minute}")),
        ("*-5 * * * *", format!("at character 1: found `*-5`, {minute}")),
        ("0 24 * * *", format!("at character 3: found `24`, {hour}")),
        ("0 1,x * * *", format!("at character 5: found `x`, {hour}")),
        ("0 0 0 * *", format!("at character 5: found `0`, {day}")),
        ("0 0 32 * *", format!("at character 5: found `32`, {day}")),
        ("0 0 L * *", format!("at character 5: found `L`, {day}")),
        ("cron(0 0 ? * SAT)", format!("at character 10: found `?`, {day}; a day that does not matter is `*`")),
        ("0 0 * 13 *", format!("at character 7: found `13`, {month}")),
        ("0 0 * SUN *", format!("at character 7: found `SUN`, {month}")),
        ("0 0 * * 8", format!("at character 9: found `8`, {week}")),
        ("0 0 * * JAN", format!("at character 9: found `JAN`, {week}")),
        ("0 0 * * FRI-MON", format!("at character 9: found `FRI-MON`, {week}; {no_wrap}")),
        ("0 0 * * 5#2", format!("at character 9: found `5#2`, {week}")),
        ("cron(0 2 * * ? *)", format!("at character 14: found `?`, {week}; a day that does not matter is `*`")),
        (
            "0 2 * * SUN *",
            "at character 13: found `*`, expected five fields; there are no seconds and no years".to_owned(),
        ),
        ("0 2 * *", format!("at character 8: found the end, {all}")),
        ("cron(0 2 * *)", format!("at character 13: found the end, {all}")),
        ("cron()", format!("at character 6: found the end, {all}")),
        (" ", format!("at character 2: found the end, {all}")),
        ("cron(0 2 * * *", "at character 15: found the end, expected `)`".to_owned()),
        ("rate(5 minutes)", format!("at character 1: found `rate(5`, {minute}")),
        ("CRON(0 2 * * *)", format!("at character 1: found `CRON(0`, {minute}")),
        ("@daily", format!("at character 1: found `@daily`, {minute}")),
        ("0 0 ü * *", format!("at character 5: found `ü`, {day}")),
        ("0 0 30 FEB *", "at character 1: found `0 0 30 FEB *`, expected a day that one of the months has".to_owned()),
        (
            "0 0 31 4,6,9,11 *",
            "at character 1: found `0 0 31 4,6,9,11 *`, expected a day that one of the months has".to_owned(),
        ),
    ];
    for (text, expected) in cases {
        let fault = Schedule::parse(text).expect_err(text);
        assert_eq!(fault.to_string(), format!("The Expression provided is not valid: {expected}"), "{text}");
    }
}

#[test]
fn at_takes_a_minute() {
    for text in [
        "at()",
        "at(2026-05-10)",
        "at(2026-05-10T14:00:00)",
        "at(2026-05-10T14:00Z)",
        "at(2026-05-10 14:00)",
        "at(2026-5-10T14:00)",
        "at(2026-02-29T14:00)",
        "at(2026-05-10T24:00)",
        "at(2026-05-10T14:60)",
        "at(2026-05-10T14:00",
        "at( 2026-05-10T14:00)",
        "at(+026-05-10T14:00)",
        "at(-026-05-10T14:00)",
    ] {
        let fault = Schedule::parse(text).expect_err(text);
        assert_eq!(fault.to_string(), "At expressions must be a valid date in 'yyyy-MM-ddThh:mm' format", "{text}");
    }
    assert_eq!(Schedule::parse("at(2028-02-29T23:59)").unwrap().mute_type().as_str(), "ONE_TIME");
    assert_eq!(Schedule::parse("0 0 * * *").unwrap().mute_type().as_str(), "RECURRING");
}

#[test]
fn an_expression_has_a_limit() {
    let text = |length: usize| format!("{:length$}", "0 2 * * *");
    assert!(Schedule::parse(&text(MAX_EXPRESSION)).is_ok());
    assert_eq!(Schedule::parse(&text(MAX_EXPRESSION + 1)), Err(ScheduleFault::TooLong(MAX_EXPRESSION + 1)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}", wrap in select(vec!["", "cron(", "at("])) {
        let _ = Schedule::parse(&format!("{wrap}{text})"));
        let _ = MuteDuration::parse(&text);
    }

    #[test]
    fn any_fields_are_read_or_refused(
        fields in prop::collection::vec("[0-9*,\\-]{1,5}|SUN|FEB|FRI-SUN|31|\\?", 4..7),
        day in 0i32..3000,
    ) {
        if let Ok(schedule) = Schedule::parse(&fields.join(" ")) {
            let from = jiff::civil::date(2026, 1, 1).at(12, 34, 56, 0) + jiff::ToSpan::days(day);
            let next = schedule.next_after(from).expect("what can come does");
            prop_assert!(next > from && next.second() == 0);
            prop_assert_eq!(schedule.last_until(next), Some(next));
            prop_assert!(schedule.last_until(from).is_some_and(|last| last <= from));
        }
    }
}
