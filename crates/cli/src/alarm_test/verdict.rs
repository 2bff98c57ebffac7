//! What a test comes to: what was expected beside what the alarms did.

use std::collections::BTreeSet;

use nepho_model::AlarmState;

use super::case::Case;
use super::expectation::{Notification, NotificationExpectation, Notifications, StateExpectation};
use super::file::TestFile;
use super::offset;
use super::play::{Moment, Played, play};
use super::report::{CaseReport, FileReport, Row, StateFailure, Untested};

/// Plays all tests of a file.
pub fn run(file: &TestFile) -> FileReport {
    let cases = file.cases.iter().map(|case| judge(case, &play(&file.definitions, case))).collect();
    let tested: BTreeSet<&str> = file.cases.iter().flat_map(Case::alarms).collect();
    let places = file.definitions.places().iter().filter(|(name, _)| !tested.contains(name.as_str()));
    let untested = places.map(|(name, place)| Untested { alarm: name.clone(), place: place.to_string() }).collect();
    FileReport { path: file.path.clone(), cases, alarms: file.definitions.places().len(), untested }
}

impl Case {
    /// The alarms of which something is expected.
    fn alarms(&self) -> impl Iterator<Item = &str> {
        let notified: &[NotificationExpectation] = match &self.notifications {
            Notifications::Exactly(all, _) => all,
            Notifications::Any | Notifications::Count(..) => &[],
        };
        let states = self.states.iter().map(|state| state.alarm.as_str());
        states.chain(notified.iter().filter_map(|one| one.alarm.as_deref()))
    }
}

fn judge(case: &Case, played: &Played) -> CaseReport {
    let names: BTreeSet<&str> = case.states.iter().map(|state| state.alarm.as_str()).collect();
    let states = names.into_iter().filter_map(|name| judge_alarm(name, case, played)).collect();
    CaseReport {
        name: case.name.clone(),
        place: case.place.to_string(),
        states,
        notifications: judge_notifications(&case.notifications, &played.notifications),
    }
}

/// The last moment at or before a time.
fn at(moments: &[Moment], time: i64) -> &Moment {
    moments.iter().rev().find(|moment| moment.at <= time).unwrap_or(&moments[0])
}

/// What of an expectation is not so, if anything is.
fn mismatch<'a>(expected: &StateExpectation, moments: &'a [Moment]) -> Option<(i64, &'a Moment)> {
    let within = moments.iter().filter(|moment| (expected.from + 1..=expected.to).contains(&moment.at));
    let mut all = std::iter::once((expected.from, at(moments, expected.from)))
        // Of several states within a second only the last lasted.
        .chain(within.map(|moment| (moment.at, at(moments, moment.at))));
    all.find(|(_, moment)| moment.state != expected.state || !expected.has_reason(&moment.reason))
}

/// Why an expectation says nothing: there was no band that the alarm could have been compared with. Only of
/// INSUFFICIENT_DATA that may be what is meant.
fn lacks_band(expected: &StateExpectation, bands: &[(i64, Option<String>)]) -> Option<String> {
    let since = bands.iter().rposition(|(at, _)| *at <= expected.from).unwrap_or(0);
    let (at, lack) = bands[since.min(bands.len())..]
        .iter()
        .take_while(|(at, _)| *at <= expected.to)
        .find_map(|(at, lack)| Some((*at, lack.as_ref()?)))?;
    let at = offset::text(at.max(expected.from));
    let hint = "Give its series from before the start, as with from: -7d.";
    (expected.state != AlarmState::InsufficientData)
        .then(|| format!("{}: there is no band at {at}: {lack} {hint}", expected.place))
}

fn judge_alarm(name: &str, case: &Case, played: &Played) -> Option<StateFailure> {
    let moments = &played.states[name];
    let bands = played.bands.get(name).map_or(&[][..], Vec::as_slice);
    let expectations: Vec<_> = case.states.iter().filter(|state| state.alarm == name).collect();
    let messages: Vec<String> = expectations
        .iter()
        .filter_map(|expected| {
            if let Some(lack) = lacks_band(expected, bands) {
                return Some(lack);
            }
            let (when, moment) = mismatch(expected, moments)?;
            let place = &expected.place;
            Some(match moment.state == expected.state {
                false => format!(
                    "{place}: expected {} at {}, was {} at {}",
                    expected.state,
                    expected.at(),
                    moment.state,
                    offset::text(when)
                ),
                true => format!(
                    "{place}: expected at {} the reason {:?}, was {:?}",
                    expected.at(),
                    expected.reason.as_deref().unwrap_or_default(),
                    moment.reason
                ),
            })
        })
        .collect();
    (!messages.is_empty()).then(|| StateFailure {
        alarm: name.to_owned(),
        messages,
        timeline: timeline(&expectations, moments),
    })
}

/// What was expected beside what was, row by row.
fn timeline(expectations: &[&StateExpectation], moments: &[Moment]) -> Vec<Row> {
    let edges = expectations.iter().flat_map(|expected| [expected.from, expected.to]);
    let times: BTreeSet<i64> = moments.iter().map(|moment| moment.at).chain(edges).collect();
    let row = |time| {
        let moment = at(moments, time);
        let expected: Vec<_> = expectations.iter().filter(|one| (one.from..=one.to).contains(&time)).collect();
        let unmet = expected.iter().find(|one| one.state != moment.state || !one.has_reason(&moment.reason));
        Row {
            at: offset::text(time),
            seconds: time,
            // Of several the one that failed.
            expected: unmet.or(expected.first()).map(|one| one.state.to_string()),
            actual: moment.state.to_string(),
            is_met: unmet.is_none(),
            reason: (moment.at == time).then(|| moment.reason.clone()),
        }
    };
    times.into_iter().map(row).collect()
}

fn judge_notifications(expected: &Notifications, actual: &[Notification]) -> Vec<String> {
    match expected {
        Notifications::Any => Vec::new(),
        Notifications::Count(count, _) if *count == actual.len() => Vec::new(),
        Notifications::Count(count, place) => {
            let sent = actual.iter().map(|one| format!("\n  {}", sent(one))).collect::<String>();
            vec![format!("{place}: expected {count} notifications, there were {}{sent}", actual.len())]
        }
        Notifications::Exactly(expected, place) => {
            let mut left: Vec<&Notification> = actual.iter().collect();
            let mut unmet = Vec::new();
            for one in expected {
                match left.iter().position(|actual| one.differences(actual).is_empty()) {
                    Some(at) => drop(left.remove(at)),
                    None => unmet.push(one),
                }
            }
            let mut failures: Vec<String> = unmet.into_iter().map(|one| missing(one, actual)).collect();
            failures.extend(left.iter().map(|one| format!("{place}: nobody expected {}", sent(one))));
            failures
        }
    }
}

/// Says of a notification that never came in what the one that comes nearest differs.
fn missing(expected: &NotificationExpectation, actual: &[Notification]) -> String {
    let place = &expected.place;
    let nearest = actual.iter().map(|one| (expected.differences(one), one)).min_by_key(|(found, _)| found.len());
    match nearest {
        None => format!("{place}: expected a notification at {}, there was none at all", offset::text(expected.at)),
        Some((differences, one)) => {
            let differences = differences.iter().map(|one| format!("\n  {one}")).collect::<String>();
            format!("{place}: there was no such notification; what comes nearest is {}{differences}", sent(one))
        }
    }
}

fn sent(one: &Notification) -> String {
    format!("{:?} to {} at {}", one.subject, one.action, offset::text(one.at))
}
