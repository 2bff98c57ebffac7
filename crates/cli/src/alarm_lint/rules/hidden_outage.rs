//! Missing data that hides an outage.

use nepho_engine::Kind;
use nepho_engine::alarm::{ComparisonOperator, Condition, MetricAlarm, TreatMissingData};

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hidden-outage",
    severity: Severity::Warning,
    needs_inventory: false,
    what: "An alarm on too few signs of life for which silence is good news.",
    why: "A heartbeat, a sum or a number of samples that must not fall below a threshold is not published at all when its source is down. With TreatMissingData notBreaching or ignore the alarm is in OK, or stays so, just then.",
    fix: "Set TreatMissingData to breaching.",
    find,
};

/// Parts of the names of metrics that say that something lives.
const SIGNS_OF_LIFE: [&str; 4] = ["heartbeat", "alive", "healthy", "uptime"];

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let is_silent =
        |alarm: &MetricAlarm| matches!(alarm.treatment(), TreatMissingData::NotBreaching | TreatMissingData::Ignore);
    let found = definitions.valid().filter(|(_, alarm)| is_silent(alarm) && wants_signs(alarm));
    let message = |alarm: &MetricAlarm| {
        format!("missing data is {}: when nothing comes any more, it stays silent", alarm.treatment())
    };
    found.map(|(found, alarm)| rule.at(found, alarm.name(), "TreatMissingData", message(alarm))).collect()
}

/// Whether it goes off when there is too little of something that is counted.
fn wants_signs(alarm: &MetricAlarm) -> bool {
    let Condition::Threshold { operator, .. } = alarm.condition() else { return false };
    let is_below =
        matches!(operator, ComparisonOperator::LessThanThreshold | ComparisonOperator::LessThanOrEqualToThreshold);
    let Some(metric) = alarm.source().metric().filter(|_| is_below) else { return false };
    let name = metric.metric().key().name().to_lowercase();
    let is_counted = matches!(metric.statistic().kind(), Kind::Sum | Kind::SampleCount);
    is_counted || SIGNS_OF_LIFE.iter().any(|sign| name.contains(sign))
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
    }
}
