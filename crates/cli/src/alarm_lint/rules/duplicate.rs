//! One alarm under two names.

use nepho_engine::alarm::Parameters;

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "duplicate",
    severity: Severity::Warning,
    needs_inventory: false,
    what: "Two alarms that differ in nothing but their names and descriptions.",
    why: "They go off together: whoever is called is called twice, and a change to one is forgotten in the other.",
    fix: "Keep one of them, or give one the threshold or the dimensions that it was meant to have.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let mut seen: Vec<(Parameters, &str)> = Vec::new();
    let mut findings = Vec::new();
    for (found, alarm) in definitions.valid().filter(|(found, _)| found.unresolved.is_empty()) {
        let essence = Parameters { alarm_name: None, alarm_description: None, ..Parameters::from(alarm) };
        match seen.iter().find(|(other, name)| *other == essence && *name != alarm.name()) {
            Some((_, name)) => {
                findings.push(rule.at(found, alarm.name(), "AlarmName", format!("is the same as {name}")));
            }
            None => seen.push((essence, alarm.name())),
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check};

    #[test]
    fn cases() {
        let one = alarm("a", "");
        check(&super::RULE, &format!("{one}{}", alarm("b", "AlarmDescription: other")), "2:15 b: is the same as a");
        check(&super::RULE, &format!("{one}{}", alarm("b", "Dimensions: [{Name: Queue, Value: mail}]")), "");
    }
}
