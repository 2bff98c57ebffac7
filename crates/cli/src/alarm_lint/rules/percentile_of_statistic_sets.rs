//! Percentiles of statistic sets.

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "percentile-of-statistic-sets",
    severity: Severity::Error,
    needs_inventory: true,
    what: "A percentile or another trimmed statistic of a metric that is published as statistic sets.",
    why: "A set of count, sum, minimum and maximum does not say how values are distributed, so that there is no such statistic and the alarm sees no data.",
    fix: "Publish values, or values with counts, or compare Average or Maximum.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let found = definitions.stats().filter(|one| one.stat.statistic.needs_distribution()).filter_map(|one| {
        let published = inventory.published.get(&one.stat.metric)?;
        (published.has_percentiles == Some(false)).then(|| {
            let member = if one.path.is_empty() { "ExtendedStatistic".to_owned() } else { one.member("Stat") };
            let message = format!("there is data, but no {} of it", one.stat.statistic);
            rule.at(one.found, one.alarm, &member, message)
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, alarm, check_live};

    #[test]
    fn cases() {
        let text = alarm("a", "").replace("Statistic: Average", "ExtendedStatistic: p99");
        let live = |has_percentiles| Live { has_percentiles: Some(has_percentiles), ..Live::default() };
        check_live(&super::RULE, &text, &live(true), "");
        check_live(&super::RULE, &text, &live(false), "1:73 a: there is data, but no p99 of it");
        check_live(&super::RULE, &alarm("a", ""), &live(false), "");
    }
}
