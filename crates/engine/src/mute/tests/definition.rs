use super::*;
use crate::Fault;
use crate::FaultCode::{self, InvalidParameterValue, LimitExceeded, Validation};
use crate::alarm::{MAX_ALARM_NAME, MAX_TIMEZONE};

#[track_caller]
fn check(change: impl FnOnce(&mut Parameters), code: FaultCode, message: &str) {
    let mut parameters = parameters("cron(0 2 * * *)", "PT4H", "Europe/London");
    change(&mut parameters);
    let faults = MuteRule::new(&scope(), parameters, &zone).expect_err("a fault");
    assert_eq!((faults.code(), faults.to_string()), (code, message.to_owned()));
}

/// What the model does not allow.
fn violation(value: Option<&str>, member: &str, constraint: &str) -> String {
    let value = value.map_or("null".to_owned(), |value| format!("'{value}'"));
    format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: Member must {constraint}"
    )
}

#[test]
fn what_is_put_is_what_is_there() {
    let mut parameters = parameters("0 2 * * *", "PT4H", "Europe/London");
    parameters.description = Some("backup".to_owned());
    parameters.start_date = Some(utc("2026-01-01T00:00:59"));
    parameters.expire_date = Some(utc("2026-12-31T23:59:59"));
    let rule = rule_of(parameters);
    assert_eq!((rule.name(), rule.description()), ("Night", Some("backup")));
    assert_eq!(rule.arn(), "arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:Night");
    assert_eq!((rule.expression(), rule.duration(), rule.timezone()), ("0 2 * * *", "PT4H", Some("Europe/London")));
    assert_eq!((rule.mute_type(), rule.alarm_names()), (MuteType::Recurring, &["CPU".to_owned()][..]));
    assert!(rule.targets("CPU") && !rule.targets("cpu"));
    // CloudWatch keeps minutes.
    assert_eq!(rule.start_date(), Some(utc("2026-01-01T00:00")));
    assert_eq!(rule.expire_date(), Some(utc("2026-12-31T23:59")));
}

#[test]
fn without_a_zone_it_is_utc_and_without_targets_nothing_is_muted() {
    let rule = rule_of(Parameters { timezone: None, alarm_names: Vec::new(), ..parameters("0 2 * * *", "PT4H", "") });
    assert_eq!(rule.timezone(), None);
    assert!(rule.is_muting(utc("2026-05-04T02:00")) && !rule.targets("CPU"));
}

#[test]
fn texts_have_limits() {
    let of = |length: usize| "ü".repeat(length);
    let expression = |length: usize| format!("{:length$}", "0 2 * * *");
    let fits = Parameters {
        name: Some(of(MAX_MUTE_NAME)),
        description: Some(of(MAX_MUTE_DESCRIPTION)),
        alarm_names: vec![of(MAX_ALARM_NAME)],
        ..parameters(&expression(MAX_EXPRESSION), "PT4H", &of(MAX_TIMEZONE))
    };
    assert!(MuteRule::new(&scope(), fits, &|_| Some(TimeZone::UTC)).is_ok());
    type Set = fn(&mut Parameters, String);
    let cases: [(&str, usize, Set); 6] = [
        ("name", MAX_MUTE_NAME, |p, text| p.name = Some(text)),
        ("description", MAX_MUTE_DESCRIPTION, |p, text| p.description = Some(text)),
        ("rule.schedule.expression", MAX_EXPRESSION, |p, text| p.expression = Some(text)),
        ("rule.schedule.duration", MAX_DURATION_TEXT, |p, text| p.duration = Some(text)),
        ("rule.schedule.timezone", MAX_TIMEZONE, |p, text| p.timezone = Some(text)),
        ("muteTargets.alarmNames.2.member", MAX_ALARM_NAME, |p, text| p.alarm_names.push(text)),
    ];
    for (member, limit, set) in cases {
        let constraint = format!("have length less than or equal to {limit}");
        check(|p| set(p, of(limit + 1)), Validation, &violation(Some(&of(limit + 1)), member, &constraint));
        if member != "description" {
            let constraint = "have length greater than or equal to 1";
            check(|p| set(p, String::new()), Validation, &violation(Some(""), member, constraint));
        }
    }
    let null = |member| violation(None, member, "not be null");
    check(|p| p.name = None, Validation, &null("name"));
    check(|p| p.expression = None, Validation, &null("rule.schedule.expression"));
    check(|p| p.duration = None, Validation, &null("rule.schedule.duration"));
    check(
        |p| p.name = Some("a\u{7f}".to_owned()),
        InvalidParameterValue,
        "The parameter Name contains control characters.",
    );
}

#[test]
fn schedules_that_are_none() {
    check(
        |p| p.expression = Some("at(noon)".to_owned()),
        Validation,
        "At expressions must be a valid date in 'yyyy-MM-ddThh:mm' format",
    );
    check(|p| p.duration = Some("2h".to_owned()), Validation, "The Duration provided is not valid.");
    check(|p| p.timezone = Some("Europe/Atlantis".to_owned()), Validation, "The Timezone provided is not valid.");
    check(
        |p| (p.expression, p.duration) = (Some("noon".to_owned()), Some("long".to_owned())),
        Validation,
        "The Expression provided is not valid: at character 1: found `noon`, expected `*`, a minute from 0 to 59 or a \
         range of two with `-`\nThe Duration provided is not valid.",
    );
}

#[test]
fn dates_follow_each_other_and_are_not_for_at() {
    let date = Some(utc("2026-05-04T12:00"));
    let reversed = "The parameter ExpireDate must be greater than StartDate.";
    let later = |seconds| date.map(|date| date.plus_seconds(seconds));
    check(|p| (p.start_date, p.expire_date) = (date, later(59)), InvalidParameterValue, reversed);
    check(|p| (p.start_date, p.expire_date) = (later(60), date), InvalidParameterValue, reversed);
    let at = |p: &mut Parameters| p.expression = Some("at(2026-05-10T14:00)".to_owned());
    let none = "Can not set start or expire dates for At expressions";
    check(
        |p| {
            at(p);
            p.start_date = date;
        },
        Validation,
        none,
    );
    check(
        |p| {
            at(p);
            p.expire_date = date;
        },
        Validation,
        none,
    );
    let fits = Parameters { start_date: date, expire_date: later(60), ..parameters("0 2 * * *", "PT4H", "Etc/UTC") };
    assert!(MuteRule::new(&scope(), fits, &zone).is_ok());
}

#[test]
fn targets_have_limits_and_have_to_exist() {
    let names = |count: usize| (0..count).map(|at| format!("a{at}")).collect::<Vec<_>>();
    let full = Parameters { alarm_names: names(MAX_MUTE_TARGETS), ..parameters("0 2 * * *", "PT4H", "Etc/UTC") };
    assert!(MuteRule::new(&scope(), full, &zone).is_ok());
    check(
        |p| p.alarm_names = names(MAX_MUTE_TARGETS + 1),
        InvalidParameterValue,
        "The collection MuteTargets.AlarmNames must not have a size greater than 100.",
    );
    let rule = rule("0 2 * * *", "PT4H", "Etc/UTC");
    assert_eq!(rule.check_targets(&|name| name == "CPU"), Ok(()));
    let fault = rule.check_targets(&|_| false).unwrap_err();
    assert_eq!(fault.code(), Validation);
    assert_eq!(
        fault.to_string(),
        "Could not save the alarm mute rule as alarms [CPU] in the mute targets do not exist"
    );
}

#[test]
fn there_are_so_many_rules() {
    assert_eq!(check_rule_count(MAX_MUTE_RULES - 1), Ok(()));
    let fault = check_rule_count(MAX_MUTE_RULES).unwrap_err();
    assert_eq!(fault.code(), LimitExceeded);
    assert_eq!(fault.to_string(), "The number of alarm mute rules must not be greater than 2000.");
}
