//! What a mute rule is.

use jiff::tz::TimeZone;
use nepho_model::{Scope, Timestamp};

use super::duration::{MAX_DURATION_TEXT, MuteDuration};
use super::fault::{MuteFault, MuteFaults};
use super::schedule::{MAX_EXPRESSION, MuteType, Schedule};
use super::wall_clock::{first_shows, shown_at};
use crate::alarm::{MAX_ALARM_NAME, MAX_TIMEZONE};
use crate::faults::{Faults, length, required};

/// The longest name of a mute rule, in characters.
pub const MAX_MUTE_NAME: usize = 255;

/// The longest description of a mute rule, in characters.
pub const MAX_MUTE_DESCRIPTION: usize = 1024;

/// The most alarms that a mute rule mutes.
pub const MAX_MUTE_TARGETS: usize = 100;

/// The most mute rules of a scope.
pub const MAX_MUTE_RULES: usize = 2000;

/// What PutAlarmMuteRule is given, under CloudWatch's names. Tags are no part of a rule's definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Its name, which no other rule of the scope has.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Rule.Schedule.Expression: when it begins to mute.
    pub expression: Option<String>,
    /// Rule.Schedule.Duration: for how long it then does.
    pub duration: Option<String>,
    /// Rule.Schedule.Timezone: by which clock; UTC if it is left out.
    pub timezone: Option<String>,
    /// MuteTargets.AlarmNames. Without any, nothing is muted.
    pub alarm_names: Vec<String>,
    /// When it starts to count.
    pub start_date: Option<Timestamp>,
    /// When it ceases to.
    pub expire_date: Option<Timestamp>,
}

/// A mute rule, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct MuteRule {
    scope: Scope,
    name: String,
    description: Option<String>,
    expression: String,
    pub(super) schedule: Schedule,
    duration_text: String,
    pub(super) duration: MuteDuration,
    zone_name: Option<String>,
    pub(super) zone: TimeZone,
    alarm_names: Vec<String>,
    start_date: Option<Timestamp>,
    expire_date: Option<Timestamp>,
}

impl MuteRule {
    /// The rule that the parameters describe. `zones` finds a time zone by its name.
    ///
    /// # Errors
    /// All that is wrong with them; if CloudWatch's model does not allow them, only that.
    pub fn new(
        scope: &Scope,
        parameters: Parameters,
        zones: &dyn Fn(&str) -> Option<TimeZone>,
    ) -> Result<Self, MuteFaults> {
        let violations = model_faults(&parameters);
        if !violations.is_empty() {
            return Err(Faults(violations));
        }
        let mut faults = Vec::new();
        let name = parameters.name.as_deref().unwrap_or_default();
        faults.extend(name.chars().find(char::is_ascii_control).map(MuteFault::NameControl));
        let Parameters { expression, duration: duration_text, .. } = parameters;
        let schedule = kept(Schedule::parse, expression.as_deref(), &mut faults);
        let duration = kept(MuteDuration::parse, duration_text.as_deref(), &mut faults);
        let zone = match &parameters.timezone {
            None => Some(TimeZone::UTC),
            Some(name) => zones(name),
        };
        if zone.is_none() {
            faults.extend(parameters.timezone.clone().map(MuteFault::Zone));
        }
        if parameters.alarm_names.len() > MAX_MUTE_TARGETS {
            faults.push(MuteFault::TooManyTargets(parameters.alarm_names.len()));
        }
        let [start_date, expire_date] = [parameters.start_date, parameters.expire_date].map(to_the_minute);
        let has_dates = start_date.is_some() || expire_date.is_some();
        if has_dates && schedule.is_some_and(|schedule| schedule.mute_type() == MuteType::OneTime) {
            faults.push(MuteFault::DatesOfAt);
        }
        if start_date.zip(expire_date).is_some_and(|(start, expire)| start >= expire) {
            faults.push(MuteFault::DatesReversed);
        }
        match (parameters.name, expression, schedule, duration_text, duration, zone) {
            (Some(name), Some(expression), Some(schedule), Some(duration_text), Some(duration), Some(zone))
                if faults.is_empty() =>
            {
                Ok(MuteRule {
                    scope: scope.clone(),
                    name,
                    description: parameters.description,
                    expression,
                    schedule,
                    duration_text,
                    duration,
                    zone_name: parameters.timezone,
                    zone,
                    alarm_names: parameters.alarm_names,
                    start_date,
                    expire_date,
                })
            }
            _ => Err(Faults(faults)),
        }
    }

    /// Checks that the alarms which it mutes exist.
    ///
    /// # Errors
    /// Those that do not.
    pub fn check_targets(&self, exists: &dyn Fn(&str) -> bool) -> Result<(), MuteFault> {
        let unknown: Vec<_> = self.alarm_names.iter().filter(|name| !exists(name)).cloned().collect();
        if unknown.is_empty() { Ok(()) } else { Err(MuteFault::UnknownTargets(unknown)) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:cloudwatch:{}:{}:alarm-mute-rule:{}", self.scope.region, self.scope.account, self.name)
    }

    /// What it is for.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Rule.Schedule.Expression as it was given.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Rule.Schedule.Duration as it was given.
    pub fn duration(&self) -> &str {
        &self.duration_text
    }

    /// Rule.Schedule.Timezone as it was given.
    pub fn timezone(&self) -> Option<&str> {
        self.zone_name.as_deref()
    }

    /// Whether it mutes once.
    pub const fn mute_type(&self) -> MuteType {
        self.schedule.mute_type()
    }

    /// The alarms that it mutes.
    pub fn alarm_names(&self) -> &[String] {
        &self.alarm_names
    }

    /// Whether it mutes an alarm. A rule without targets mutes none.
    pub fn targets(&self, alarm: &str) -> bool {
        self.alarm_names.iter().any(|name| name == alarm)
    }

    /// StartDate, to the minute.
    pub const fn start_date(&self) -> Option<Timestamp> {
        self.start_date
    }

    /// ExpireDate, to the minute.
    pub const fn expire_date(&self) -> Option<Timestamp> {
        self.expire_date
    }

    /// When it starts to count.
    pub(super) fn starts(&self) -> Option<Timestamp> {
        self.start_date.map(|date| self.on_its_clock(date))
    }

    /// When it ceases to.
    pub(super) fn expires(&self) -> Option<Timestamp> {
        self.expire_date.map(|date| self.on_its_clock(date))
    }

    /// What a date is for this rule: a reading on the clock of its zone, although the wire gives it as one in UTC.
    fn on_its_clock(&self, date: Timestamp) -> Timestamp {
        let reading = shown_at(&TimeZone::UTC, date);
        reading.and_then(|reading| first_shows(&self.zone, reading)).unwrap_or(date)
    }
}

/// Checks that there is room for another rule where there are so many.
///
/// # Errors
/// There are [`MAX_MUTE_RULES`].
pub const fn check_rule_count(count: usize) -> Result<(), MuteFault> {
    if count < MAX_MUTE_RULES { Ok(()) } else { Err(MuteFault::TooManyRules) }
}

/// What is read of a text, if it can be; otherwise why not is kept.
fn kept<T, F: Into<MuteFault>>(
    parse: impl FnOnce(&str) -> Result<T, F>,
    text: Option<&str>,
    faults: &mut Vec<MuteFault>,
) -> Option<T> {
    parse(text?).map_err(|fault| faults.push(fault.into())).ok()
}

/// What CloudWatch's model says of the parameters, before anything is made of them.
fn model_faults(parameters: &Parameters) -> Vec<MuteFault> {
    let mut violations = Vec::new();
    violations.extend(required("name", parameters.name.as_deref(), MAX_MUTE_NAME));
    violations.extend(length("description", parameters.description.as_deref(), 0, MAX_MUTE_DESCRIPTION));
    violations.extend(required("rule.schedule.expression", parameters.expression.as_deref(), MAX_EXPRESSION));
    violations.extend(required("rule.schedule.duration", parameters.duration.as_deref(), MAX_DURATION_TEXT));
    violations.extend(length("rule.schedule.timezone", parameters.timezone.as_deref(), 1, MAX_TIMEZONE));
    // How many there may be is told by the service, in other words.
    for (number, name) in (1..=MAX_MUTE_TARGETS).zip(&parameters.alarm_names) {
        let member = format!("muteTargets.alarmNames.{number}.member");
        violations.extend(length(&member, Some(name), 1, MAX_ALARM_NAME));
    }
    violations.into_iter().map(MuteFault::Model).collect()
}

fn to_the_minute(date: Option<Timestamp>) -> Option<Timestamp> {
    date.map(|date| Timestamp::from_seconds(date.seconds().div_euclid(60) * 60))
}
