//! Composite alarms whose rules do not depend on their alarms.

use nepho_engine::composite::ConstantPart;

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "composite-constant",
    severity: Severity::Error,
    needs_inventory: false,
    what: "A composite alarm whose rule, or a part of it, contradicts itself or is always true.",
    why: "An alarm is in one state at a time: ALARM(x) AND OK(x) is never true, ALARM(x) OR NOT ALARM(x) always is. Such an alarm stays in OK, or in ALARM, for ever; such a part says nothing. A rule that is TRUE or FALSE in so many words is taken as meant.",
    fix: "Write OR for AND, name another alarm or another state, or leave the part out.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let found = definitions.valid_composites().flat_map(|(found, alarm)| {
        let parts = alarm.rule().constant_parts().into_iter();
        parts.map(|part| rule.at(found, alarm.name(), "AlarmRule", message(&part))).collect::<Vec<_>>()
    });
    found.collect()
}

fn message(part: &ConstantPart<'_>) -> String {
    match (part.is_whole, part.value) {
        (true, true) => "the rule is true whatever its alarms do: the alarm is always in ALARM".to_owned(),
        (true, false) => "the rule contradicts itself: the alarm never goes into ALARM".to_owned(),
        (false, true) => format!("{} is always true", part.expression),
        (false, false) => format!("{} is never true", part.expression),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::check;

    #[test]
    fn cases() {
        let rule = |rule: &str, expect: &str| {
            let expect = if expect.is_empty() { String::new() } else { format!("1:29 c: {expect}") };
            check(&super::RULE, &format!("- {{AlarmName: c, AlarmRule: \"{rule}\"}}\n"), &expect);
        };
        rule("ALARM(a) AND NOT ALARM(b)", "");
        rule("FALSE", "");
        let never = "the rule contradicts itself: the alarm never goes into ALARM";
        rule("ALARM(a) AND NOT ALARM(a)", never);
        rule("OK(a) AND ALARM(a)", never);
        let always = "the rule is true whatever its alarms do: the alarm is always in ALARM";
        rule("ALARM(a) OR NOT ALARM(a)", always);
        rule("ALARM(b) OR (OK(a) AND ALARM(a))", "OK(a) AND ALARM(a) is never true");
    }
}
