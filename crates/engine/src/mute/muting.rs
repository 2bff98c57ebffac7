//! Which rules mute an alarm.

use nepho_model::Timestamp;

use super::definition::MuteRule;
use super::window::{MAX_JOINED, MuteWindow};
use crate::alarm::text::MAX_SUMMARY;

/// A mute rule, and when it was first put.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PutRule<'a> {
    /// The rule.
    pub rule: &'a MuteRule,
    /// When it was created; an update does not change that.
    pub created: Timestamp,
}

/// What mutes an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Muting {
    /// The most recently created of the rules that do.
    pub rule: String,
    /// Its ARN.
    pub arn: String,
    /// How many other rules do.
    pub others: usize,
    /// The window of the first.
    pub window: MuteWindow,
    /// When no rule mutes the alarm any more: overlapping windows extend each other.
    pub until: Timestamp,
}

impl Muting {
    /// What the alarm's history says about it.
    pub fn summary(&self) -> String {
        let others = match self.others {
            0 => String::new(),
            1 => " and 1 other".to_owned(),
            others => format!(" and {others} others"),
        };
        let before = "Actions muted by alarm mute rule ";
        let room = MAX_SUMMARY - before.len() - others.len();
        let name = if self.rule.chars().count() > room {
            format!("{}...", self.rule.chars().take(room - 3).collect::<String>())
        } else {
            self.rule.clone()
        };
        format!("{before}{name}{others}")
    }
}

/// What mutes an alarm at a time, of all the rules of its scope.
pub fn muting(rules: &[PutRule<'_>], alarm: &str, at: Timestamp) -> Option<Muting> {
    let is_active = |put: &&PutRule<'_>| put.rule.targets(alarm) && put.rule.is_muting(at);
    let mut active: Vec<_> = rules.iter().filter(is_active).collect();
    active.sort_by_key(|put| (std::cmp::Reverse(put.created), put.rule.name()));
    let first = active.first()?.rule;
    let window = first.window_at(at)?;
    Some(Muting {
        rule: first.name().to_owned(),
        arn: first.arn(),
        others: active.len() - 1,
        window,
        until: muted_until(rules, alarm, at),
    })
}

/// The first time after `after` at which an alarm begins or ceases to be muted; `None` when it never does again.
///
/// Where windows go on and on it is a time within, at which to ask again.
pub fn next_change(rules: &[PutRule<'_>], alarm: &str, after: Timestamp) -> Option<Timestamp> {
    let mut targeting = rules.iter().map(|put| put.rule).filter(|rule| rule.targets(alarm));
    if targeting.clone().any(|rule| rule.is_muting(after)) {
        return Some(muted_until(rules, alarm, after));
    }
    let first = targeting.next()?.next_change(after);
    targeting.filter_map(|rule| rule.next_change(after)).chain(first).min()
}

fn muted_until(rules: &[PutRule<'_>], alarm: &str, at: Timestamp) -> Timestamp {
    let mut until = at;
    for _ in 0..MAX_JOINED {
        let targeting = rules.iter().map(|put| put.rule).filter(|rule| rule.targets(alarm));
        let Some(end) = targeting.filter_map(|rule| rule.muting_until(until)).max() else { break };
        until = end;
    }
    until
}
