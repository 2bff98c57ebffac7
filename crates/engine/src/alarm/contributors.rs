//! An alarm on many series: each of them is in OK or in ALARM.

use std::collections::{HashMap, HashSet};

use nepho_model::{AlarmState, Timestamp};

use super::contributor::Contributor;
use super::decide::{Why, decide};
use super::definition::MetricAlarm;
use super::effect::ContributorChange;
use super::observed::{ContributorSeries, Observed};
use super::rule::Rule;
use super::status::{ContributorStatus, StateSnapshot};
use super::text::{Evaluated, contributor_reason, vanished_reason};

/// The most contributors in ALARM that an alarm tells of.
pub const MAX_CONTRIBUTORS: usize = 100;

/// What the series of an alarm come to.
pub(super) struct Contributed {
    pub(super) state: AlarmState,
    pub(super) reason: String,
    pub(super) why: Why,
    /// The contributors that are in ALARM now.
    pub(super) in_alarm: Vec<ContributorStatus>,
    /// Those that were or are told of and went into another state.
    pub(super) changes: Vec<ContributorChange>,
}

/// Evaluates each series, after which contributors were in ALARM before.
pub(super) fn contribute(
    alarm: &MetricAlarm,
    before: &[ContributorStatus],
    observed: &Observed,
    series: &[ContributorSeries],
    now: Timestamp,
) -> Contributed {
    let known: HashMap<_, _> = before.iter().map(|status| (status.contributor.id.as_str(), status)).collect();
    let judged: Vec<_> = series.iter().map(|series| Judged::of(alarm, observed, series, &known)).collect();
    let breaching = judged.iter().filter(|judged| judged.state == AlarmState::Alarm).count();
    let in_alarm = in_alarm(before, &judged, now);
    let rule = match (series.len(), breaching) {
        (0, _) => Rule::NoSeries,
        (_, 0) => Rule::NoContributors,
        _ => Rule::SomeContributors,
    };
    Contributed {
        state: state_of(rule),
        reason: reason(rule, breaching, series.len()),
        why: Why { breaching: breaching as u32, ..Why::of(rule) },
        changes: changes(before, &judged, &in_alarm, now),
        in_alarm,
    }
}

/// The state of the alarm as a whole. An empty result says that nothing is known, however missing data is treated.
const fn state_of(rule: Rule) -> AlarmState {
    match rule {
        Rule::SomeContributors => AlarmState::Alarm,
        Rule::NoSeries => AlarmState::InsufficientData,
        _ => AlarmState::Ok,
    }
}

fn reason(rule: Rule, breaching: usize, count: usize) -> String {
    match rule {
        Rule::SomeContributors if breaching > MAX_CONTRIBUTORS => {
            format!("{MAX_CONTRIBUTORS}+ time series evaluated to ALARM")
        }
        Rule::SomeContributors => format!("{breaching} out of {count} time series evaluated to ALARM"),
        Rule::NoSeries => "No time series were returned by the query.".to_owned(),
        _ => format!("{count} time series evaluated to OK"),
    }
}

/// What a series comes to.
struct Judged<'a> {
    contributor: &'a Contributor,
    state: AlarmState,
    /// What it was before, if it was in ALARM.
    before: Option<&'a ContributorStatus>,
    evaluated: Evaluated<'a>,
}

impl<'a> Judged<'a> {
    fn of(
        alarm: &'a MetricAlarm,
        observed: &'a Observed,
        series: &'a ContributorSeries,
        known: &HashMap<&str, &'a ContributorStatus>,
    ) -> Self {
        let decision = decide(alarm, &series.data);
        let before = known.get(series.contributor.id.as_str()).copied();
        let kept = if before.is_some() { AlarmState::Alarm } else { AlarmState::Ok };
        let state = match decision.state.unwrap_or(kept) {
            AlarmState::Alarm => AlarmState::Alarm,
            AlarmState::Ok | AlarmState::InsufficientData => AlarmState::Ok,
        };
        let (windows, data, why) = (&observed.windows, &series.data[..], decision.why);
        let evaluated = Evaluated { alarm, windows, data, why, state };
        Judged { contributor: &series.contributor, state, before, evaluated }
    }
}

/// The contributors in ALARM that are told of: those that were before, then those that come first.
fn in_alarm(before: &[ContributorStatus], judged: &[Judged<'_>], now: Timestamp) -> Vec<ContributorStatus> {
    let breaching = || judged.iter().filter(|judged| judged.state == AlarmState::Alarm);
    let still: HashSet<_> = breaching().map(|judged| judged.contributor.id.as_str()).collect();
    let old = before.iter().filter(|status| still.contains(status.contributor.id.as_str())).cloned();
    let new = breaching().filter(|judged| judged.before.is_none()).map(|judged| ContributorStatus {
        contributor: judged.contributor.clone(),
        reason: contributor_reason(&judged.evaluated),
        transitioned: now,
    });
    old.chain(new).take(MAX_CONTRIBUTORS).collect()
}

fn changes(
    before: &[ContributorStatus],
    judged: &[Judged<'_>],
    in_alarm: &[ContributorStatus],
    now: Timestamp,
) -> Vec<ContributorChange> {
    let judged: HashMap<_, _> = judged.iter().map(|judged| (judged.contributor.id.as_str(), judged)).collect();
    let is_new = |status: &&ContributorStatus| {
        judged.get(status.contributor.id.as_str()).is_some_and(|judged| judged.before.is_none())
    };
    let risen = in_alarm.iter().filter(is_new).map(|status| ContributorChange {
        contributor: status.contributor.clone(),
        from: AlarmState::Ok,
        to: snapshot(AlarmState::Alarm, status.reason.clone(), now),
    });
    let fallen = before.iter().filter_map(|status| {
        let reason = match judged.get(status.contributor.id.as_str()) {
            None => vanished_reason().to_owned(),
            Some(judged) if judged.state == AlarmState::Alarm => return None,
            Some(judged) if judged.evaluated.why.used == 0 => vanished_reason().to_owned(),
            Some(judged) => contributor_reason(&judged.evaluated),
        };
        let (contributor, from) = (status.contributor.clone(), AlarmState::Alarm);
        Some(ContributorChange { contributor, from, to: snapshot(AlarmState::Ok, reason, now) })
    });
    risen.chain(fallen).collect()
}

fn snapshot(value: AlarmState, reason: String, updated: Timestamp) -> StateSnapshot {
    StateSnapshot { value, reason, reason_data: None, updated }
}
