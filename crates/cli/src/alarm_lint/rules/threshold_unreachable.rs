//! Thresholds that no value reaches, or that every value does.

use nepho_engine::alarm::{ComparisonOperator, Condition, MetricAlarm, TreatMissingData};
use nepho_engine::{Kind, MetricStat};
use nepho_model::Unit;

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "threshold-unreachable",
    severity: Severity::Error,
    needs_inventory: false,
    what: "A threshold that no value of the metric can cross, or that every value crosses.",
    why: "A percentage is from 0 to 100, and there are at least as many samples as one where there is data at all. An alarm beyond that is always in OK, or always in ALARM.",
    fix: "Choose a threshold within what the metric can be, or another operator.",
    find,
};

/// Services whose utilization is at most 100; that of a container may be more.
const BOUNDED: [&str; 3] = ["AWS/EC2", "AWS/ElastiCache", "AWS/RDS"];

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let found =
        definitions.valid().filter_map(|(found, alarm)| Some(rule.at(found, alarm.name(), "Threshold", fault(alarm)?)));
    found.collect()
}

fn fault(alarm: &MetricAlarm) -> Option<String> {
    let Condition::Threshold { operator, threshold } = alarm.condition() else { return None };
    let (least, most, what) = values(&alarm.source().metric()?.stat)?;
    let (never, always) = match operator {
        ComparisonOperator::GreaterThanThreshold => (*threshold >= most, *threshold < least),
        ComparisonOperator::GreaterThanOrEqualToThreshold => (*threshold > most, *threshold <= least),
        ComparisonOperator::LessThanThreshold => (*threshold <= least, *threshold > most),
        ComparisonOperator::LessThanOrEqualToThreshold => (*threshold < least, *threshold >= most),
        _ => return None,
    };
    // An alarm on the number of samples is one on whether there are any: silence decides it.
    let counts = alarm.source().metric()?.stat.statistic.kind() == Kind::SampleCount;
    let silence_breaches = alarm.treat_missing_data() == Some(TreatMissingData::Breaching);
    let which = match (never, always) {
        (true, _) if !silence_breaches => "no value ever is",
        (_, true) if !counts || silence_breaches => "every value is",
        _ => return None,
    };
    Some(format!("{which} {} {threshold}: {what}", words(*operator)))
}

fn words(operator: ComparisonOperator) -> &'static str {
    match operator {
        ComparisonOperator::GreaterThanThreshold => "greater than",
        ComparisonOperator::GreaterThanOrEqualToThreshold => "greater than or equal to",
        ComparisonOperator::LessThanThreshold => "less than",
        _ => "less than or equal to",
    }
}

/// The least and the most that a statistic can be, if that is known, and why.
fn values(stat: &MetricStat) -> Option<(f64, f64, &'static str)> {
    let key = stat.metric.key();
    match stat.statistic.kind() {
        Kind::SampleCount => return Some((1.0, f64::INFINITY, "where there is data, there is at least one sample")),
        Kind::Average | Kind::Minimum | Kind::Maximum | Kind::Percentile(_) => {}
        _ => return None,
    }
    let is_utilization = BOUNDED.contains(&key.namespace()) && key.name().ends_with("Utilization");
    (stat.unit == Some(Unit::Percent) || is_utilization).then_some((0.0, 100.0, "a percentage is from 0 to 100"))
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, findings};

    #[track_caller]
    fn check(threshold: &str, operator: &str, more: &str, expect: &str) {
        let text = alarm("a", more).replace("Threshold: 10,", &format!("Threshold: {threshold},"));
        let found = findings(&super::RULE, &text.replace("GreaterThanThreshold", operator), None);
        assert_eq!(found.split_once(" a: ").map_or("", |(_, message)| message), expect, "{text}");
    }

    #[test]
    fn cases() {
        let percent = "Unit: Percent";
        check("10", "GreaterThanThreshold", percent, "");
        let never = "no value ever is greater than 100: a percentage is from 0 to 100";
        check("100", "GreaterThanThreshold", percent, never);
        check("100", "GreaterThanThreshold", "", "");
        check("100", "GreaterThanOrEqualToThreshold", percent, "");
        check("99.9", "GreaterThanThreshold", percent, "");
        check("0", "LessThanThreshold", percent, "no value ever is less than 0: a percentage is from 0 to 100");
        check("0", "LessThanOrEqualToThreshold", percent, "");
        let always = "every value is greater than or equal to 0: a percentage is from 0 to 100";
        check("0", "GreaterThanOrEqualToThreshold", percent, always);
        check("0", "LessThanThreshold", "Unit: Percent, TreatMissingData: breaching", "");
    }

    #[test]
    fn numbers_of_samples_tell_of_silence() {
        let counts = |threshold: &str, operator: &str, missing: &str| {
            let text = alarm("a", &format!("TreatMissingData: {missing}"));
            let text = text.replace("Threshold: 10,", &format!("Threshold: {threshold},"));
            let text = text.replace("GreaterThanThreshold", operator).replace("Average", "SampleCount");
            !findings(&super::RULE, &text, None).is_empty()
        };
        assert!(!counts("1", "LessThanThreshold", "breaching"));
        assert!(counts("1", "LessThanThreshold", "notBreaching"));
        assert!(!counts("1", "GreaterThanOrEqualToThreshold", "notBreaching"));
        assert!(counts("1", "GreaterThanOrEqualToThreshold", "breaching"));
    }
}
