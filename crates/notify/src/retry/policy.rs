//! Delivery policies as JSON: of topics and of subscriptions.

use serde_json::{Map, Value, json};

use super::{BackoffFunction, RetryPolicy};

/// The longest delay of a policy, in seconds.
pub const MAX_DELAY_SECONDS: u64 = 3600;

/// The most retries of a policy.
pub const MAX_RETRIES: u64 = 100;

/// The most that all delays of a policy may come to, in seconds.
pub const MAX_TOTAL_SECONDS: f64 = 3600.0;

/// How messages are delivered to HTTP endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPolicy {
    /// When what failed is tried again.
    pub retries: RetryPolicy,
    /// The most deliveries a second to one endpoint.
    pub receives_per_second_max: Option<u32>,
    /// The type that messages are sent as.
    pub content_type: Option<String>,
}

/// The delivery policy of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TopicPolicy {
    retries: Option<RetryPolicy>,
    receives_per_second_max: Option<u32>,
    content_type: Option<String>,
    /// Whether those of subscriptions do not count.
    disable_subscription_overrides: bool,
}

/// The delivery policy of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubscriptionPolicy {
    retries: Option<RetryPolicy>,
    receives_per_second_max: Option<u32>,
    content_type: Option<String>,
}

/// Why a text is no delivery policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Not JSON, or no object where one has to be.
    #[error("{0} must be a JSON object")]
    Object(String),
    /// A member that there is not.
    #[error("{0} is not a member of a delivery policy")]
    Member(String),
    /// A value that is not allowed.
    #[error("{path} must be {expected}, not {found}")]
    Value {
        /// Where.
        path: String,
        /// What it may be.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The phases have more retries than there are.
    #[error("the retries of the phases, {phases}, must not be more than numRetries, {retries}")]
    Phases {
        /// Of all phases but the one that grows.
        phases: u64,
        /// Of all.
        retries: u64,
    },
    /// More than [`MAX_TOTAL_SECONDS`].
    #[error("the delays of all retries come to {0} seconds, more than the limit of {MAX_TOTAL_SECONDS}")]
    TooLong(u64),
}

impl TopicPolicy {
    /// Reads `{"http": {"defaultHealthyRetryPolicy": {...}, "disableSubscriptionOverrides": false, ...}}`.
    ///
    /// # Errors
    /// When it is none, or goes beyond a limit.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        let policy = object(text)?;
        only(&policy, "", &["http"])?;
        let http = member_object(&policy, "http")?.unwrap_or_default();
        let members = [
            "defaultHealthyRetryPolicy",
            "defaultSicklyRetryPolicy",
            "disableSubscriptionOverrides",
            "defaultThrottlePolicy",
            "defaultRequestPolicy",
        ];
        only(&http, "http.", &members)?;
        Ok(TopicPolicy {
            retries: retries(&http, "defaultHealthyRetryPolicy")?,
            receives_per_second_max: throttle(&http, "defaultThrottlePolicy")?,
            content_type: content_type(&http, "defaultRequestPolicy")?,
            disable_subscription_overrides: match http.get("disableSubscriptionOverrides") {
                None | Some(Value::Null) => false,
                Some(Value::Bool(disable)) => *disable,
                Some(other) => return Err(wrong("http.disableSubscriptionOverrides", "true or false", other)),
            },
        })
    }

    /// What holds for a subscription.
    pub fn with(&self, subscription: Option<&SubscriptionPolicy>) -> DeliveryPolicy {
        let subscription = subscription.filter(|_| !self.disable_subscription_overrides);
        let own = |of: fn(&SubscriptionPolicy) -> Option<u32>| subscription.and_then(of);
        DeliveryPolicy {
            retries: subscription.and_then(|policy| policy.retries).or(self.retries).unwrap_or(RetryPolicy::HTTP),
            receives_per_second_max: own(|policy| policy.receives_per_second_max).or(self.receives_per_second_max),
            content_type: subscription
                .and_then(|policy| policy.content_type.clone())
                .or_else(|| self.content_type.clone()),
        }
    }

    /// The EffectiveDeliveryPolicy of the topic.
    pub fn effective(&self) -> Value {
        let policy = self.with(None);
        let mut http = Map::new();
        http.insert("defaultHealthyRetryPolicy".to_owned(), policy.retries.to_json());
        http.insert("disableSubscriptionOverrides".to_owned(), json!(self.disable_subscription_overrides));
        if let Some(most) = policy.receives_per_second_max {
            http.insert("defaultThrottlePolicy".to_owned(), json!({"maxReceivesPerSecond": most}));
        }
        let content_type = policy.content_type.unwrap_or_else(|| DEFAULT_CONTENT_TYPE.to_owned());
        http.insert("defaultRequestPolicy".to_owned(), json!({"headerContentType": content_type}));
        json!({ "http": http })
    }
}

/// What messages are sent as when nobody says anything else.
const DEFAULT_CONTENT_TYPE: &str = "text/plain; charset=UTF-8";

impl SubscriptionPolicy {
    /// Reads `{"healthyRetryPolicy": {...}, "throttlePolicy": {...}, "requestPolicy": {...}}`.
    ///
    /// # Errors
    /// When it is none, or goes beyond a limit.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        let policy = object(text)?;
        let members = ["healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed"];
        only(&policy, "", &members)?;
        Ok(SubscriptionPolicy {
            retries: retries(&policy, "healthyRetryPolicy")?,
            receives_per_second_max: throttle(&policy, "throttlePolicy")?,
            content_type: content_type(&policy, "requestPolicy")?,
        })
    }
}

impl DeliveryPolicy {
    /// The EffectiveDeliveryPolicy of a subscription.
    pub fn effective(&self) -> Value {
        json!({
            "healthyRetryPolicy": self.retries.to_json(),
            "sicklyRetryPolicy": null,
            "throttlePolicy": self.receives_per_second_max.map(|most| json!({"maxReceivesPerSecond": most})),
            "requestPolicy": {"headerContentType": self.content_type.as_deref().unwrap_or(DEFAULT_CONTENT_TYPE)},
            "guaranteed": false,
        })
    }
}

impl RetryPolicy {
    fn to_json(self) -> Value {
        json!({
            "minDelayTarget": self.min_delay_seconds,
            "maxDelayTarget": self.max_delay_seconds,
            "numRetries": self.retries,
            "numNoDelayRetries": self.no_delay_retries,
            "numMinDelayRetries": self.min_delay_retries,
            "numMaxDelayRetries": self.max_delay_retries,
            "backoffFunction": self.backoff.as_str(),
        })
    }
}

fn object(text: &str) -> Result<Map<String, Value>, PolicyFault> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(PolicyFault::Object("the delivery policy".to_owned())),
    }
}

/// Refuses members that no policy has: a misspelt one would be a rule that nobody keeps.
fn only(members: &Map<String, Value>, path: &str, known: &[&str]) -> Result<(), PolicyFault> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(PolicyFault::Member(format!("{path}{name}"))),
        None => Ok(()),
    }
}

fn member_object(members: &Map<String, Value>, name: &str) -> Result<Option<Map<String, Value>>, PolicyFault> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members.clone())),
        Some(_) => Err(PolicyFault::Object(name.to_owned())),
    }
}

fn retries(policy: &Map<String, Value>, name: &str) -> Result<Option<RetryPolicy>, PolicyFault> {
    let Some(members) = member_object(policy, name)? else { return Ok(None) };
    let known = [
        "minDelayTarget",
        "maxDelayTarget",
        "numRetries",
        "numNoDelayRetries",
        "numMinDelayRetries",
        "numMaxDelayRetries",
        "backoffFunction",
    ];
    only(&members, &format!("{name}."), &known)?;
    let default = RetryPolicy::HTTP;
    let whole = |member: &str, default: u32, least: u64, most: u64| -> Result<u64, PolicyFault> {
        whole(&members, &format!("{name}.{member}"), member, least, most).map(|found| found.unwrap_or(default.into()))
    };
    let max = whole("maxDelayTarget", default.max_delay_seconds, 1, MAX_DELAY_SECONDS)?;
    let min = whole("minDelayTarget", default.min_delay_seconds.min(max as u32), 1, max)?;
    let all = whole("numRetries", default.retries, 0, MAX_RETRIES)?;
    let [no_delay, shortest, longest] = [
        whole("numNoDelayRetries", 0, 0, MAX_RETRIES)?,
        whole("numMinDelayRetries", 0, 0, MAX_RETRIES)?,
        whole("numMaxDelayRetries", 0, 0, MAX_RETRIES)?,
    ];
    let phases = no_delay + shortest + longest;
    if phases > all {
        return Err(PolicyFault::Phases { phases, retries: all });
    }
    let backoff = match members.get("backoffFunction") {
        None | Some(Value::Null) => default.backoff,
        Some(found) => found.as_str().and_then(BackoffFunction::parse).ok_or_else(|| {
            wrong(&format!("{name}.backoffFunction"), "one of linear, arithmetic, geometric and exponential", found)
        })?,
    };
    let policy = RetryPolicy {
        min_delay_seconds: min as u32,
        max_delay_seconds: max as u32,
        retries: all as u32,
        no_delay_retries: no_delay as u32,
        min_delay_retries: shortest as u32,
        max_delay_retries: longest as u32,
        backoff,
    };
    let total = policy.total_seconds();
    if total > MAX_TOTAL_SECONDS { Err(PolicyFault::TooLong(total.round() as u64)) } else { Ok(Some(policy)) }
}

fn throttle(policy: &Map<String, Value>, name: &str) -> Result<Option<u32>, PolicyFault> {
    let Some(members) = member_object(policy, name)? else { return Ok(None) };
    only(&members, &format!("{name}."), &["maxReceivesPerSecond"])?;
    let most = whole(&members, &format!("{name}.maxReceivesPerSecond"), "maxReceivesPerSecond", 1, u32::MAX.into())?;
    Ok(most.map(|most| most as u32))
}

fn content_type(policy: &Map<String, Value>, name: &str) -> Result<Option<String>, PolicyFault> {
    let Some(members) = member_object(policy, name)? else { return Ok(None) };
    only(&members, &format!("{name}."), &["headerContentType"])?;
    match members.get("headerContentType") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(found)) if is_header_value(found) => Ok(Some(found.clone())),
        Some(other) => Err(wrong(&format!("{name}.headerContentType"), "a content type", other)),
    }
}

fn is_header_value(text: &str) -> bool {
    text.contains('/') && text.len() <= 256 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

fn whole(
    members: &Map<String, Value>,
    path: &str,
    member: &str,
    least: u64,
    most: u64,
) -> Result<Option<u64>, PolicyFault> {
    match members.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(found) => match found.as_u64().filter(|number| (least..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(wrong(path, &format!("a whole number from {least} to {most}"), found)),
        },
    }
}

fn wrong(path: &str, expected: &str, found: &Value) -> PolicyFault {
    PolicyFault::Value { path: path.to_owned(), expected: expected.to_owned(), found: found.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(retries: &Value) -> Result<TopicPolicy, PolicyFault> {
        TopicPolicy::parse(&json!({"http": {"defaultHealthyRetryPolicy": retries}}).to_string())
    }

    fn subscription(retries: &Value) -> SubscriptionPolicy {
        SubscriptionPolicy::parse(&json!({"healthyRetryPolicy": retries}).to_string()).unwrap()
    }

    #[test]
    fn a_subscription_comes_before_its_topic() {
        let none = TopicPolicy::default();
        assert_eq!(none.with(None).retries, RetryPolicy::HTTP);
        let ten = topic(&json!({"numRetries": 10})).unwrap();
        assert_eq!(ten.with(None).retries.retries, 10);
        assert_eq!(ten.with(Some(&subscription(&json!({"numRetries": 5})))).retries.retries, 5);
        assert_eq!(ten.with(Some(&SubscriptionPolicy::default())).retries.retries, 10);
        let disabling = json!({"http": {
            "disableSubscriptionOverrides": true, "defaultThrottlePolicy": {"maxReceivesPerSecond": 7},
            "defaultRequestPolicy": {"headerContentType": "application/json"}}});
        let disabling = TopicPolicy::parse(&disabling.to_string()).unwrap();
        let policy = disabling.with(Some(&subscription(&json!({"numRetries": 5}))));
        assert_eq!((policy.retries, policy.receives_per_second_max), (RetryPolicy::HTTP, Some(7)));
        assert_eq!(policy.content_type.as_deref(), Some("application/json"));
    }

    #[test]
    fn the_effective_policy_of_a_topic_is_sns_own_when_nobody_says_anything() {
        let expected = json!({"http": {
            "defaultHealthyRetryPolicy": {
                "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, "numMaxDelayRetries": 0,
                "numNoDelayRetries": 0, "numMinDelayRetries": 0, "backoffFunction": "linear"},
            "disableSubscriptionOverrides": false,
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"}}});
        assert_eq!(TopicPolicy::default().effective(), expected);
        let again = TopicPolicy::parse(&expected.to_string()).unwrap();
        assert_eq!(again.with(None).retries, RetryPolicy::HTTP);
        let effective = TopicPolicy::default().with(None).effective();
        assert!(SubscriptionPolicy::parse(&effective.to_string()).is_ok());
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let path = "defaultHealthyRetryPolicy";
        let cases = [
            (json!({"minDelayTarget": 0}), format!("{path}.minDelayTarget must be a whole number from 1 to 20, not 0")),
            (
                json!({"minDelayTarget": 21}),
                format!("{path}.minDelayTarget must be a whole number from 1 to 20, not 21"),
            ),
            (
                json!({"maxDelayTarget": 3601}),
                format!("{path}.maxDelayTarget must be a whole number from 1 to 3600, not 3601"),
            ),
            (json!({"numRetries": 101}), format!("{path}.numRetries must be a whole number from 0 to 100, not 101")),
            (json!({"numRetries": "3"}), format!("{path}.numRetries must be a whole number from 0 to 100, not \"3\"")),
            (
                json!({"numRetries": 3, "numNoDelayRetries": 2, "numMaxDelayRetries": 2}),
                "the retries of the phases, 4, must not be more than numRetries, 3".to_owned(),
            ),
            (
                json!({"backoffFunction": "fibonacci"}),
                format!(
                    "{path}.backoffFunction must be one of linear, arithmetic, geometric and exponential, not \"fibonacci\""
                ),
            ),
            (json!({"retries": 3}), format!("{path}.retries is not a member of a delivery policy")),
            (
                json!({"numRetries": 100, "minDelayTarget": 37, "maxDelayTarget": 37}),
                "the delays of all retries come to 3700 seconds, more than the limit of 3600".to_owned(),
            ),
        ];
        for (retries, expected) in cases {
            assert_eq!(topic(&retries).unwrap_err().to_string(), expected);
        }
        assert!(topic(&json!({"numRetries": 100, "minDelayTarget": 36, "maxDelayTarget": 36})).is_ok());
        assert_eq!(TopicPolicy::parse("[]").unwrap_err().to_string(), "the delivery policy must be a JSON object");
        let header = r#"{"requestPolicy": {"headerContentType": "a/b\r\nX: y"}}"#;
        assert!(SubscriptionPolicy::parse(header).is_err(), "no header can be smuggled in");
        let throttle = r#"{"throttlePolicy": {"maxReceivesPerSecond": 0}}"#;
        assert!(SubscriptionPolicy::parse(throttle).is_err());
    }
}
