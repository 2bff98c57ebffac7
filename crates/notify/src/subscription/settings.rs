//! What a subscription was told about the messages it wants, and how.

use std::collections::BTreeMap;

use serde_json::Value;

use super::protocol::Protocol;
use crate::arn::Arn;
use crate::filter::{FilterPolicy, Scope};
use crate::name::FIFO_SUFFIX;
use crate::noise::NoisePolicy;
use crate::refusal::Refusal;
use crate::retry::{DeliveryPolicy, SubscriptionPolicy, TopicPolicy};
use crate::topic::TopicArn;

/// What the settings of a subscription have to fit.
#[derive(Debug, Clone, Copy)]
pub struct Subscriber<'a> {
    /// The topic.
    pub topic: &'a TopicArn,
    /// How it delivers.
    pub protocol: Protocol,
    /// Where to.
    pub endpoint: &'a str,
}

/// The attributes that a subscription was given, checked. They are kept as they were written: JSON documents have to
/// come back byte for byte.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubscriptionSettings {
    given: BTreeMap<String, String>,
    filter: Option<FilterPolicy>,
    delivery: Option<SubscriptionPolicy>,
    noise: Option<NoisePolicy>,
    dead_letter_target: Option<String>,
}

const RAW: &str = "RawMessageDelivery";
const FILTER: &str = "FilterPolicy";
const FILTER_SCOPE: &str = "FilterPolicyScope";
const REDRIVE: &str = "RedrivePolicy";
const DELIVERY: &str = "DeliveryPolicy";
/// What AWS does not have.
const NOISE: &str = "NoisePolicy";
/// What AWS has for services that are not here.
const NOT_HERE: [&str; 2] = ["SubscriptionRoleArn", "ReplayPolicy"];

impl SubscriptionSettings {
    /// The settings of a subscription that is made with these attributes.
    ///
    /// # Errors
    /// There is no such attribute, or it cannot have this value.
    pub fn subscribe(subscriber: Subscriber<'_>, given: &BTreeMap<String, String>) -> Result<Self, Refusal> {
        let refuse = |reason: String| Refusal::invalid(format!("Attributes Reason: {reason}"));
        check(subscriber, given).map_err(refuse)
    }

    /// These settings with one attribute changed; an empty value unsets it.
    ///
    /// # Errors
    /// There is no such attribute, or it cannot have this value.
    pub fn with(&self, subscriber: Subscriber<'_>, attribute: &str, value: &str) -> Result<Self, Refusal> {
        let mut given = self.given.clone();
        given.insert(attribute.to_owned(), value.to_owned());
        check(subscriber, &given).map_err(Refusal::invalid)
    }

    /// What was given, without what was unset again.
    pub fn given(&self) -> &BTreeMap<String, String> {
        &self.given
    }

    /// Whether a subscription that is made again with these attributes is the one that is there.
    pub fn has_all(&self, given: &BTreeMap<String, String>) -> bool {
        given.iter().all(|(attribute, value)| {
            let known = self.given.get(attribute).map(String::as_str);
            match attribute.as_str() {
                RAW => known.unwrap_or("false").eq_ignore_ascii_case(value),
                _ => known.unwrap_or_default() == value,
            }
        })
    }

    /// Which messages are wanted; all, when there is no policy.
    pub fn filter(&self) -> Option<&FilterPolicy> {
        self.filter.as_ref()
    }

    /// What is spared of the messages of alarms; nothing, when there is no policy.
    pub fn noise(&self) -> Option<&NoisePolicy> {
        self.noise.as_ref()
    }

    /// Whether messages come without an envelope.
    pub fn is_raw(&self) -> bool {
        self.given.get(RAW).is_some_and(|raw| raw == "true")
    }

    /// The ARN of the queue that takes what could not be delivered.
    pub fn dead_letter_target(&self) -> Option<&str> {
        self.dead_letter_target.as_deref()
    }

    /// How messages are delivered, given how its topic wants it.
    pub fn delivery(&self, topic: &TopicPolicy, protocol: Protocol) -> DeliveryPolicy {
        match protocol.takes_delivery_policy() {
            true if protocol.is_http() => topic.with(self.delivery.as_ref()),
            true => {
                let own = TopicPolicy::default().with(self.delivery.as_ref());
                let retries = if self.delivery.is_some() { own.retries } else { protocol.retries() };
                let most = own.receives_per_second_max.or(protocol.receives_per_second_max());
                DeliveryPolicy { retries, receives_per_second_max: most, ..own }
            }
            false => DeliveryPolicy { retries: protocol.retries(), receives_per_second_max: None, content_type: None },
        }
    }

    /// What GetSubscriptionAttributes answers of these.
    pub fn to_attributes(&self, topic: &TopicPolicy, protocol: Protocol) -> BTreeMap<String, String> {
        let mut all = self.given.clone();
        all.entry(RAW.to_owned()).or_insert_with(|| "false".to_owned());
        all.entry(FILTER_SCOPE.to_owned()).or_insert_with(|| "MessageAttributes".to_owned());
        if self.filter.is_none() {
            all.remove(FILTER_SCOPE);
        }
        if protocol.takes_delivery_policy() {
            let effective = self.delivery(topic, protocol).effective();
            all.insert("EffectiveDeliveryPolicy".to_owned(), effective.to_string());
        }
        all
    }
}

/// Checks all attributes of a subscription together: what a filter policy may be depends on its scope.
fn check(subscriber: Subscriber<'_>, given: &BTreeMap<String, String>) -> Result<SubscriptionSettings, String> {
    let mut settings = SubscriptionSettings::default();
    for (attribute, value) in given {
        match attribute.as_str() {
            RAW => {
                let raw = raw(value, subscriber.protocol)?;
                settings.given.insert(RAW.to_owned(), raw);
                continue;
            }
            FILTER_SCOPE => drop(scope(value)?),
            FILTER => settings.filter = filter(value, given.get(FILTER_SCOPE))?,
            REDRIVE => settings.dead_letter_target = dead_letter_target(value, subscriber)?,
            DELIVERY => settings.delivery = delivery(value, subscriber.protocol)?,
            NOISE => settings.noise = noise(value, subscriber)?,
            known if NOT_HERE.contains(&known) => {
                if !value.is_empty() {
                    return Err(format!("{known} is not implemented here"));
                }
            }
            _ => return Err("AttributeName".to_owned()),
        }
        if !value.is_empty() {
            settings.given.insert(attribute.clone(), value.clone());
        }
    }
    if settings.filter.is_none() {
        settings.given.remove(FILTER);
    }
    Ok(settings)
}

fn raw(value: &str, protocol: Protocol) -> Result<String, String> {
    let value_is = |text: &str| value.eq_ignore_ascii_case(text);
    match (value_is("true"), value_is("false")) {
        (true, _) if !protocol.takes_raw_messages() => {
            Err(format!("{RAW}: Delivery protocol [{protocol}] does not support raw message delivery."))
        }
        (false, false) => Err(format!("{RAW}: Invalid value [{}]. Must be true or false.", shown(value))),
        _ => Ok(value.to_ascii_lowercase()),
    }
}

fn scope(value: &str) -> Result<Scope, String> {
    match value {
        "" | "MessageAttributes" => Ok(Scope::MessageAttributes),
        "MessageBody" => Ok(Scope::MessageBody),
        _ => Err(format!(
            "{FILTER_SCOPE}: Invalid value [{}]. Please use either MessageBody or MessageAttributes",
            shown(value)
        )),
    }
}

/// A policy; an empty one is none.
fn filter(value: &str, given_scope: Option<&String>) -> Result<Option<FilterPolicy>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    let scope = scope(given_scope.map_or("", String::as_str))?;
    let policy = FilterPolicy::parse(value, scope).map_err(|fault| format!("{FILTER}: {fault}"))?;
    let is_empty = serde_json::from_str(value).is_ok_and(|policy: Value| policy == Value::Object(Default::default()));
    Ok((!is_empty).then_some(policy))
}

fn dead_letter_target(value: &str, subscriber: Subscriber<'_>) -> Result<Option<String>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    let policy: Value =
        serde_json::from_str(value).map_err(|error| format!("{REDRIVE}: failed to parse JSON. {error}"))?;
    let Some(members) = policy.as_object() else { return Err(format!("{REDRIVE}: it must be a JSON object")) };
    if let Some(unknown) = members.keys().find(|member| *member != "deadLetterTargetArn") {
        return Err(format!("{REDRIVE}: {} is not a member of a redrive policy", shown(unknown)));
    }
    let target = members.get("deadLetterTargetArn").and_then(Value::as_str).unwrap_or_default();
    let arn = Arn::parse(target, "").ok();
    let arn = arn.filter(|arn| arn.service == "sqs" && !arn.resource.is_empty() && !arn.resource.contains(':'));
    let arn = arn.ok_or_else(|| format!("{REDRIVE}: deadLetterTargetArn is an invalid arn"))?;
    if arn.scope != subscriber.topic.scope {
        return Err(format!("{REDRIVE}: the dead-letter queue must be in {}", subscriber.topic.scope));
    }
    let is_fifo = |name: &str| name.ends_with(FIFO_SUFFIX);
    match subscriber.topic.name.is_fifo() && is_fifo(subscriber.endpoint) && !is_fifo(target) {
        true => Err(format!("{REDRIVE}: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.")),
        false => Ok(Some(target.to_owned())),
    }
}

fn delivery(value: &str, protocol: Protocol) -> Result<Option<SubscriptionPolicy>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    if !protocol.takes_delivery_policy() {
        return Err(format!("{DELIVERY}: Delivery protocol [{protocol}] does not support a delivery policy."));
    }
    SubscriptionPolicy::parse(value).map(Some).map_err(|fault| format!("{DELIVERY}: {fault}"))
}

fn noise(value: &str, subscriber: Subscriber<'_>) -> Result<Option<NoisePolicy>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    let policy = NoisePolicy::parse(value).map_err(|fault| format!("{NOISE}: {fault}"))?;
    if subscriber.topic.name.is_fifo() {
        return Err(format!("{NOISE}: FIFO topics have none, because their messages stay in order"));
    }
    if policy.grouping.is_some() && subscriber.protocol == Protocol::PagerDuty {
        return Err(format!("{NOISE}: groupingPolicy: to pagerduty every alarm is an incident of its own"));
    }
    Ok(Some(policy))
}

/// The beginning of a value that may be long.
fn shown(value: &str) -> String {
    value.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(name: &str) -> TopicArn {
        TopicArn::parse(&format!("arn:aws:sns:us-east-1:000000000000:{name}"), "TopicArn").unwrap()
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn subscribe(protocol: Protocol, pairs: &[(&str, &str)]) -> Result<SubscriptionSettings, String> {
        let topic = topic("alerts");
        let subscriber = Subscriber { topic: &topic, protocol, endpoint: "http://h" };
        let settings = SubscriptionSettings::subscribe(subscriber, &given(pairs));
        settings.map_err(|refusal| refusal.message.replace("Invalid parameter: Attributes Reason: ", ""))
    }

    const DEAD: &str = r#"{ "deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead" }"#;

    #[test]
    fn settings_say_what_is_wanted_and_come_back_as_they_were_written() {
        let pairs = [
            ("RawMessageDelivery", "True"),
            ("FilterPolicy", "{ \"a\" : [1] }"),
            ("RedrivePolicy", DEAD),
            ("DeliveryPolicy", "{\"healthyRetryPolicy\":{\"numRetries\":5}}"),
        ];
        let settings = subscribe(Protocol::Http, &pairs).unwrap();
        assert!(settings.is_raw() && settings.filter().is_some());
        assert_eq!(settings.dead_letter_target(), Some("arn:aws:sqs:us-east-1:000000000000:dead"));
        assert_eq!(settings.delivery(&TopicPolicy::default(), Protocol::Http).retries.retries, 5);
        let all = settings.to_attributes(&TopicPolicy::default(), Protocol::Http);
        assert_eq!(all["FilterPolicy"], "{ \"a\" : [1] }");
        assert_eq!((all["RawMessageDelivery"].as_str(), all["RedrivePolicy"].as_str()), ("true", DEAD));
        assert_eq!(all["FilterPolicyScope"], "MessageAttributes");
        assert!(all["EffectiveDeliveryPolicy"].contains("\"numRetries\":5"));
    }

    #[test]
    fn an_empty_value_or_policy_unsets() {
        let (topic, protocol) = (topic("alerts"), Protocol::Sqs);
        let subscriber = Subscriber { topic: &topic, protocol, endpoint: "arn:aws:sqs:us-east-1:000000000000:q" };
        let before = subscribe(protocol, &[("FilterPolicy", "{\"a\":[1]}"), ("FilterPolicyScope", "MessageBody")]);
        for empty in ["", "{}", "{ }"] {
            let after = before.as_ref().unwrap().with(subscriber, "FilterPolicy", empty).unwrap();
            assert_eq!(after.filter(), None);
            let all = after.to_attributes(&TopicPolicy::default(), protocol);
            assert_eq!(all, given(&[("RawMessageDelivery", "false")]), "{empty}");
        }
    }

    #[test]
    fn a_scope_holds_for_the_policy_that_is_there() {
        let (topic, protocol) = (topic("alerts"), Protocol::Sqs);
        let subscriber = Subscriber { topic: &topic, protocol, endpoint: "arn:aws:sqs:us-east-1:000000000000:q" };
        let nested = [("FilterPolicy", r#"{"a":{"b":[1]}}"#), ("FilterPolicyScope", "MessageBody")];
        let settings = subscribe(protocol, &nested).unwrap();
        let refused = settings.with(subscriber, "FilterPolicyScope", "MessageAttributes").unwrap_err().message;
        let expected = "FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy";
        assert_eq!(refused, format!("Invalid parameter: {expected}"));
    }

    #[test]
    fn what_is_wrong_is_refused() {
        use Protocol::{Email, Http, Sqs};
        let cases: [(Protocol, &str, &str, &str); 12] = [
            (Sqs, "RawMessageDelivery", "maybe", "RawMessageDelivery: Invalid value [maybe]. Must be true or false."),
            (Sqs, "RawMessageDelivery", "", "RawMessageDelivery: Invalid value []. Must be true or false."),
            (
                Email,
                "RawMessageDelivery",
                "true",
                "RawMessageDelivery: Delivery protocol [email] does not support raw message delivery.",
            ),
            (Sqs, "FilterPolicy", "{", "FilterPolicy: failed to parse JSON. *"),
            (
                Sqs,
                "FilterPolicyScope",
                "Body",
                "FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or MessageAttributes",
            ),
            (Sqs, "RedrivePolicy", "{invalid", "RedrivePolicy: failed to parse JSON. *"),
            (
                Sqs,
                "RedrivePolicy",
                r#"{"deadLetterTargetArn": "dead"}"#,
                "RedrivePolicy: deadLetterTargetArn is an invalid arn",
            ),
            (
                Sqs,
                "RedrivePolicy",
                r#"{"maxReceiveCount": 3}"#,
                "RedrivePolicy: maxReceiveCount is not a member of a redrive policy",
            ),
            (
                Email,
                "DeliveryPolicy",
                "{}",
                "DeliveryPolicy: Delivery protocol [email] does not support a delivery policy.",
            ),
            (Http, "DeliveryPolicy", "[]", "DeliveryPolicy: the delivery policy must be a JSON object"),
            (Http, "SubscriptionRoleArn", "arn:x", "SubscriptionRoleArn is not implemented here"),
            (Http, "Colour", "red", "AttributeName"),
        ];
        for (protocol, attribute, value, expected) in cases {
            let reason = subscribe(protocol, &[(attribute, value)]).unwrap_err();
            match expected.strip_suffix('*') {
                Some(begin) => assert!(reason.starts_with(begin), "{reason}"),
                None => assert_eq!(reason, expected),
            }
        }
    }

    #[test]
    fn a_noise_policy_is_kept_where_it_can_be() {
        let group = r#"{"groupingPolicy": {"waitSeconds": 30}}"#;
        let settings = subscribe(Protocol::Email, &[("NoisePolicy", group)]).unwrap();
        assert!(settings.noise().is_some_and(|policy| policy.grouping.is_some()));
        assert_eq!(settings.to_attributes(&TopicPolicy::default(), Protocol::Email)["NoisePolicy"], group);
        assert_eq!(subscribe(Protocol::Email, &[("NoisePolicy", "")]).unwrap().noise(), None);
        let refused = subscribe(Protocol::PagerDuty, &[("NoisePolicy", group)]).unwrap_err();
        assert_eq!(refused, "NoisePolicy: groupingPolicy: to pagerduty every alarm is an incident of its own");
        let refused = subscribe(Protocol::Email, &[("NoisePolicy", "{}")]).unwrap_err();
        assert!(refused.starts_with("NoisePolicy: it has no rule"), "{refused}");
        let topic = topic("orders.fifo");
        let subscriber = Subscriber { topic: &topic, protocol: Protocol::Sqs, endpoint: "q" };
        let refused = SubscriptionSettings::subscribe(subscriber, &given(&[("NoisePolicy", group)])).unwrap_err();
        assert!(refused.message.ends_with("FIFO topics have none, because their messages stay in order"));
    }

    #[test]
    fn fifo_subscriptions_have_fifo_dead_letter_queues() {
        let topic = topic("orders.fifo");
        let redrive = |endpoint| {
            let subscriber = Subscriber { topic: &topic, protocol: Protocol::Sqs, endpoint };
            SubscriptionSettings::subscribe(subscriber, &given(&[("RedrivePolicy", DEAD)]))
        };
        assert!(redrive("arn:aws:sqs:us-east-1:000000000000:orders").is_ok());
        let message = redrive("arn:aws:sqs:us-east-1:000000000000:orders.fifo").unwrap_err().message;
        let reason = "must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.";
        assert_eq!(message, format!("Invalid parameter: Attributes Reason: RedrivePolicy: {reason}"));
    }

    #[test]
    fn a_subscription_is_the_same_when_nothing_else_is_asked_of_it() {
        let settings = subscribe(Protocol::Http, &[("FilterPolicy", "{\"a\":[\"B\"]}")]).unwrap();
        let cases: [(&[(&str, &str)], bool); 6] = [
            (&[], true),
            (&[("FilterPolicy", "{\"a\":[\"B\"]}")], true),
            (&[("RawMessageDelivery", "False")], true),
            (&[("RawMessageDelivery", "true")], false),
            (&[("FilterPolicy", "{\"a\":[\"b\"]}")], false),
            (&[("RedrivePolicy", DEAD)], false),
        ];
        for (pairs, is_same) in cases {
            assert_eq!(settings.has_all(&given(pairs)), is_same, "{pairs:?}");
        }
    }
}
