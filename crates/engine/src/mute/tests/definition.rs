use super::*;
use crate::FaultCode::{self, InvalidParameterValue, LimitExceeded, MissingParameter, Validation};

fn refused(parameters: Parameters) -> Vec<(FaultCode, String)> {
    let faults = MuteRule::new(&scope(), parameters, &zone).expect_err("a fault");
    faults.iter().map(|fault| (fault.code(), fault.to_string())).collect()
}

#[track_caller]
fn check(change: impl FnOnce(&mut Parameters), code: FaultCode, message: &str) {
    let mut parameters = parameters("cron(0 2 * * *)", "PT4H", "Europe/London");
    change(&mut parameters);
    assert_eq!(refused(parameters), [(code, message.to_owned())]);
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
fn names_and_descriptions_have_limits() {
    let of = |length| Some("ü".repeat(length));
    let fits = Parameters {
        name: of(MAX_MUTE_NAME),
        description: of(MAX_MUTE_DESCRIPTION),
        ..parameters("cron(0 2 * * *)", "PT4H", "Europe/London")
    };
    assert!(MuteRule::new(&scope(), fits, &zone).is_ok());
    check(|p| p.name = None, MissingParameter, "The parameter Name is required.");
    check(|p| p.name = of(0), InvalidParameterValue, "The parameter Name must be longer than 0 characters.");
    check(
        |p| p.name = of(MAX_MUTE_NAME + 1),
        InvalidParameterValue,
        "The parameter Name must be shorter than 256 characters.",
    );
    check(
        |p| p.name = Some("a\u{7f}".to_owned()),
        InvalidParameterValue,
        "The parameter Name contains control characters.",
    );
    check(
        |p| p.description = of(MAX_MUTE_DESCRIPTION + 1),
        InvalidParameterValue,
        "The parameter Description must be shorter than 1025 characters.",
    );
}

#[test]
fn schedules_that_are_none() {
    check(|p| p.expression = None, MissingParameter, "The parameter Rule.Schedule.Expression is required.");
    check(|p| p.duration = None, MissingParameter, "The parameter Rule.Schedule.Duration is required.");
    check(
        |p| p.expression = Some(String::new()),
        InvalidParameterValue,
        "The parameter Rule.Schedule.Expression must be longer than 0 characters.",
    );
    check(
        |p| p.expression = Some("at(noon)".to_owned()),
        Validation,
        "At expressions must be a valid date in 'yyyy-MM-ddThh:mm' format",
    );
    check(|p| p.duration = Some("2h".to_owned()), Validation, "The Duration provided is not valid.");
    let no_zone = "The Timezone provided is not valid.";
    check(|p| p.timezone = Some("Europe/Atlantis".to_owned()), Validation, no_zone);
    check(|p| p.timezone = Some(String::new()), Validation, no_zone);
    check(|p| p.timezone = Some("x".repeat(MAX_TIME_ZONE + 1)), Validation, no_zone);
}

#[test]
fn a_zone_has_a_longest_name() {
    let any = |name: &str| (name == "x".repeat(name.len())).then_some(TimeZone::UTC);
    let named = |length| parameters("0 2 * * *", "PT4H", &"x".repeat(length));
    assert!(MuteRule::new(&scope(), named(MAX_TIME_ZONE), &any).is_ok());
    assert!(MuteRule::new(&scope(), named(MAX_TIME_ZONE + 1), &any).is_err());
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
    check(
        |p| p.alarm_names.push(String::new()),
        InvalidParameterValue,
        "The parameter MuteTargets.AlarmNames.member.2 must be longer than 0 characters.",
    );
    let long =
        |length| Parameters { alarm_names: vec!["ü".repeat(length)], ..parameters("0 2 * * *", "PT4H", "Etc/UTC") };
    assert!(MuteRule::new(&scope(), long(MAX_TARGET_NAME), &zone).is_ok());
    assert_eq!(
        refused(long(MAX_TARGET_NAME + 1)),
        [(
            InvalidParameterValue,
            "The parameter MuteTargets.AlarmNames.member.1 must be shorter than 256 characters.".to_owned()
        )]
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

#[test]
fn all_faults_are_told() {
    let faults = refused(Parameters { timezone: Some("x".to_owned()), ..Parameters::default() });
    let codes: Vec<_> = faults.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [MissingParameter, MissingParameter, MissingParameter, Validation]);
}
