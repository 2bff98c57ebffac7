//! What a composite alarm is.

use nepho_model::{AlarmState, Scope};

use super::fault::{CompositeFault, CompositeFaults};
use super::reference::{AlarmRef, alarm_arn};
use super::rule::{AlarmRule, MAX_RULE};
use super::suppressor::{MAX_SUPPRESSOR, Suppressor};
use crate::alarm::{Action, ActionKind, MAX_ACTION, MAX_ACTIONS, MAX_ALARM_DESCRIPTION, MAX_ALARM_NAME};
use crate::faults::{Faults, length, required};

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
    /// All that is wrong with them; if CloudWatch's model does not allow them, only that.
    pub fn new(scope: &Scope, parameters: Parameters) -> Result<Self, CompositeFaults> {
        let violations = model_faults(&parameters);
        if !violations.is_empty() {
            return Err(Faults(violations));
        }
        let mut faults = Vec::new();
        let name = parameters.alarm_name.as_deref().unwrap_or_default();
        faults.extend(name.chars().find(char::is_ascii_control).map(CompositeFault::NameControl));
        let rule = AlarmRule::parse(parameters.alarm_rule.as_deref().unwrap_or_default());
        let rule = rule.map_err(|fault| faults.push(fault.into())).ok();
        if rule.as_ref().is_some_and(|rule| is_about(rule, name, scope)) {
            faults.push(CompositeFault::OwnChild);
        }
        for (list, actions) in parameters.action_lists() {
            faults.extend(action_faults(list, actions));
        }
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
            _ => Err(Faults(faults)),
        }
    }

    /// Checks what an alarm in this scope may not do, though it may be written down: act in another Region.
    ///
    /// # Errors
    /// All actions in other Regions.
    pub fn check_regions(&self) -> Result<(), CompositeFaults> {
        let own = &self.scope.region;
        let actions = AlarmState::ALL.into_iter().flat_map(|state| self.actions(state));
        let regions = actions.filter_map(|arn| Action::parse(arn)).map(|action| action.region().to_owned());
        let elsewhere = regions.filter(|region| !region.is_empty() && region != own);
        let faults: Vec<_> =
            elsewhere.map(|region| CompositeFault::ActionRegion { region, own: own.clone() }).collect();
        if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
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

fn is_about(rule: &AlarmRule, name: &str, scope: &Scope) -> bool {
    rule.children().iter().any(|child| child.name() == name && child.is_in(scope))
}

fn action_faults(list: &'static str, actions: &[String]) -> Vec<CompositeFault> {
    if actions.len() > MAX_ACTIONS {
        return vec![CompositeFault::TooManyActions(list)];
    }
    let fault = |arn: &String| match Action::parse(arn).map(|action| action.kind()) {
        None => Some(CompositeFault::Action(arn.clone())),
        Some(ActionKind::Instance(_) | ActionKind::Scaling) => Some(CompositeFault::MetricAction(arn.clone())),
        Some(_) => None,
    };
    actions.iter().filter_map(fault).collect()
}

/// What CloudWatch's model says of the parameters, before anything is made of them.
fn model_faults(parameters: &Parameters) -> Vec<CompositeFault> {
    let mut violations = Vec::new();
    violations.extend(required("alarmName", parameters.alarm_name.as_deref(), MAX_ALARM_NAME));
    violations.extend(length("alarmDescription", parameters.alarm_description.as_deref(), 0, MAX_ALARM_DESCRIPTION));
    violations.extend(length("alarmRule", parameters.alarm_rule.as_deref(), 1, MAX_RULE));
    for (list, actions) in parameters.action_lists() {
        // How many there may be is told by the service, in other words.
        for (number, arn) in (1..=MAX_ACTIONS).zip(actions) {
            let member = format!("{}{}.{number}.member", list[..1].to_lowercase(), &list[1..]);
            violations.extend(length(&member, Some(arn), 1, MAX_ACTION));
        }
    }
    violations.extend(length("actionsSuppressor", parameters.actions_suppressor.as_deref(), 1, MAX_SUPPRESSOR));
    violations.into_iter().map(CompositeFault::Model).collect()
}

impl Parameters {
    fn action_lists(&self) -> [(&'static str, &[String]); 3] {
        [
            ("OKActions", &self.ok_actions),
            ("AlarmActions", &self.alarm_actions),
            ("InsufficientDataActions", &self.insufficient_data_actions),
        ]
    }
}
