//! Periods below a minute of metrics that are kept by the minute.

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "short-period",
    severity: Severity::Error,
    needs_inventory: false,
    what: "A period below a minute on a metric of an AWS service.",
    why: "AWS's services publish once a minute at most. Of the periods of 10, 20 or 30 seconds most stay empty, so that the alarm is in INSUFFICIENT_DATA or between states; CloudWatch refuses some of them.",
    fix: "Use a Period of 60 or more.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let is_short = |seconds: i64, namespace: &str| seconds < 60 && namespace.starts_with("AWS/");
    let found = definitions.stats().filter_map(|one| {
        let (seconds, namespace) = (one.stat.period.seconds(), one.stat.metric.key().namespace());
        let message = format!("a period of {seconds} s in {namespace}, which has a value a minute");
        is_short(seconds, namespace).then(|| rule.at(one.found, one.alarm, &one.member("Period"), message))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check};

    #[test]
    fn cases() {
        let short = alarm("a", "").replace("Period: 60", "Period: 10");
        check(&super::RULE, &short, "");
        check(
            &super::RULE,
            &short.replace("Namespace: Jobs", "Namespace: AWS/SQS"),
            "1:85 a: a period of 10 s in AWS/SQS, which has a value a minute",
        );
    }
}
