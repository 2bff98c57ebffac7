//! Topics that nobody has confirmed to listen to.

use super::{Definitions, Finding, Inventory, LiveTopic, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "topic-unconfirmed",
    severity: Severity::Error,
    needs_inventory: true,
    what: "An action on a topic without a confirmed subscription.",
    why: "What is published to it is gone. An address that was subscribed gets nothing before somebody has followed the link in the message that asks for it, and the link is good for two days.",
    fix: "Confirm a subscription of the topic, or subscribe somebody.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (arn, uses) in definitions.topics() {
        if let (Some(LiveTopic::Present { confirmed: 0, .. }), [first, ..]) = (inventory.topics.get(arn), &uses[..]) {
            let others = match uses.len() - 1 {
                0 => String::new(),
                others => format!(", nor to {others} more alarms"),
            };
            let message = format!("{arn} has no confirmed subscription: nobody listens to it{others}");
            findings.push(rule.there(first.place.clone(), &first.alarm, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, TOPIC, alarm, check_live};

    #[test]
    fn cases() {
        let acting = format!("AlarmActions: ['{TOPIC}']");
        let text = alarm("a", &acting) + &alarm("b", &acting);
        let live = |confirmed| Live { topics: &[TOPIC], confirmed, ..Live::default() };
        check_live(&super::RULE, &text, &live(1), "");
        check_live(&super::RULE, &text, &Live::default(), "");
        let expect =
            format!("1:179 a: {TOPIC} has no confirmed subscription: nobody listens to it, nor to 1 more alarms");
        check_live(&super::RULE, &text, &live(0), &expect);
    }
}
