//! Alarms that nobody hears.

use std::collections::BTreeSet;

use nepho_model::AlarmState;

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "no-action",
    severity: Severity::Warning,
    needs_inventory: false,
    what: "An alarm that does nothing when it goes into ALARM.",
    why: "It has no AlarmActions, or ActionsEnabled is false, and no composite alarm is about it: it is seen by nobody who does not look.",
    fix: "Add the topic that is to be told to AlarmActions, or name the alarm in a composite alarm's rule.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for (_, alarm) in definitions.valid_composites() {
        used.extend(alarm.rule().children().iter().map(|child| child.name()));
        used.extend(alarm.suppressor().map(|suppressor| suppressor.alarm.name()));
    }
    let message = |is_enabled: bool, has_actions: bool| match (has_actions, is_enabled) {
        (true, true) => None,
        (true, false) => Some(("ActionsEnabled", "its actions are disabled")),
        (false, _) => Some(("AlarmActions", "has no AlarmActions")),
    };
    let mut findings = Vec::new();
    for (found, alarm) in definitions.valid().filter(|(_, alarm)| !used.contains(alarm.name())) {
        let is_open = found.unresolved.iter().any(|one| one.member.starts_with("AlarmActions"));
        let fault = message(alarm.actions_enabled(), is_open || !alarm.actions().alarm.is_empty());
        findings.extend(fault.map(|(member, message)| rule.at(found, alarm.name(), member, message)));
    }
    for (found, alarm) in definitions.valid_composites().filter(|(_, alarm)| !used.contains(alarm.name())) {
        let is_open = found.unresolved.iter().any(|one| one.member.starts_with("AlarmActions"));
        let fault = message(alarm.actions_enabled(), is_open || !alarm.actions(AlarmState::Alarm).is_empty());
        findings.extend(fault.map(|(member, message)| rule.at(found, alarm.name(), member, message)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check};

    #[test]
    fn cases() {
        check(&super::RULE, &alarm("a", ""), "1:3 a: has no AlarmActions");
        let topic = "AlarmActions: ['arn:aws:sns:us-east-1:1:ops']";
        check(&super::RULE, &alarm("a", topic), "");
        let found =
            super::super::cases::findings(&super::RULE, &alarm("a", &format!("ActionsEnabled: false, {topic}")), None);
        assert!(found.ends_with(" a: its actions are disabled"), "{found}");
        check(&super::RULE, &format!("{}- {{AlarmName: s, AlarmRule: ALARM(a), {topic}}}\n", alarm("a", "")), "");
    }
}
