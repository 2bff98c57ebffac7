//! Topics to which nobody is subscribed.

use super::{Definitions, Finding, Inventory, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "topic-without-subscriber",
    severity: Severity::Warning,
    needs_inventory: false,
    what: "An action on a topic of the same files to which nothing in them subscribes.",
    why: "What is published to a topic without a confirmed subscriber is gone. Whether an address has confirmed is not in the files; that one subscribes should be.",
    fix: "Add a subscription to the topic, or ignore this rule if people subscribe by hand.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let artefacts = definitions.artefacts;
    let is_open = artefacts
        .subscriptions
        .iter()
        .any(|found| found.value.topic_arn.is_none() || found.unresolved.iter().any(|one| one.member == "TopicArn"));
    if is_open {
        return Vec::new();
    }
    let has_subscriber =
        |arn: &str| artefacts.subscriptions.iter().any(|one| one.value.topic_arn.as_deref() == Some(arn));
    let silent = artefacts.topics.iter().filter(|found| !has_subscriber(&found.value.arn));
    let users = |arn: &str| {
        let metric = artefacts
            .metric_alarms
            .iter()
            .filter(|one| one.value.alarm_actions.iter().flatten().any(|action| action == arn));
        let composite = artefacts
            .composite_alarms
            .iter()
            .filter(|one| one.value.alarm_actions.iter().flatten().any(|action| action == arn));
        metric.count() + composite.count()
    };
    let found = silent.filter_map(|found| match users(&found.value.arn) {
        0 => None,
        1 => Some(rule.at(found, &found.address, "", "nobody subscribes to it, and an alarm acts on it")),
        count => {
            Some(rule.at(found, &found.address, "", format!("nobody subscribes to it, and {count} alarms act on it")))
        }
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{check, template};

    #[test]
    fn cases() {
        let topic = "  Ops: {Type: AWS::SNS::Topic}\n";
        let subscription = "  Mail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Ops, Protocol: email, Endpoint: a@b.example}}\n";
        check(&super::RULE, &template("[!Ref Ops]", &format!("{topic}{subscription}")), "");
        let expect = "4:3 Ops: nobody subscribes to it, and an alarm acts on it";
        check(&super::RULE, &template("[!Ref Ops]", topic), expect);
        check(&super::RULE, &template("[]", topic), "");
    }
}
