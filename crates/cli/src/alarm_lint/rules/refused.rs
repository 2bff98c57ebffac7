//! Definitions that CloudWatch does not take.

use nepho_engine::alarm::AlarmFault;

use super::{Definitions, Finding, Inventory, Rule, Severity, called};
use crate::artefacts::Found;

pub(super) static RULE: Rule = Rule {
    id: "refused",
    severity: Severity::Error,
    needs_inventory: false,
    what: "A definition that PutMetricAlarm or PutCompositeAlarm refuses.",
    why: "It is found when it is applied, which may be in the middle of a deployment. Among them: a list of metrics of which none or several return data, expressions that name ids which do not exist, M greater than N, a rule that cannot be read.",
    fix: "Correct what the message names; it is the service's own.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let metric = definitions.metric.iter().filter_map(|one| {
        let faults = one.alarm.as_ref().err()?.0.iter();
        let faults = faults.filter(|fault| !matches!(fault, AlarmFault::TooLong { .. }));
        let faults: Vec<_> = faults.map(text).collect();
        Some(findings(rule, one.found, one.found.value.alarm_name.as_deref(), &faults))
    });
    let composite = definitions.composite.iter().filter_map(|one| {
        let faults: Vec<_> = one.alarm.as_ref().err()?.0.iter().map(ToString::to_string).collect();
        Some(findings(rule, one.found, one.found.value.alarm_name.as_deref(), &faults))
    });
    metric.chain(composite).flatten().collect()
}

/// What the service says, and what it does not say of a list of metrics.
fn text(fault: &AlarmFault) -> String {
    match fault.detail() {
        Some(detail) => format!("{fault} ({detail})"),
        None => fault.to_string(),
    }
}

/// A finding for each fault, but for those that may come of a member that is not known.
fn findings<T>(rule: &Rule, found: &Found<T>, name: Option<&str>, faults: &[String]) -> Vec<Finding> {
    let is_open = |fault: &&String| {
        let open = found.unresolved.iter().filter_map(|one| one.member.split('.').next()).filter(|one| !one.is_empty());
        let mut words = fault.split(|c: char| !c.is_ascii_alphanumeric());
        let open: Vec<_> = open.collect();
        words.any(|word| open.iter().any(|open| open.eq_ignore_ascii_case(word)))
    };
    let faults = faults.iter().filter(|fault| !is_open(fault));
    faults.map(|fault| rule.at(found, &called(found, name), member(fault), fault.as_str())).collect()
}

/// The member that a message is about: the first word that is one.
fn member(message: &str) -> &str {
    let words = message.split(|c: char| !c.is_ascii_alphanumeric());
    let members = [
        "DatapointsToAlarm",
        "EvaluationPeriods",
        "Period",
        "Threshold",
        "ComparisonOperator",
        "ExtendedStatistic",
        "Statistic",
        "Metrics",
        "MetricName",
        "Namespace",
        "AlarmRule",
        "TreatMissingData",
        "Dimensions",
        "AlarmName",
        "AlarmActions",
        "OKActions",
        "InsufficientDataActions",
        "ActionsSuppressor",
        "Unit",
    ];
    words.into_iter().find(|word| members.contains(word)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check, findings};

    #[test]
    fn cases() {
        check(&super::RULE, &alarm("a", ""), "");
        let found = findings(&super::RULE, &alarm("a", "DatapointsToAlarm: 7"), None);
        assert!(found.ends_with(" a: DatapointsToAlarm must be less than or equal to EvaluationPeriods"), "{found}");
        let nothing = "- {AlarmName: a, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold,\n   Metrics: [{Id: m, Expression: 'x + 1', Period: 60, ReturnData: false}]}\n";
        assert!(
            findings(&super::RULE, nothing, None)
                .contains("Exactly one element of the metrics list should return data.")
        );
        let math = "- {AlarmName: a, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold,\n   Metrics: [{Id: m, Expression: 'x + 1', Period: 60}]}\n";
        let found = findings(&super::RULE, math, None);
        assert!(found.contains("Id 'x' not found"), "{found}");
        let rule = findings(&super::RULE, "- {AlarmName: a, AlarmRule: ALARM(}\n", None);
        assert!(rule.starts_with("1:29 a: Error in AlarmRule"), "{rule}");
    }
}
