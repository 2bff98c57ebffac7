//! Units that nobody publishes.

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "unknown-unit",
    severity: Severity::Error,
    needs_inventory: true,
    what: "A Unit other than those under which the metric is published.",
    why: "An alarm with a Unit looks at data under that unit only, and nothing is converted: Seconds are not found as Milliseconds.",
    fix: "Leave Unit out, or name the one that is published.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let found = definitions.stats().filter_map(|one| {
        let unit = one.stat.unit?.as_str();
        let units = &inventory.published.get(&one.stat.metric)?.units;
        (!units.is_empty() && !units.contains(unit)).then(|| {
            let units: Vec<_> = units.iter().map(String::as_str).collect();
            let message = format!("it is published in {}, not in {unit}", units.join(", "));
            rule.at(one.found, one.alarm, &one.member("Unit"), message)
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, alarm, check_live, findings};

    #[test]
    fn cases() {
        let live = Live { units: &["Count"], ..Live::default() };
        check_live(&super::RULE, &alarm("a", "Unit: Count"), &live, "");
        check_live(&super::RULE, &alarm("a", ""), &live, "");
        let found = findings(&super::RULE, &alarm("a", "Unit: Seconds"), Some(&live));
        assert!(found.ends_with(" a: it is published in Count, not in Seconds"), "{found}");
    }
}
