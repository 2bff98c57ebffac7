use super::*;

/// Whether the rule is true, and which alarms decide that.
fn check(rule: &str, known: &str, expected: &str) {
    let rule = AlarmRule::parse(rule).unwrap();
    let evaluation = rule.evaluate(&states(known));
    let deciding: Vec<_> = evaluation.deciding.iter().map(|alarm| alarm.as_str()).collect();
    assert_eq!(format!("{} {}", evaluation.state, deciding.join(",")).trim_end(), expected, "{rule} of {known}");
}

#[test]
fn conditions() {
    check("ALARM(a)", "a=ALARM", "ALARM a");
    check("ALARM(a)", "a=OK", "OK a");
    check("ALARM(a)", "a=INSUFFICIENT_DATA", "OK a");
    check("OK(a)", "a=OK", "ALARM a");
    check("INSUFFICIENT_DATA(a)", "a=INSUFFICIENT_DATA", "ALARM a");
    check("TRUE", "", "ALARM");
    check("FALSE", "", "OK");
    check("NOT FALSE", "", "ALARM");
    check(
        "ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)",
        "a=ALARM",
        "ALARM arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
    );
}

#[test]
fn operators_and_what_decides() {
    check("ALARM(a) AND ALARM(b)", "a=ALARM b=ALARM", "ALARM a,b");
    check("ALARM(a) AND ALARM(b)", "a=ALARM b=OK", "OK b");
    check("ALARM(a) AND ALARM(b)", "a=OK b=OK", "OK a,b");
    check("ALARM(a) OR ALARM(b)", "a=OK b=ALARM", "ALARM b");
    check("ALARM(a) OR ALARM(b)", "a=ALARM b=ALARM", "ALARM a,b");
    check("ALARM(a) OR ALARM(b)", "a=OK b=OK", "OK a,b");
    check("ALARM(a) AND NOT ALARM(b)", "a=ALARM b=OK", "ALARM a,b");
    check("ALARM(a) AND NOT ALARM(b)", "a=ALARM b=ALARM", "OK b");
    check("(ALARM(a) OR ALARM(b)) AND OK(c)", "a=OK b=ALARM c=OK", "ALARM b,c");
    check("ALARM(a) OR ALARM(b) AND ALARM(c)", "a=ALARM b=OK c=OK", "ALARM a");
    check("ALARM(a) OR NOT OK(a)", "a=ALARM", "ALARM a");
    check("NOT (ALARM(a) OR ALARM(b))", "a=OK b=ALARM", "OK b");
}

#[test]
fn an_alarm_that_does_not_exist_is_in_no_state() {
    check("ALARM(gone) OR OK(gone) OR INSUFFICIENT_DATA(gone)", "", "OK gone");
    check("NOT ALARM(gone)", "", "ALARM gone");
    check("AT_LEAST(1, NOT ALARM, (gone))", "", "ALARM gone");
    check("AT_LEAST(1, ALARM, (gone, a))", "a=ALARM", "ALARM a");
}

#[test]
fn at_least_so_many() {
    let rule = "AT_LEAST(2, ALARM, (a, b, c))";
    check(rule, "a=ALARM b=OK c=OK", "OK b,c");
    check(rule, "a=ALARM b=OK c=ALARM", "ALARM a,c");
    check(rule, "a=ALARM b=ALARM c=ALARM", "ALARM a,b,c");
    check("AT_LEAST(2, NOT OK, (a, b, c))", "a=ALARM b=INSUFFICIENT_DATA c=OK", "ALARM a,b");
    check("AT_LEAST(1, INSUFFICIENT_DATA, (a, b))", "a=OK b=INSUFFICIENT_DATA", "ALARM b");
    check("NOT AT_LEAST(2, ALARM, (a, b))", "a=ALARM b=OK", "ALARM b");
    // An alarm that is listed twice is still one alarm.
    check("AT_LEAST(2, ALARM, (a, a, b))", "a=ALARM b=OK", "OK b");
    check("AT_LEAST(60%, ALARM, (a, a, b))", "a=ALARM b=OK", "OK b");
}

#[test]
fn at_least_such_a_share() {
    // In ALARM of so many, percentage, whether that is enough.
    let cases = [
        (1, 2, 50, true),
        (1, 2, 51, false),
        (1, 3, 33, true),
        (1, 3, 34, false),
        (1, 3, 50, false),
        (2, 3, 50, true),
        (2, 3, 66, true),
        (2, 3, 67, false),
        (3, 3, 100, true),
        (2, 3, 100, false),
        (0, 3, 1, false),
        (1, 100, 1, true),
        (1, 100, 2, false),
        (99, 100, 99, true),
        (99, 100, 100, false),
        (1, 1, 1, true),
    ];
    for (matching, listed, percent, expected) in cases {
        let names: Vec<_> = (0..listed).map(|at| format!("a{at}")).collect();
        let rule = AlarmRule::parse(&format!("AT_LEAST({percent}%, ALARM, ({}))", names.join(", "))).unwrap();
        let in_alarm = |name: &str| {
            let at: usize = name[1..].parse().unwrap();
            Some(if at < matching { AlarmState::Alarm } else { AlarmState::Ok })
        };
        let expected = if expected { AlarmState::Alarm } else { AlarmState::Ok };
        assert_eq!(rule.evaluate(&in_alarm).state, expected, "{matching} of {listed} at {percent} %");
    }
}

#[test]
fn the_largest_rules_are_evaluated() {
    let deep = format!("{}ALARM(a){}", "(NOT ".repeat(MAX_RULE_DEPTH / 2), ")".repeat(MAX_RULE_DEPTH / 2));
    check(&deep, "a=ALARM", "ALARM a");
    let wide = vec!["ALARM(a)"; MAX_RULE_ELEMENTS].join(" AND ");
    check(&wide, "a=ALARM", "ALARM a");
}
