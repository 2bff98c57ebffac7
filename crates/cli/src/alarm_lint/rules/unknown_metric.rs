//! Metrics that nobody publishes.

use nepho_engine::insights::InsightsQuery;
use nepho_model::Scope;

use super::{Definitions, Finding, Inventory, Rule, Severity, Stat};
use crate::nearest::nearest;

pub(super) static RULE: Rule = Rule {
    id: "unknown-metric",
    severity: Severity::Error,
    needs_inventory: true,
    what: "A metric of a namespace or name that nobody has published, or a query of Metrics Insights over such metrics.",
    why: "The alarm sees no data: it is in INSUFFICIENT_DATA for ever, or in what TreatMissingData makes of that. Names are compared letter for letter. A query also finds nothing where no metric has exactly the dimensions of its SCHEMA, or what WHERE asks for.",
    fix: "Correct the namespace or the name, or ignore this rule for metrics that come only with the first failure.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let found = definitions.stats().filter_map(|one| {
        let (member, message) = fault(&one, inventory)?;
        Some(rule.at(one.found, one.alarm, &one.metric_member(member), message))
    });
    let queries = definitions.queries().filter_map(|(found, alarm, query)| {
        let message = query_fault(query, alarm.scope(), inventory)?;
        Some(rule.at(found, alarm.name(), "Metrics.member.1.Expression", message))
    });
    found.chain(queries).collect()
}

fn query_fault(query: &InsightsQuery, scope: &Scope, inventory: &Inventory) -> Option<String> {
    let (namespace, name) = (&query.namespace, &query.metric_name);
    if let Some((_, message)) = absent(namespace, name, inventory) {
        return Some(message);
    }
    let search = query.search();
    let mut named = inventory.of_name(namespace, name);
    match named.any(|metric| search.matches(scope, metric.key())) {
        true => None,
        false => Some(format!("no metric {name} of {namespace} has the dimensions that the query asks for")),
    }
}

fn fault(one: &Stat<'_>, inventory: &Inventory) -> Option<(&'static str, String)> {
    let key = one.stat.metric.key();
    absent(key.namespace(), key.name(), inventory)
}

/// Which member names what nobody publishes, and what there is to say about it.
fn absent(namespace: &str, name: &str, inventory: &Inventory) -> Option<(&'static str, String)> {
    let meant = |near: Option<&str>| near.map_or_else(String::new, |near| format!(": did you mean {near}?"));
    if inventory.of_namespace(namespace).next().is_none() {
        let near = nearest(namespace, inventory.metrics.iter().map(|metric| metric.key().namespace()));
        return Some(("Namespace", format!("nobody publishes to {namespace}{}", meant(near))));
    }
    if inventory.of_name(namespace, name).next().is_none() {
        let near = nearest(name, inventory.of_namespace(namespace).map(|metric| metric.key().name()));
        let message = format!("nobody publishes {name} to {namespace}{}", meant(near));
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

    #[test]
    fn queries() {
        let live = Live { dimensions: &[("Queue", "mail")], ..Live::default() };
        let query = |text: &str, expect: &str| {
            let alarm = format!(
                "- {{AlarmName: a, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold, Metrics: [{{Id: q, Period: 60, Expression: \"{text}\"}}]}}\n"
            );
            let expect = if expect.is_empty() { String::new() } else { format!("1:138 a: {expect}") };
            check_live(&super::RULE, &alarm, &live, &expect);
        };
        query("SELECT MAX(Depth) FROM Jobs", "");
        query("SELECT MAX(Depth) FROM SCHEMA(Jobs, Queue) WHERE Queue = 'mail' GROUP BY Queue", "");
        query("SELECT MAX(Deph) FROM Jobs", "nobody publishes Deph to Jobs: did you mean Depth?");
        query("SELECT MAX(Depth) FROM Job", "nobody publishes to Job: did you mean Jobs?");
        let none = "no metric Depth of Jobs has the dimensions that the query asks for";
        query("SELECT MAX(Depth) FROM SCHEMA(Jobs, Queue, Host)", none);
        query("SELECT MAX(Depth) FROM Jobs WHERE Queue = 'post'", none);
    }
}
