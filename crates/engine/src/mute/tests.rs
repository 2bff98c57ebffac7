mod definition;
mod muting;
mod naive;
mod schedule;
mod steps;
mod windows;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use nepho_model::{Scope, Timestamp};

use super::*;

/// Zones as rules, so that no file is read: those of 2026.
const ZONES: [(&str, &str); 8] = [
    ("Etc/UTC", "UTC0"),
    ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
    ("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"),
    ("Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"),
    ("Asia/Beirut", "EET-2EEST,M3.5.0/0,M10.5.0/0"),
    ("Asia/Kathmandu", "<+0545>-5:45"),
    ("America/Phoenix", "MST7"),
];

fn zone(name: &str) -> Option<TimeZone> {
    let (_, rule) = ZONES.into_iter().find(|(known, _)| *known == name)?;
    Some(TimeZone::posix(rule).unwrap())
}

fn scope() -> Scope {
    Scope::new("123456789012", "us-east-1")
}

fn parameters(expression: &str, duration: &str, timezone: &str) -> Parameters {
    Parameters {
        name: Some("Night".to_owned()),
        expression: Some(expression.to_owned()),
        duration: Some(duration.to_owned()),
        timezone: Some(timezone.to_owned()),
        alarm_names: vec!["CPU".to_owned()],
        ..Parameters::default()
    }
}

fn rule(expression: &str, duration: &str, timezone: &str) -> MuteRule {
    rule_of(parameters(expression, duration, timezone))
}

fn rule_of(parameters: Parameters) -> MuteRule {
    MuteRule::new(&scope(), parameters, &zone).unwrap()
}

/// A time in UTC from `2026-03-08T07:00`.
fn utc(text: &str) -> Timestamp {
    let time: DateTime = text.parse().unwrap();
    Timestamp::from_millis(TimeZone::UTC.to_timestamp(time).unwrap().as_millisecond())
}

/// A time as `2026-03-08T07:00`, in UTC.
fn shown(time: Timestamp) -> String {
    let instant = jiff::Timestamp::from_millisecond(time.millis()).unwrap();
    let format = if time.seconds() % 60 == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
    instant.strftime(format).to_string()
}
