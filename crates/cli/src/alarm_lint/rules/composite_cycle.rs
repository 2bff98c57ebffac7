//! Composite alarms that depend on themselves.

use nepho_engine::composite::AlarmGraph;

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "composite-cycle",
    severity: Severity::Error,
    needs_inventory: false,
    what: "Composite alarms whose rules lead back to themselves.",
    why: "Alarms in a cycle are not evaluated: they stay in the state that they are in, and none of them can be deleted.",
    fix: "Take one of them out of another's rule.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let graph: AlarmGraph = definitions.valid_composites().map(|(_, alarm)| alarm).collect();
    let cycles = graph.cycles();
    let of = |name: &str| cycles.iter().find(|cycle| cycle.contains(&name));
    let found = definitions.valid_composites().filter_map(|(found, alarm)| {
        let message = format!("depends on itself through {}", of(alarm.name())?.join(", "));
        Some(rule.at(found, alarm.name(), "AlarmRule", message))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::check;

    #[test]
    fn cases() {
        let one = "- {AlarmName: a, AlarmRule: ALARM(b)}\n";
        check(&super::RULE, &format!("{one}- {{AlarmName: b, AlarmRule: ALARM(c)}}\n"), "");
        check(
            &super::RULE,
            &format!("{one}- {{AlarmName: b, AlarmRule: ALARM(a)}}\n"),
            "1:29 a: depends on itself through a, b\n2:29 b: depends on itself through a, b",
        );
    }
}
