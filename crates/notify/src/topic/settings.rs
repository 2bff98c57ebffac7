//! What is known of a topic besides its subscriptions.

use std::collections::BTreeMap;

use super::attribute::{self, FIFO_TOPIC, Wrong};
use super::name::{TopicArn, TopicName};
use super::policy::default_policy;
use crate::refusal::Refusal;
use crate::retry::TopicPolicy;

/// How messages are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureVersion {
    /// With SHA-1, the default.
    #[default]
    Sha1,
    /// With SHA-256.
    Sha256,
}

impl SignatureVersion {
    /// The version's number, as a text.
    pub const fn as_str(self) -> &'static str {
        match self {
            SignatureVersion::Sha1 => "1",
            SignatureVersion::Sha256 => "2",
        }
    }
}

/// How many subscriptions a topic has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// That are confirmed.
    pub confirmed: usize,
    /// That wait for being confirmed.
    pub pending: usize,
}

/// The attributes that a topic was given, checked. They are kept as they were written: JSON documents have to come back
/// byte for byte.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicSettings {
    given: BTreeMap<String, String>,
    delivery: TopicPolicy,
}

/// How SNS begins what it says to a wrong attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// One among others.
    Among,
    /// The only one.
    Alone,
}

impl Place {
    fn refuse(self, wrong: Wrong) -> Refusal {
        let reason = match wrong {
            Wrong::Name => "AttributeName".to_owned(),
            Wrong::Value(reason) => reason,
        };
        match self {
            Place::Among => Refusal::invalid(format!("Attributes Reason: {reason}")),
            Place::Alone => Refusal::invalid(reason),
        }
    }
}

impl TopicSettings {
    /// The settings of a topic that is created with these attributes.
    ///
    /// # Errors
    /// There is no such attribute, it cannot have this value, or the name does not fit what it says.
    pub fn create(name: &TopicName, given: &BTreeMap<String, String>) -> Result<Self, Refusal> {
        let fifo = given.get(FIFO_TOPIC).map(String::as_str);
        match (fifo, name.is_fifo()) {
            (Some("true"), true) | (None | Some("false" | ""), false) => {}
            (Some("true" | "false" | "") | None, _) => return Err(Refusal::invalid("Topic Name")),
            (Some(_), _) => return Err(Refusal::invalid("Attributes Reason: FifoTopic must be true or false")),
        }
        let mut settings = TopicSettings::default();
        for (attribute, value) in given.iter().filter(|(attribute, _)| *attribute != FIFO_TOPIC) {
            settings.put(name, attribute, value, Place::Among)?;
        }
        Ok(settings)
    }

    /// Reads what [`given`](Self::given) was written down as.
    ///
    /// # Errors
    /// It is not what was written.
    pub fn read(name: &TopicName, given: &BTreeMap<String, String>) -> Result<Self, Refusal> {
        let mut settings = TopicSettings::default();
        for (attribute, value) in given {
            settings.put(name, attribute, value, Place::Among)?;
        }
        Ok(settings)
    }

    /// Sets one attribute; an empty value unsets it.
    ///
    /// # Errors
    /// There is no such attribute, it cannot be changed, or it cannot have this value.
    pub fn set(&mut self, name: &TopicName, attribute: &str, value: &str) -> Result<(), Refusal> {
        self.put(name, attribute, value, Place::Alone)
    }

    fn put(&mut self, name: &TopicName, attribute: &str, value: &str, place: Place) -> Result<(), Refusal> {
        attribute::check(attribute, value, name.is_fifo()).map_err(|wrong| place.refuse(wrong))?;
        if attribute == "DeliveryPolicy" {
            let policy = (!value.is_empty()).then(|| TopicPolicy::parse(value)).and_then(Result::ok);
            self.delivery = policy.unwrap_or_default();
        }
        match value.is_empty() {
            true => drop(self.given.remove(attribute)),
            false => drop(self.given.insert(attribute.to_owned(), value.to_owned())),
        }
        Ok(())
    }

    /// What was given, without what was unset again.
    pub fn given(&self) -> &BTreeMap<String, String> {
        &self.given
    }

    /// Whether a topic that is created again with these attributes is the one that is there.
    pub fn has_all(&self, arn: &TopicArn, given: &BTreeMap<String, String>) -> bool {
        let all = self.to_attributes(arn, Counted::default());
        given.iter().all(|(attribute, value)| match all.get(attribute) {
            Some(known) => known == value,
            None => value.is_empty() || value == "false",
        })
    }

    /// The text of the policy: that which was given, or the default.
    pub fn policy(&self, arn: &TopicArn) -> String {
        self.given.get("Policy").cloned().unwrap_or_else(|| default_policy(arn))
    }

    /// Whether nobody has given a policy: the topic's own account may do everything.
    pub fn has_default_policy(&self) -> bool {
        !self.given.contains_key("Policy")
    }

    /// How messages are delivered to HTTP endpoints.
    pub fn delivery(&self) -> &TopicPolicy {
        &self.delivery
    }

    /// The name that mail comes from, if there is one.
    pub fn display_name(&self) -> Option<&str> {
        self.given.get("DisplayName").map(String::as_str)
    }

    /// How messages are signed.
    pub fn signature_version(&self) -> SignatureVersion {
        match self.given.get("SignatureVersion").map(String::as_str) {
            Some("2") => SignatureVersion::Sha256,
            _ => SignatureVersion::Sha1,
        }
    }

    /// Whether a message with the same text as one before is the same message.
    pub fn deduplicates_by_content(&self) -> bool {
        self.is("ContentBasedDeduplication", "true")
    }

    /// Whether messages are told apart within their group only.
    pub fn deduplicates_in_group(&self) -> bool {
        self.is("FifoThroughputScope", "MessageGroup")
    }

    fn is(&self, attribute: &str, value: &str) -> bool {
        self.given.get(attribute).is_some_and(|given| given == value)
    }

    /// What GetTopicAttributes answers.
    pub fn to_attributes(&self, arn: &TopicArn, counted: Counted) -> BTreeMap<String, String> {
        let mut all = self.given.clone();
        let mut add = |attribute: &str, value: String| {
            all.entry(attribute.to_owned()).or_insert(value);
        };
        add("DisplayName", String::new());
        add("EffectiveDeliveryPolicy", self.delivery.effective().to_string());
        add("Owner", arn.scope.account.clone());
        add("Policy", self.policy(arn));
        add("SubscriptionsConfirmed", counted.confirmed.to_string());
        // Those that were deleted are not listed any more.
        add("SubscriptionsDeleted", "0".to_owned());
        add("SubscriptionsPending", counted.pending.to_string());
        add("TopicArn", arn.to_string());
        if arn.name.is_fifo() {
            add(FIFO_TOPIC, "true".to_owned());
            add("ContentBasedDeduplication", "false".to_owned());
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn(name: &str) -> TopicArn {
        TopicArn::parse(&format!("arn:aws:sns:us-east-1:000000000000:{name}"), "TopicArn").unwrap()
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[track_caller]
    fn create(name: &str, pairs: &[(&str, &str)]) -> Result<TopicSettings, String> {
        TopicSettings::create(&arn(name).name, &given(pairs)).map_err(|refusal| refusal.message)
    }

    #[test]
    fn a_fresh_topic_has_the_attributes_that_it_has_at_aws() {
        let settings = create("alerts", &[]).unwrap();
        let all = settings.to_attributes(&arn("alerts"), Counted { confirmed: 2, pending: 1 });
        let names: Vec<_> = all.keys().map(String::as_str).collect();
        let expected = [
            "DisplayName",
            "EffectiveDeliveryPolicy",
            "Owner",
            "Policy",
            "SubscriptionsConfirmed",
            "SubscriptionsDeleted",
            "SubscriptionsPending",
            "TopicArn",
        ];
        assert_eq!(names, expected);
        assert_eq!((all["SubscriptionsConfirmed"].as_str(), all["SubscriptionsPending"].as_str()), ("2", "1"));
        let fifo = create("orders.fifo", &[("FifoTopic", "true")]).unwrap();
        let all = fifo.to_attributes(&arn("orders.fifo"), Counted::default());
        assert_eq!((all["FifoTopic"].as_str(), all["ContentBasedDeduplication"].as_str()), ("true", "false"));
    }

    #[test]
    fn the_name_says_whether_it_is_fifo() {
        let name = Err("Invalid parameter: Topic Name".to_owned());
        assert_eq!(create("orders.fifo", &[]), name);
        assert_eq!(create("orders.fifo", &[("FifoTopic", "false")]), name);
        assert_eq!(create("orders", &[("FifoTopic", "true")]), name);
        assert!(create("orders", &[("FifoTopic", "false")]).is_ok());
        let wrong = Err("Invalid parameter: Attributes Reason: FifoTopic must be true or false".to_owned());
        assert_eq!(create("orders", &[("FifoTopic", "yes")]), wrong);
    }

    #[test]
    fn documents_are_kept_as_they_are_written() {
        let document = "{ \"http\" : {\"disableSubscriptionOverrides\":true} }";
        let mut settings = create("alerts", &[("DeliveryPolicy", document)]).unwrap();
        assert_eq!(settings.to_attributes(&arn("alerts"), Counted::default())["DeliveryPolicy"], document);
        assert_eq!(TopicSettings::read(&arn("alerts").name, settings.given()).unwrap(), settings);
        settings.set(&arn("alerts").name, "DeliveryPolicy", "").unwrap();
        assert_eq!(settings, TopicSettings::default());
    }

    #[test]
    fn a_topic_is_the_same_when_nothing_else_is_asked_of_it() {
        let settings = create("t.fifo", &[("FifoTopic", "true"), ("DisplayName", "Alerts")]).unwrap();
        let cases: [(&[(&str, &str)], bool); 6] = [
            (&[], true),
            (&[("FifoTopic", "true")], true),
            (&[("FifoTopic", "true"), ("DisplayName", "Alerts"), ("ContentBasedDeduplication", "false")], true),
            (&[("DisplayName", "Others")], false),
            (&[("ContentBasedDeduplication", "true")], false),
            (&[("SignatureVersion", "2")], false),
        ];
        for (pairs, is_same) in cases {
            assert_eq!(settings.has_all(&arn("t.fifo"), &given(pairs)), is_same, "{pairs:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_where_it_was_given() {
        let reason = "SignatureVersion Reason: Invalid value [3]. Must be 1 or 2.";
        let expected = format!("Invalid parameter: Attributes Reason: {reason}");
        assert_eq!(create("t", &[("SignatureVersion", "3")]).unwrap_err(), expected);
        let mut settings = TopicSettings::default();
        let set = |settings: &mut TopicSettings, attribute| settings.set(&arn("t").name, attribute, "3");
        let message = set(&mut settings, "SignatureVersion").unwrap_err().message;
        assert_eq!(message, format!("Invalid parameter: {reason}"));
        for unknown in ["FifoTopic", "Owner"] {
            assert_eq!(set(&mut settings, unknown).unwrap_err().message, "Invalid parameter: AttributeName");
        }
    }
}
