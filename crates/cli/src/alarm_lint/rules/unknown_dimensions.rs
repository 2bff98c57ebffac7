//! Sets of dimensions that nobody publishes.

use nepho_model::Metric;

use super::{Definitions, Finding, Inventory, Rule, Severity};
use crate::nearest::nearest;

pub(super) static RULE: Rule = Rule {
    id: "unknown-dimensions",
    severity: Severity::Error,
    needs_inventory: true,
    what: "A metric that is published, but not with exactly these dimensions.",
    why: "Every set of dimensions is a metric of its own: one too few, one too many or another value is another metric, which has no data.",
    fix: "Name exactly the dimensions with which the metric is published.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let found = definitions.stats().filter_map(|one| {
        let key = one.stat.metric.key();
        let others: Vec<_> = inventory.of_name(key.namespace(), key.name()).collect();
        if others.is_empty() || others.contains(&&one.stat.metric) {
            return None;
        }
        let texts: Vec<_> = others.iter().map(|metric| text(metric)).collect();
        let own = text(&one.stat.metric);
        let near = nearest(&own, texts.iter().map(String::as_str)).or(texts.first().map(String::as_str));
        let message = format!("{} is not published with {own}, but with {}", key.name(), near.unwrap_or_default());
        Some(rule.at(one.found, one.alarm, &one.metric_member("Dimensions"), message))
    });
    found.collect()
}

fn text(metric: &Metric) -> String {
    let dimensions: Vec<_> = metric.key().dimensions().map(|(name, value)| format!("{name}={value}")).collect();
    if dimensions.is_empty() { "no dimensions".to_owned() } else { dimensions.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, alarm, check_live};

    #[test]
    fn cases() {
        let live = Live { dimensions: &[("Queue", "mail")], ..Live::default() };
        let with = |value: &str| alarm("a", &format!("Dimensions: [{{Name: Queue, Value: {value}}}]"));
        check_live(&super::RULE, &with("mail"), &live, "");
        let found = |text: &str| super::super::cases::findings(&super::RULE, text, Some(&live));
        assert!(found(&with("male")).ends_with("Depth is not published with Queue=male, but with Queue=mail"));
        assert!(found(&alarm("a", "")).ends_with("Depth is not published with no dimensions, but with Queue=mail"));
    }
}
