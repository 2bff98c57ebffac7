//! Periods shorter than those in which there is data.

use nepho_engine::Source;
use nepho_engine::alarm::{MetricAlarm, TreatMissingData};

use super::insufficient_data::is_beyond_range;
use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "sparse-data",
    severity: Severity::Warning,
    needs_inventory: true,
    what: "A Period that is shorter than the interval at which the metric is published.",
    why: "Most periods have no datapoint. The alarm is decided by how missing data is treated, and M of N datapoints in a row may never be there.",
    fix: "Choose a Period as long as the interval, or publish more often.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let mut findings = Vec::new();
    for one in definitions.stats() {
        let Some((_, alarm)) = definitions.valid().find(|(_, alarm)| alarm.name() == one.alarm) else { continue };
        let interval = inventory.published.get(&one.stat.metric).and_then(|published| published.interval_seconds);
        let (Some(interval), period) = (interval, one.stat.period.seconds()) else { continue };
        // Then it is told of by another rule.
        let is_insufficient = alarm.treatment() == TreatMissingData::Missing
            && alarm.source().metric().is_some()
            && is_beyond_range(alarm, interval);
        if interval > period && !is_insufficient && !fills(alarm) {
            let message = format!("it is published every {interval} s: most periods of {period} s have no data");
            findings.push(rule.at(one.found, one.alarm, &one.member("Period"), message));
        }
    }
    findings
}

/// Whether an expression says itself what missing data is.
fn fills(alarm: &MetricAlarm) -> bool {
    alarm.source().queries().iter().any(|query| match &query.query.source {
        Source::Expression(expression) => expression.text.contains("FILL("),
        Source::Metric(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, alarm, check_live, findings};

    #[test]
    fn cases() {
        let every = |interval_seconds| Live { units: &["Count"], interval_seconds, ..Live::default() };
        for interval in [None, Some(60)] {
            check_live(&super::RULE, &alarm("a", ""), &every(interval), "");
        }
        let found = findings(&super::RULE, &alarm("a", ""), Some(&every(Some(300))));
        assert!(found.ends_with(" a: it is published every 300 s: most periods of 60 s have no data"), "{found}");
        check_live(&super::RULE, &alarm("a", "Period: 300"), &every(Some(300)), "");
        // What it never sees is another rule's; with another treatment it is this one's.
        check_live(&super::RULE, &alarm("a", ""), &every(Some(3600)), "");
        let found = findings(&super::RULE, &alarm("a", "TreatMissingData: ignore"), Some(&every(Some(3600))));
        assert!(found.contains("every 3600 s"), "{found}");
    }
}
