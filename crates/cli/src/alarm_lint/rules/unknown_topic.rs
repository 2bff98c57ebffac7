//! Topics that do not exist.

use super::{Definitions, Finding, Inventory, LiveTopic, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "unknown-topic",
    severity: Severity::Error,
    needs_inventory: true,
    what: "An action on a topic that is neither in the files nor there.",
    why: "An alarm is put without asking whether its actions exist. They fail when it goes off, which only its history says.",
    fix: "Name a topic that exists, or add it to the files.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let is_defined = |arn: &str| definitions.artefacts.topics.iter().any(|found| found.value.arn == arn);
    let topics = definitions.topics().into_iter();
    let absent = topics.filter(|(arn, _)| inventory.topics.get(*arn) == Some(&LiveTopic::Absent) && !is_defined(arn));
    let findings = absent.flat_map(|(arn, uses)| {
        uses.into_iter().map(move |one| rule.there(one.place, &one.alarm, format!("there is no topic {arn}")))
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, TOPIC, alarm, check_live, template};

    #[test]
    fn cases() {
        let text = alarm("a", &format!("AlarmActions: ['{TOPIC}']"));
        let present = Live { topics: &[TOPIC], confirmed: 1, ..Live::default() };
        check_live(&super::RULE, &text, &present, "");
        check_live(&super::RULE, &text, &Live::default(), "");
        let absent = Live { absent_topics: &[TOPIC], ..Live::default() };
        check_live(&super::RULE, &text, &absent, &format!("1:179 a: there is no topic {TOPIC}"));
        // It is made together with the alarm.
        let text = template("[!Ref Ops]", "  Ops: {Type: AWS::SNS::Topic, Properties: {TopicName: ops}}\n");
        check_live(&super::RULE, &text, &absent, "");
    }
}
