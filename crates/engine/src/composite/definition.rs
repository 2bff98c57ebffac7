//! What a composite alarm is.

use nepho_model::{AlarmState, Scope};

use super::action::{MAX_ACTIONS, check_action};
use super::fault::CompositeFault;
use super::reference::{AlarmRef, alarm_arn};
use super::rule::AlarmRule;
use super::suppressor::Suppressor;

/// The longest name of an alarm, in characters.
pub const MAX_ALARM_NAME: usize = 255;

/// The longest description of an alarm, in characters.
pub const MAX_ALARM_DESCRIPTION: usize = 1024;

/// What PutCompositeAlarm is given, under CloudWatch's names. Tags are no part of an alarm's definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Its name, which no other alarm of the scope has.
    pub alarm_name: Option<String>,
    /// What it is for.
    pub alarm_description: Option<String>,
    /// When it is in ALARM.
    pub alarm_rule: Option<String>,
    /// Whether it acts at all; it does if this is left out.
    pub actions_enabled: Option<bool>,
    /// ARNs of what to do when it goes to OK.
    pub ok_actions: Vec<String>,
    /// ARNs of what to do when it goes to ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs of what to do when it goes to INSUFFICIENT_DATA.
    pub insufficient_data_actions: Vec<String>,
    /// Name or ARN of the alarm that keeps it from acting.
    pub actions_suppressor: Option<String>,
    /// [`Suppressor::wait_seconds`].
    pub actions_suppressor_wait_period: Option<i32>,
    /// [`Suppressor::extension_seconds`].
    pub actions_suppressor_extension_period: Option<i32>,
}

/// A composite alarm, checked. Whether the alarms that it names exist is not its to know: see
/// [`check_references`](Self::check_references).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeAlarm {
    scope: Scope,
    name: String,
    description: Option<String>,
    rule: AlarmRule,
    actions_enabled: bool,
    ok_actions: Vec<String>,
    alarm_actions: Vec<String>,
    insufficient_data_actions: Vec<String>,
    suppressor: Option<Suppressor>,
}

impl CompositeAlarm {
    /// The alarm that the parameters describe.
    ///
    /// # Errors
    /// All that is wrong with them. CloudWatch answers with the code of the first and the messages of all, one a line.
    pub fn new(scope: &Scope, parameters: Parameters) -> Result<Self, Vec<CompositeFault>> {
        let mut faults = Vec::new();
        let name = parameters.alarm_name.as_deref().unwrap_or_default();
        faults.extend(name_fault(parameters.alarm_name.as_deref()));
        let description_length = parameters.alarm_description.as_deref().map_or(0, |text| text.chars().count());
        if description_length > MAX_ALARM_DESCRIPTION {
            faults.push(CompositeFault::DescriptionTooLong(description_length));
        }
        let rule = AlarmRule::parse(parameters.alarm_rule.as_deref().unwrap_or_default());
        let rule = rule.map_err(|fault| faults.push(fault.into())).ok();
        if rule.as_ref().is_some_and(|rule| is_about(rule, name, scope)) {
            faults.push(CompositeFault::OwnChild);
        }
        check_actions("OKActions", &parameters.ok_actions, &mut faults);
        check_actions("AlarmActions", &parameters.alarm_actions, &mut faults);
        check_actions("InsufficientDataActions", &parameters.insufficient_data_actions, &mut faults);
        let suppressor = Suppressor::read(&parameters, name, &mut faults);
        match rule {
            Some(rule) if faults.is_empty() => Ok(CompositeAlarm {
                scope: scope.clone(),
                name: parameters.alarm_name.unwrap_or_default(),
                description: parameters.alarm_description,
                rule,
                actions_enabled: parameters.actions_enabled.unwrap_or(true),
                ok_actions: parameters.ok_actions,
                alarm_actions: parameters.alarm_actions,
                insufficient_data_actions: parameters.insufficient_data_actions,
                suppressor,
            }),
            _ => Err(faults),
        }
    }

    /// Checks that the alarms which it names exist, in its own account and Region: those of the rule and the
    /// suppressor.
    ///
    /// # Errors
    /// Those that do not.
    pub fn check_references(&self, exists: &dyn Fn(&str) -> bool) -> Result<(), CompositeFault> {
        let is_known = |alarm: &AlarmRef| alarm.is_in(&self.scope) && exists(alarm.name());
        let mut unknown: Vec<String> = Vec::new();
        for child in self.rule.expression().alarms() {
            if !is_known(child) && !unknown.iter().any(|known| known == child.as_str()) {
                unknown.push(child.to_string());
            }
        }
        if !unknown.is_empty() {
            return Err(CompositeFault::UnknownChildren(unknown));
        }
        match &self.suppressor {
            Some(suppressor) if !is_known(&suppressor.alarm) => {
                Err(CompositeFault::UnknownSuppressor(suppressor.alarm.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Where it is.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        alarm_arn(&self.scope, &self.name)
    }

    /// What it is for.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// When it is in ALARM.
    pub fn rule(&self) -> &AlarmRule {
        &self.rule
    }

    /// Whether it acts at all.
    pub const fn actions_enabled(&self) -> bool {
        self.actions_enabled
    }

    /// Lets it act, or not: EnableAlarmActions and DisableAlarmActions.
    pub const fn set_actions_enabled(&mut self, actions_enabled: bool) {
        self.actions_enabled = actions_enabled;
    }

    /// What it does when it goes into a state, whether or not it acts at all.
    pub fn actions(&self, state: AlarmState) -> &[String] {
        match state {
            AlarmState::Ok => &self.ok_actions,
            AlarmState::Alarm => &self.alarm_actions,
            AlarmState::InsufficientData => &self.insufficient_data_actions,
        }
    }

    /// What keeps it from acting.
    pub fn suppressor(&self) -> Option<&Suppressor> {
        self.suppressor.as_ref()
    }
}

fn name_fault(name: Option<&str>) -> Option<CompositeFault> {
    let Some(name) = name else { return Some(CompositeFault::NameMissing) };
    let length = name.chars().count();
    match name.chars().find(char::is_ascii_control) {
        _ if length == 0 => Some(CompositeFault::NameEmpty),
        _ if length > MAX_ALARM_NAME => Some(CompositeFault::NameTooLong(length)),
        control => control.map(CompositeFault::NameControl),
    }
}

fn is_about(rule: &AlarmRule, name: &str, scope: &Scope) -> bool {
    rule.children().iter().any(|child| child.name() == name && child.is_in(scope))
}

fn check_actions(path: &'static str, actions: &[String], faults: &mut Vec<CompositeFault>) {
    if actions.len() > MAX_ACTIONS {
        faults.push(CompositeFault::TooManyActions(path));
        return;
    }
    for (at, arn) in actions.iter().enumerate() {
        let checked = check_action(&format!("{path}.member.{}", at + 1), arn);
        faults.extend(checked.err().map(CompositeFault::from));
    }
}
