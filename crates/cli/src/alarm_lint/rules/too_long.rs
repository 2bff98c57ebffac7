//! Evaluation over more time than there may be.

use nepho_engine::alarm::AlarmFault;

use super::{Definitions, Finding, Inventory, Rule, Severity, called};

pub(super) static RULE: Rule = Rule {
    id: "too-long",
    severity: Severity::Error,
    needs_inventory: false,
    what: "Period times EvaluationPeriods beyond a day, or beyond a week for periods of an hour and more.",
    why: "CloudWatch refuses it.",
    fix: "Use fewer periods; or a Period of at least an hour, with which a week may be looked at.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let found = definitions.metric.iter().filter_map(|one| {
        let faults = &one.alarm.as_ref().err()?.0;
        let fault = faults.iter().find(|fault| matches!(fault, AlarmFault::TooLong { .. }))?;
        let name = called(one.found, one.found.value.alarm_name.as_deref());
        Some(rule.at(one.found, &name, "EvaluationPeriods", fault.to_string()))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check, findings};

    #[test]
    fn cases() {
        let periods =
            |count: &str| alarm("a", "").replace("EvaluationPeriods: 3", &format!("EvaluationPeriods: {count}"));
        check(&super::RULE, &periods("1440"), "");
        let found = findings(&super::RULE, &periods("1441"), None);
        assert!(found.contains(" a: Metrics cannot be checked across more than a day"), "{found}");
    }
}
