//! Elements of Metrics that nothing uses.

use nepho_engine::Source;

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "unused-query",
    severity: Severity::Warning,
    needs_inventory: false,
    what: "A metric or expression of an alarm that neither returns data nor is part of an expression.",
    why: "It was meant to be part of what is compared, but is not: mostly an id is spelt otherwise in the expression.",
    fix: "Use it in the expression, or take it out.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (found, alarm) in definitions.valid() {
        let queries = alarm.source().queries();
        let words: Vec<&str> = queries
            .iter()
            .filter_map(|one| match &one.query.source {
                Source::Expression(expression) => Some(expression.text.as_str()),
                Source::Metric(_) => None,
            })
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'))
            .collect();
        if words.contains(&"METRICS") {
            continue;
        }
        for (at, one) in queries.iter().enumerate().filter(|(_, one)| !one.query.return_data) {
            let id = one.query.id.as_str();
            if !words.contains(&id) {
                let member = format!("Metrics.member.{}.Id", at + 1);
                findings.push(rule.at(found, alarm.name(), &member, format!("nothing uses {id}")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::cases::check;

    #[test]
    fn cases() {
        let text = |expression: &str| {
            let metric = |id: &str| {
                format!(
                    "{{Id: {id}, ReturnData: false, MetricStat: {{Metric: {{Namespace: Jobs, MetricName: Depth}}, Period: 60, Stat: Sum}}}}"
                )
            };
            format!(
                "- AlarmName: a\n  EvaluationPeriods: 1\n  Threshold: 1\n  ComparisonOperator: GreaterThanThreshold\n  Metrics:\n  - {}\n  - {}\n  - {{Id: e, Expression: '{expression}'}}\n",
                metric("m1"),
                metric("m2")
            )
        };
        check(&super::RULE, &text("m1 / m2"), "");
        check(&super::RULE, &text("SUM(METRICS())"), "");
        check(&super::RULE, &text("m1 * 2"), "7:10 a: nothing uses m2");
    }
}
