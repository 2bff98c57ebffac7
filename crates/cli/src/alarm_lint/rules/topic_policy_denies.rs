//! Policies of topics that keep alarms out.

use serde_json::Value;

use super::{Definitions, Finding, Inventory, LiveTopic, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "topic-policy-denies",
    severity: Severity::Error,
    needs_inventory: false,
    what: "A topic with a policy that does not let CloudWatch publish.",
    why: "A policy replaces the one that a topic is made with. If it lets in other services only, or denies everybody, the alarm's action fails, which only its history says.",
    fix: "Allow SNS:Publish to the principal {\"Service\": \"cloudwatch.amazonaws.com\"}.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let artefacts = definitions.artefacts;
    let metric =
        artefacts.metric_alarms.iter().flat_map(|one| actions([&one.value.alarm_actions, &one.value.ok_actions]));
    let composite =
        artefacts.composite_alarms.iter().flat_map(|one| actions([&one.value.alarm_actions, &one.value.ok_actions]));
    let used: Vec<&str> = metric.chain(composite).collect();
    let own = artefacts.topics.iter().filter(|found| used.contains(&found.value.arn.as_str()));
    let own =
        own.filter_map(|found| Some(rule.at(found, &found.address, "Policy", fault(found.value.policy.as_deref()?)?)));
    let apart = artefacts.topic_policies.iter();
    let apart = apart.filter(|found| found.value.topic_arns.iter().any(|arn| used.contains(&arn.as_str())));
    let apart = apart.filter_map(|found| {
        let member = if found.places.contains_key("PolicyDocument") { "PolicyDocument" } else { "Policy" };
        Some(rule.at(found, &found.address, member, fault(found.value.policy.as_deref()?)?))
    });
    own.chain(apart).chain(live(rule, definitions, inventory)).collect()
}

/// The topics that are there already, and not in the files, which would change them.
fn live(rule: &'static Rule, definitions: &Definitions<'_>, inventory: &Inventory) -> Vec<Finding> {
    let is_defined = |arn: &str| definitions.artefacts.topics.iter().any(|found| found.value.arn == arn);
    let topics = definitions.topics().into_iter().filter(|(arn, _)| !is_defined(arn));
    let found = topics.filter_map(|(arn, uses)| {
        let Some(LiveTopic::Present { policy: Some(policy), .. }) = inventory.topics.get(arn) else { return None };
        let (fault, first) = (fault(policy)?, uses.first()?);
        Some(rule.there(first.place.clone(), &first.alarm, format!("of {arn}: {fault}")))
    });
    found.collect()
}

fn actions(lists: [&Option<Vec<String>>; 2]) -> impl Iterator<Item = &str> {
    lists.into_iter().flatten().flatten().map(String::as_str)
}

/// What is wrong with a policy, if it can be told.
fn fault(policy: &str) -> Option<&'static str> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let statements = match &policy["Statement"] {
        Value::Array(statements) => statements.iter().collect(),
        one => vec![one],
    };
    let of = |effect: &str| -> Vec<&&Value> {
        let is_of = |one: &&&Value| one["Effect"] == effect && is_about_publishing(one) && is_about_alarms(one);
        statements.iter().filter(is_of).collect()
    };
    if of("Deny").iter().any(|one| one["Condition"].is_null()) {
        return Some("its policy denies CloudWatch to publish");
    }
    of("Allow").is_empty().then_some("its policy does not allow CloudWatch to publish")
}

fn is_about_publishing(statement: &Value) -> bool {
    let is_publish = |action: &str| ["*", "sns:*", "sns:publish", "sns:p*"].contains(&action.to_lowercase().as_str());
    // What is said by exception is not judged.
    !statement["NotAction"].is_null() || texts(&statement["Action"]).iter().any(|action| is_publish(action))
}

fn is_about_alarms(statement: &Value) -> bool {
    let principal = &statement["Principal"];
    let is_service = |name: &&str| ["*", "cloudwatch.amazonaws.com"].contains(name);
    principal == "*"
        || !statement["NotPrincipal"].is_null()
        || texts(&principal["Service"]).iter().any(is_service)
        || texts(&principal["AWS"]).contains(&"*")
}

/// A text, or a list of texts.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Live, TOPIC, alarm, check, check_live, template};
    use super::fault;

    #[test]
    fn of_a_topic_in_the_files_and_of_one_that_is_there() {
        let topic = "  Ops: {Type: AWS::SNS::Topic, Properties: {TopicName: ops}}\n";
        let policy = |service: &str| {
            format!(
                "  P: {{Type: AWS::SNS::TopicPolicy, Properties: {{Topics: [!Ref Ops], PolicyDocument: {{Statement: [{{Effect: Allow, Principal: {{Service: {service}}}, Action: 'SNS:Publish', Resource: '*'}}]}}}}}}\n"
            )
        };
        let text = |service| template("[!Ref Ops]", &(topic.to_owned() + &policy(service)));
        check(&super::RULE, &text("cloudwatch.amazonaws.com"), "");
        let expect = "5:85 P: its policy does not allow CloudWatch to publish";
        check(&super::RULE, &text("events.amazonaws.com"), expect);
        let live = |policy| Live { topics: &[TOPIC], confirmed: 1, policy, ..Live::default() };
        let acting = alarm("a", &format!("AlarmActions: ['{TOPIC}']"));
        check_live(&super::RULE, &acting, &live(None), "");
        let other = r#"{"Statement": [{"Effect": "Allow", "Principal": {"Service": "budgets.amazonaws.com"}, "Action": "SNS:Publish", "Resource": "*"}]}"#;
        let expect = format!("1:179 a: of {TOPIC}: its policy does not allow CloudWatch to publish");
        check_live(&super::RULE, &acting, &live(Some(other)), &expect);
    }

    #[test]
    fn cases() {
        let policy = |effect: &str, principal: &str, action: &str| {
            format!(
                r#"{{"Statement": [{{"Effect": "{effect}", "Principal": {principal}, "Action": "{action}", "Resource": "*"}}]}}"#
            )
        };
        let service = r#"{"Service": "cloudwatch.amazonaws.com"}"#;
        let missing = Some("its policy does not allow CloudWatch to publish");
        assert_eq!(fault(&policy("Allow", service, "SNS:Publish")), None);
        assert_eq!(fault(&policy("Allow", "\"*\"", "sns:*")), None);
        assert_eq!(fault(&policy("Allow", r#"{"Service": "events.amazonaws.com"}"#, "SNS:Publish")), missing);
        assert_eq!(fault(&policy("Allow", service, "SNS:Subscribe")), missing);
        assert_eq!(fault(&policy("Deny", "\"*\"", "SNS:Publish")), Some("its policy denies CloudWatch to publish"));
        assert_eq!(fault("${data.policy}"), None);
    }
}
