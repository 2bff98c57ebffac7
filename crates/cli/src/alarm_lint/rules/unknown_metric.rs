//! Metrics that nobody publishes.

use super::{Definitions, Finding, Inventory, Rule, Severity, Stat};
use crate::nearest::nearest;

pub(super) static RULE: Rule = Rule {
    id: "unknown-metric",
    severity: Severity::Error,
    needs_inventory: true,
    what: "A metric of a namespace or name that nobody has published.",
    why: "The alarm sees no data: it is in INSUFFICIENT_DATA for ever, or in what TreatMissingData makes of that. Names are compared letter for letter.",
    fix: "Correct the namespace or the name, or ignore this rule for metrics that come only with the first failure.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let found = definitions.stats().filter_map(|one| {
        let (member, message) = fault(&one, inventory)?;
        Some(rule.at(one.found, one.alarm, &one.metric_member(member), message))
    });
    found.collect()
}

fn fault(one: &Stat<'_>, inventory: &Inventory) -> Option<(&'static str, String)> {
    let key = one.stat.metric.key();
    let meant = |name: Option<&str>| name.map_or_else(String::new, |name| format!(": did you mean {name}?"));
    if inventory.of_namespace(key.namespace()).next().is_none() {
        let near = nearest(key.namespace(), inventory.metrics.iter().map(|metric| metric.key().namespace()));
        return Some(("Namespace", format!("nobody publishes to {}{}", key.namespace(), meant(near))));
    }
    if inventory.of_name(key.namespace(), key.name()).next().is_none() {
        let near = nearest(key.name(), inventory.of_namespace(key.namespace()).map(|metric| metric.key().name()));
        let message = format!("nobody publishes {} to {}{}", key.name(), key.namespace(), meant(near));
        return Some(("MetricName", message));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, alarm, check_live};

    #[test]
    fn cases() {
        let live = Live::default();
        check_live(&super::RULE, &alarm("a", ""), &live, "");
        let name = alarm("a", "").replace("MetricName: Depth", "MetricName: Deph");
        check_live(&super::RULE, &name, &live, "1:47 a: nobody publishes Deph to Jobs: did you mean Depth?");
        let namespace = alarm("a", "").replace("Namespace: Jobs", "Namespace: jobs");
        check_live(&super::RULE, &namespace, &live, "1:29 a: nobody publishes to jobs: did you mean Jobs?");
    }
}
