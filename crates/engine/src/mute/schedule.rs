//! When a mute rule begins to mute: Schedule.Expression.

use jiff::civil::DateTime;

use super::cron::Cron;
use crate::unexpected::Unexpected;

/// The longest expression, in characters.
pub const MAX_EXPRESSION: usize = 256;

const AT: &str = "at(";
const CRON: &str = "cron(";
const AT_FORMAT: &str = "%Y-%m-%dT%H:%M";
const AT_LENGTH: usize = "yyyy-MM-ddThh:mm".len();

/// When mute windows begin, on the clock of the rule's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// Once: `at(2026-05-04T12:00)`.
    At(DateTime),
    /// Again and again: `cron(0 2 * * SUN)`, or the five fields alone.
    Cron(Cron),
}

/// Whether a mute rule mutes once: MuteType.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MuteType {
    /// Once.
    OneTime,
    /// Again and again.
    Recurring,
}

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleFault {
    /// Longer than [`MAX_EXPRESSION`].
    #[error("The Expression provided is not valid: {0} characters are more than the limit of {MAX_EXPRESSION}")]
    TooLong(usize),
    /// What stands in `at(...)` is no minute of the calendar.
    #[error("At expressions must be a valid date in 'yyyy-MM-ddThh:mm' format")]
    At,
    /// A cron expression that is none.
    #[error("The Expression provided is not valid: {0}")]
    Cron(#[from] Unexpected),
}

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// It is none; says where, what was found and what was expected.
    pub fn parse(text: &str) -> Result<Self, ScheduleFault> {
        let length = text.chars().count();
        if length > MAX_EXPRESSION {
            return Err(ScheduleFault::TooLong(length));
        }
        if let Some(rest) = text.strip_prefix(AT) {
            return rest.strip_suffix(')').and_then(minute).map(Schedule::At).ok_or(ScheduleFault::At);
        }
        let (from, to) = match text.strip_prefix(CRON) {
            None => (0, text.len()),
            Some(rest) if rest.ends_with(')') => (CRON.len(), text.len() - 1),
            Some(_) => return Err(Unexpected::new(text, text.len(), 0, "`)`").into()),
        };
        Ok(Schedule::Cron(Cron::parse(text, from, to)?))
    }

    /// Whether it comes back.
    pub const fn mute_type(&self) -> MuteType {
        match self {
            Schedule::At(_) => MuteType::OneTime,
            Schedule::Cron(_) => MuteType::Recurring,
        }
    }

    /// The first beginning after a time on the clock.
    pub(super) fn next_after(&self, time: DateTime) -> Option<DateTime> {
        match self {
            Schedule::At(at) => Some(*at).filter(|at| *at > time),
            Schedule::Cron(cron) => cron.next_after(time),
        }
    }

    /// The last beginning at or before a time on the clock.
    pub(super) fn last_until(&self, time: DateTime) -> Option<DateTime> {
        match self {
            Schedule::At(at) => Some(*at).filter(|at| *at <= time),
            Schedule::Cron(cron) => cron.last_until(time),
        }
    }
}

fn minute(text: &str) -> Option<DateTime> {
    let is_complete = text.len() == AT_LENGTH && text.starts_with(|c: char| c.is_ascii_digit());
    DateTime::strptime(AT_FORMAT, text).ok().filter(|_| is_complete)
}

impl MuteType {
    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            MuteType::OneTime => "ONE_TIME",
            MuteType::Recurring => "RECURRING",
        }
    }
}
