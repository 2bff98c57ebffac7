//! Two alarms of one name.

use std::collections::BTreeMap;

use super::{Definitions, Finding, Inventory, Rule, Severity};
use crate::artefacts::{Found, Place};

pub(super) static RULE: Rule = Rule {
    id: "name-twice",
    severity: Severity::Error,
    needs_inventory: false,
    what: "Two alarms of one name.",
    why: "A name is unique among metric and composite alarms of a Region: the alarm that is put last replaces the other without a word.",
    fix: "Give one of them another name.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    let mut findings = Vec::new();
    for one in &definitions.metric {
        findings.extend(again(rule, &mut seen, one.found, one.found.value.alarm_name.as_deref()));
    }
    for one in &definitions.composite {
        findings.extend(again(rule, &mut seen, one.found, one.found.value.alarm_name.as_deref()));
    }
    findings
}

fn again<'a, T>(
    rule: &Rule,
    seen: &mut BTreeMap<&'a str, &'a Place>,
    found: &'a Found<T>,
    name: Option<&'a str>,
) -> Option<Finding> {
    let name = name.filter(|_| found.unresolved.iter().all(|one| one.member != "AlarmName"))?;
    let other = seen.insert(name, &found.place)?;
    Some(rule.at(found, name, "AlarmName", format!("there is another alarm of this name at {other}")))
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check};

    #[test]
    fn cases() {
        check(&super::RULE, &format!("{}{}", alarm("a", ""), alarm("b", "")), "");
        let composite = "- {AlarmName: a, AlarmRule: 'TRUE'}\n";
        check(
            &super::RULE,
            &format!("{}{composite}", alarm("a", "")),
            "2:15 a: there is another alarm of this name at t.yaml:1:3",
        );
    }
}
