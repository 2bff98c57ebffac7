//! Composite alarms over alarms that do not exist.

use super::{Definitions, Finding, Inventory, Rule, Severity};
use crate::nearest::nearest;

pub(super) static RULE: Rule = Rule {
    id: "unknown-alarm",
    severity: Severity::Error,
    needs_inventory: false,
    what: "A composite alarm whose rule or suppressor names an alarm that is neither in the files nor, as far as was asked, put.",
    why: "CloudWatch refuses it; and an alarm that is deleted later counts as if it were in none of the states.",
    fix: "Correct the name, or give the files that define the alarm as well.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let names: Vec<&str> = definitions.names().chain(inventory.alarms.iter().map(String::as_str)).collect();
    let message = |name: &str| match nearest(name, names.iter().copied()) {
        Some(meant) => format!("there is no alarm {name}: did you mean {meant}?"),
        None => format!("there is no alarm {name}"),
    };
    let is_unknown = |name: &&str| !names.contains(name) && !name.contains("${");
    let mut findings = Vec::new();
    for (found, alarm) in definitions.valid_composites() {
        let children = alarm.rule().children().iter().map(|child| child.name()).filter(is_unknown);
        findings.extend(children.map(|name| rule.at(found, alarm.name(), "AlarmRule", message(name))));
        let suppressor = alarm.suppressor().map(|suppressor| suppressor.alarm.name()).filter(is_unknown);
        findings.extend(suppressor.map(|name| rule.at(found, alarm.name(), "ActionsSuppressor", message(name))));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, alarm, check, check_live};

    #[test]
    fn cases() {
        let depth = alarm("depth", "");
        check(&super::RULE, &format!("{depth}- {{AlarmName: s, AlarmRule: ALARM(depth)}}\n"), "");
        let wrong = format!("{depth}- {{AlarmName: s, AlarmRule: ALARM(deph) OR OK(x-y-z)}}\n");
        check(
            &super::RULE,
            &wrong,
            "2:29 s: there is no alarm deph: did you mean depth?\n2:29 s: there is no alarm x-y-z",
        );
        let live = Live { alarms: &["deph", "x-y-z"], ..Live::default() };
        check_live(&super::RULE, &wrong, &live, "");
    }
}
