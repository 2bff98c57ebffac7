//! Alarms that are in INSUFFICIENT_DATA most of the time, or always.

use nepho_engine::alarm::{MetricAlarm, TreatMissingData, evaluation_range};

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "insufficient-data",
    severity: Severity::Warning,
    needs_inventory: true,
    what: "An alarm that can only be in INSUFFICIENT_DATA, or is whenever nothing has just come: no data for two weeks, or datapoints further apart than it looks back.",
    why: "Missing data is treated as missing, so that the alarm knows nothing most of the time, and goes off for INSUFFICIENT_DATA again and again. It only looks back a few periods further than EvaluationPeriods.",
    fix: "Choose a Period as long as the interval, or say with TreatMissingData what silence means.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (found, alarm) in definitions.valid().filter(|(_, alarm)| alarm.treatment() == TreatMissingData::Missing) {
        let Some(metric) = alarm.source().metric() else { continue };
        let Some(published) = inventory.published.get(metric.metric()) else { continue };
        let message = match published.interval_seconds {
            _ if published.units.is_empty() => "the metric has had no data for two weeks".to_owned(),
            Some(interval) if is_beyond_range(alarm, interval) => {
                let range = range_seconds(alarm);
                format!("it is published every {interval} s, and the alarm looks back {range} s")
            }
            Some(_) | None => continue,
        };
        findings.push(rule.at(found, alarm.name(), "Period", message));
    }
    findings
}

fn range_seconds(alarm: &MetricAlarm) -> i64 {
    alarm.period().seconds() * evaluation_range(alarm) as i64
}

/// Whether there are evaluations that see no datapoint of a metric that is published so often.
pub(super) fn is_beyond_range(alarm: &MetricAlarm, interval_seconds: i64) -> bool {
    interval_seconds > range_seconds(alarm)
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, alarm, check_live, findings};

    #[test]
    fn cases() {
        let every = |interval_seconds| Live { units: &["Count"], interval_seconds, ..Live::default() };
        // Three of three periods: two more are looked at.
        check_live(&super::RULE, &alarm("a", ""), &every(None), "");
        check_live(&super::RULE, &alarm("a", ""), &every(Some(300)), "");
        let found = findings(&super::RULE, &alarm("a", ""), Some(&every(Some(360))));
        assert!(found.ends_with(" a: it is published every 360 s, and the alarm looks back 300 s"), "{found}");
        let found = findings(&super::RULE, &alarm("a", ""), Some(&Live::default()));
        assert!(found.ends_with(" a: the metric has had no data for two weeks"), "{found}");
        check_live(&super::RULE, &alarm("a", "TreatMissingData: notBreaching"), &Live::default(), "");
    }
}
