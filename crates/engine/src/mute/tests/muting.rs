use super::super::muting::next_change;
use super::*;

fn named(name: &str, expression: &str, duration: &str, targets: &[&str]) -> MuteRule {
    let alarm_names = targets.iter().map(|name| (*name).to_owned()).collect();
    rule_of(Parameters { name: Some(name.to_owned()), alarm_names, ..parameters(expression, duration, "Etc/UTC") })
}

fn told(rules: &[PutRule<'_>], alarm: &str, at: &str) -> String {
    match super::super::muting(rules, alarm, utc(at)) {
        None => "not muted".to_owned(),
        Some(muting) => {
            assert_eq!(
                muting.arn,
                format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:{}", muting.rule)
            );
            assert_eq!(next_change(rules, alarm, utc(at)), Some(muting.until));
            let [start, end, until] =
                [muting.window.start, muting.window.end, muting.until].map(|time| shown(time)[11..].to_owned());
            format!("{} and {}, {start}/{end}, until {until}", muting.rule, muting.others)
        }
    }
}

#[test]
fn the_most_recently_created_rule_is_named() {
    let rules = [
        named("first", "0 1 * * *", "PT4H", &["CPU", "Disk"]),
        named("second", "0 3 * * *", "PT6H", &["CPU"]),
        named("third", "30 4 * * *", "PT10M", &["CPU"]),
        named("other", "* * * * *", "PT1M", &["Disk"]),
    ];
    let created = |at: usize| utc("2026-01-01T00:00").plus_seconds([30, 20, 10, 40][at]);
    let put: Vec<_> = rules.iter().enumerate().map(|(at, rule)| PutRule { rule, created: created(at) }).collect();
    let check = |at: &str, expected: &str| assert_eq!(told(&put, "CPU", &format!("2026-05-04T{at}")), expected, "{at}");
    check("00:59:59", "not muted");
    check("01:00", "first and 0, 01:00/05:00, until 09:00");
    check("03:00", "first and 1, 01:00/05:00, until 09:00");
    check("04:30", "first and 2, 01:00/05:00, until 09:00");
    check("05:00", "second and 0, 03:00/09:00, until 09:00");
    check("09:00", "not muted");
    assert_eq!(told(&put, "Memory", "2026-05-04T03:00"), "not muted");
    assert_eq!(next_change(&put, "Memory", utc("2026-05-04T03:00")), None);
    assert_eq!(next_change(&put, "CPU", utc("2026-05-04T09:00")), Some(utc("2026-05-05T01:00")));
    assert_eq!(next_change(&put[1..], "CPU", utc("2026-05-04T09:00")), Some(utc("2026-05-05T03:00")));
}

#[test]
fn windows_that_touch_extend_each_other() {
    let rules = [named("b", "0 1 * * *", "PT1H", &["CPU"]), named("a", "0 2 * * *", "PT1H", &["CPU"])];
    let put = rules.each_ref().map(|rule| PutRule { rule, created: utc("2026-01-01T00:00") });
    assert_eq!(told(&put, "CPU", "2026-05-04T01:30"), "b and 0, 01:00/02:00, until 03:00");
    assert_eq!(told(&put, "CPU", "2026-05-04T02:00"), "a and 0, 02:00/03:00, until 03:00");
}

#[test]
fn rules_that_mute_for_ever_are_looked_at_again() {
    let rules = [named("even", "0-58 * * * *", "PT2M", &["CPU"]), named("odd", "* * * * *", "PT1M", &["CPU"])];
    let put = rules.each_ref().map(|rule| PutRule { rule, created: utc("2026-01-01T00:00") });
    let now = utc("2026-05-04T00:00");
    let again = next_change(&put, "CPU", now).unwrap();
    assert!(again > now && super::super::muting(&put, "CPU", again).is_some());
}

#[test]
fn a_summary_fits_into_the_history() {
    let window = MuteWindow { start: utc("2026-05-04T01:00"), end: utc("2026-05-04T02:00") };
    let of = |length: usize, others| Muting {
        rule: "x".repeat(length),
        arn: String::new(),
        others,
        window,
        until: window.end,
    };
    assert_eq!(of(3, 0).summary(), "Actions muted by alarm mute rule xxx");
    assert_eq!(of(3, 1).summary(), "Actions muted by alarm mute rule xxx and 1 other");
    assert_eq!(of(3, 2).summary(), "Actions muted by alarm mute rule xxx and 2 others");
    let fits = 255 - "Actions muted by alarm mute rule  and 2 others".len();
    assert!(of(fits, 2).summary().ends_with("xxx and 2 others"));
    assert!(of(fits + 1, 2).summary().ends_with("xx... and 2 others"));
    assert_eq!(
        (of(fits, 2).summary().len(), of(fits + 1, 2).summary().len(), of(255, 0).summary().len()),
        (255, 255, 255)
    );
}
