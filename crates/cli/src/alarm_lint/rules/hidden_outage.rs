//! Missing data that hides an outage.

use nepho_engine::Kind;
use nepho_engine::alarm::{ComparisonOperator, Condition, MetricAlarm, TreatMissingData};

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hidden-outage",
    severity: Severity::Warning,
    needs_inventory: false,
    what: "An alarm on too few signs of life for which silence is good news, or no news.",
    why: "A heartbeat, a sum or a number of samples that must not fall below a threshold is not published at all when its source is down. With TreatMissingData notBreaching or ignore the alarm is in OK, or stays so, just then. With missing, which is what holds when nothing is said, a heartbeat that stops leads to INSUFFICIENT_DATA, for which AlarmActions are not run.",
    fix: "Set TreatMissingData to breaching.",
    find,
};

/// Parts of the names of metrics that say that something lives.
const SIGNS_OF_LIFE: [&str; 4] = ["heartbeat", "alive", "healthy", "uptime"];

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let found = definitions.valid().filter_map(|(found, alarm)| {
        let message = message(alarm)?;
        Some(rule.at(found, alarm.name(), "TreatMissingData", message))
    });
    found.collect()
}

fn message(alarm: &MetricAlarm) -> Option<String> {
    let treatment = alarm.treatment();
    match treatment {
        TreatMissingData::Breaching => None,
        TreatMissingData::NotBreaching | TreatMissingData::Ignore => wants_signs(alarm)
            .then(|| format!("missing data is {treatment}: when nothing comes any more, it stays silent")),
        TreatMissingData::Missing => (is_heartbeat(alarm) && alarm.actions().insufficient_data.is_empty())
            .then(|| "missing data is missing: when nothing comes any more, AlarmActions are not run".to_owned()),
    }
}

/// Whether only silence can set it off, or its name says that it is about signs of life.
fn is_heartbeat(alarm: &MetricAlarm) -> bool {
    let Condition::Threshold { operator, threshold } = alarm.condition() else { return false };
    let least = match operator {
        ComparisonOperator::LessThanThreshold => 1.0,
        ComparisonOperator::LessThanOrEqualToThreshold => 0.0,
        _ => return false,
    };
    let Some(metric) = alarm.source().metric() else { return false };
    let (key, is_counted) = (metric.metric().key(), matches!(metric.statistic().kind(), Kind::Sum | Kind::SampleCount));
    // AWS's own, such as HealthyHostCount, are published by something else than what they are about.
    let is_of_own_source = !key.namespace().starts_with("AWS/") && is_sign_of_life(key.name());
    is_of_own_source || (is_counted && *threshold <= least)
}

fn is_sign_of_life(name: &str) -> bool {
    let name = name.to_lowercase();
    SIGNS_OF_LIFE.iter().any(|sign| name.contains(sign))
}

/// Whether it goes off when there is too little of something that is counted.
fn wants_signs(alarm: &MetricAlarm) -> bool {
    let Condition::Threshold { operator, .. } = alarm.condition() else { return false };
    let is_below =
        matches!(operator, ComparisonOperator::LessThanThreshold | ComparisonOperator::LessThanOrEqualToThreshold);
    let Some(metric) = alarm.source().metric().filter(|_| is_below) else { return false };
    let is_counted = matches!(metric.statistic().kind(), Kind::Sum | Kind::SampleCount);
    is_counted || is_sign_of_life(metric.metric().key().name())
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check};

    #[test]
    fn cases() {
        let below = "Statistic: Sum, ComparisonOperator: LessThanThreshold, TreatMissingData";
        check(&super::RULE, &alarm("a", &format!("{below}: breaching")), "");
        check(&super::RULE, &alarm("a", &format!("{below}: missing")), "");
        let expect = "a: missing data is notBreaching: when nothing comes any more, it stays silent";
        let found = super::super::cases::findings(&super::RULE, &alarm("a", &format!("{below}: notBreaching")), None);
        assert!(found.ends_with(expect), "{found}");
        check(&super::RULE, &alarm("a", "TreatMissingData: notBreaching"), "");
        // Of a heartbeat nothing but breaching will do, unless somebody is told that nothing is known any more.
        let beats = |more: &str| {
            let more = format!("MetricName: Heartbeat, ComparisonOperator: LessThanThreshold{more}");
            super::super::cases::findings(&super::RULE, &alarm("a", &more), None)
        };
        let expect = "a: missing data is missing: when nothing comes any more, AlarmActions are not run";
        assert!(beats("").ends_with(expect) && beats(", TreatMissingData: missing").ends_with(expect), "{}", beats(""));
        assert_eq!(beats(", TreatMissingData: breaching"), "");
        assert_eq!(beats(&format!(", InsufficientDataActions: ['{}']", super::super::cases::TOPIC)), "");
        let hosts = "Namespace: AWS/NetworkELB, MetricName: HealthyHostCount, ComparisonOperator: LessThanThreshold";
        check(&super::RULE, &alarm("a", hosts), "");
        let one = "Statistic: Sum, Threshold: 1, ComparisonOperator: LessThanThreshold";
        assert!(super::super::cases::findings(&super::RULE, &alarm("a", one), None).ends_with(expect));
    }
}
