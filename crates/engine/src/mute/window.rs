//! When a mute rule mutes.

use jiff::ToSpan;
use nepho_model::Timestamp;

use super::definition::MuteRule;
use super::schedule::MuteType;
use super::wall_clock::{first_shows, latest_shown, shown_at};

/// The most occurrences that make up one window. A rule whose next occurrence begins before the last has ended mutes
/// without an end; it is looked at again after so many.
pub const MAX_JOINED: usize = 100;

/// A stretch of time in which a rule mutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MuteWindow {
    /// The first moment.
    pub start: Timestamp,
    /// The first moment after.
    pub end: Timestamp,
}

/// Where a mute rule is: Status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MuteStatus {
    /// It will mute, or may.
    Scheduled,
    /// It mutes.
    Active,
    /// It will not mute any more.
    Expired,
}

impl MuteStatus {
    /// All of them.
    pub const ALL: [MuteStatus; 3] = [MuteStatus::Scheduled, MuteStatus::Active, MuteStatus::Expired];

    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            MuteStatus::Scheduled => "SCHEDULED",
            MuteStatus::Active => "ACTIVE",
            MuteStatus::Expired => "EXPIRED",
        }
    }

    /// The status of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        MuteStatus::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

impl MuteRule {
    /// Whether it mutes its targets at a time.
    pub fn is_muting(&self, at: Timestamp) -> bool {
        let is_started = self.starts().is_none_or(|start| start <= at);
        let is_expired = self.expires().is_some_and(|expiry| expiry <= at);
        is_started && !is_expired && self.last_until(at).is_some_and(|occurrence| at < occurrence.end)
    }

    /// Where it is at a time.
    pub fn status(&self, at: Timestamp) -> MuteStatus {
        let is_over = match self.mute_type() {
            MuteType::OneTime => self.next_after(at).is_none(),
            MuteType::Recurring => self.expires().is_some_and(|expiry| expiry <= at),
        };
        match (self.is_muting(at), is_over) {
            (true, _) => MuteStatus::Active,
            (false, true) => MuteStatus::Expired,
            (false, false) => MuteStatus::Scheduled,
        }
    }

    /// The window that a time is in. Occurrences that overlap or follow each other at once are one window.
    pub fn window_at(&self, at: Timestamp) -> Option<MuteWindow> {
        let end = self.muting_until(at)?;
        let mut start = self.last_until(at)?.start;
        for _ in 1..MAX_JOINED {
            let before = self.last_until(Timestamp::from_millis(start.millis() - 1));
            let Some(before) = before.filter(|before| before.end >= start) else { break };
            start = before.start;
        }
        let start = self.starts().map_or(start, |from| from.max(start));
        Some(MuteWindow { start, end })
    }

    /// The end of the window that a time is in.
    pub(super) fn muting_until(&self, at: Timestamp) -> Option<Timestamp> {
        if !self.is_muting(at) {
            return None;
        }
        let mut end = self.last_until(at)?.end;
        for _ in 1..MAX_JOINED {
            let Some(last) = self.last_until(end).filter(|last| last.end > end) else { break };
            end = last.end;
        }
        Some(self.expires().map_or(end, |to| to.min(end)))
    }

    /// The first time after `after` at which it begins or ceases to mute; `None` when it never does again.
    ///
    /// Of a window of more than [`MAX_JOINED`] occurrences it is a time within, at which to ask again.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        if let Some(end) = self.muting_until(after) {
            return Some(end);
        }
        let start = self.starts().filter(|start| *start > after);
        if start.is_some_and(|start| self.is_muting(start)) {
            return start;
        }
        let from = start.unwrap_or(after);
        let next = self.next_after(from)?.start;
        self.expires().is_none_or(|expiry| next < expiry).then_some(next)
    }

    /// The last occurrence that begins at or before a time.
    fn last_until(&self, at: Timestamp) -> Option<MuteWindow> {
        let mut reading = self.schedule.last_until(latest_shown(&self.zone, at)?)?;
        loop {
            let start = first_shows(&self.zone, reading)?;
            if start <= at {
                return self.occurrence(start);
            }
            reading = self.schedule.last_until(reading.checked_sub(1.minute()).ok()?)?;
        }
    }

    /// The first occurrence that begins after a time.
    fn next_after(&self, after: Timestamp) -> Option<MuteWindow> {
        let mut reading = self.schedule.next_after(shown_at(&self.zone, after)?)?;
        loop {
            let start = first_shows(&self.zone, reading)?;
            if start > after {
                return self.occurrence(start);
            }
            reading = self.schedule.next_after(reading)?;
        }
    }

    fn occurrence(&self, start: Timestamp) -> Option<MuteWindow> {
        let days_later = shown_at(&self.zone, start)?.checked_add(self.duration.days.days()).ok()?;
        let end = if self.duration.days == 0 { start } else { first_shows(&self.zone, days_later)? };
        Some(MuteWindow { start, end: end.plus_seconds(self.duration.seconds) })
    }
}
