//! What is found in artefacts.

use std::collections::{BTreeMap, BTreeSet};

use nepho_protocol::shapes::mute_rules::PutAlarmMuteRuleInput;
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

use super::place::Place;
use super::unresolved::Unresolved;

/// Definitions from one artefact or several, in their order.
///
/// A definition names others as AWS does: an alarm's action is the ARN of a [`Topic`], a rule has
/// names or ARNs of alarms. Where an ARN is not known before something is made, reader and
/// resource agree on one, so that the link can be followed by comparing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Artefacts {
    /// Metric alarms.
    pub metric_alarms: Vec<Found<PutMetricAlarmInput>>,
    /// Composite alarms.
    pub composite_alarms: Vec<Found<PutCompositeAlarmInput>>,
    /// Mute rules.
    pub mute_rules: Vec<Found<PutAlarmMuteRuleInput>>,
    /// Topics.
    pub topics: Vec<Found<Topic>>,
    /// Subscriptions to topics.
    pub subscriptions: Vec<Found<Subscription>>,
    /// Policies of topics that stand apart from them.
    pub topic_policies: Vec<Found<TopicPolicy>>,
    /// Queues.
    pub queues: Vec<Found<Queue>>,
    /// What could not be read at all, such as a module from elsewhere.
    pub unresolved: Vec<Unresolved>,
    /// The variables of root modules and the parameters of templates, which may be given values.
    pub variables: BTreeSet<String>,
}

/// A definition and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    /// What the artefact calls it: Terraform's address, CloudFormation's logical id, or its name.
    pub address: String,
    /// Where it begins.
    pub place: Place,
    /// What it says.
    pub value: T,
    /// What of it could not be told.
    pub unresolved: Vec<Unresolved>,
    /// Where its members stand, by their paths in AWS's names: `Metrics.member.1.Expression`.
    pub places: BTreeMap<String, Place>,
}

impl<T> Found<T> {
    fn is_open(&self, member: &str) -> bool {
        self.unresolved.iter().any(|one| one.member.starts_with(member))
    }

    fn name_or_address(&self, name: Option<String>) -> Option<String> {
        name.or_else(|| self.is_open("AlarmName").then(|| self.address.clone()))
    }

    /// The actions of a list that are told.
    fn told(&self, member: &str, actions: Option<Vec<String>>) -> Option<Vec<String>> {
        let is_told = |action: &String| !action.is_empty() && !action.contains("${");
        match self.is_open(member) {
            true => actions.map(|actions| actions.into_iter().filter(is_told).collect()),
            false => actions,
        }
    }
}

impl Found<PutMetricAlarmInput> {
    /// The alarm as far as it is told: without actions that are not known here, which come from elsewhere, and with its
    /// address for a name that is given later.
    pub fn known(&self) -> PutMetricAlarmInput {
        let input = self.value.clone();
        PutMetricAlarmInput {
            alarm_name: self.name_or_address(input.alarm_name),
            alarm_actions: self.told("AlarmActions", input.alarm_actions),
            ok_actions: self.told("OKActions", input.ok_actions),
            insufficient_data_actions: self.told("InsufficientDataActions", input.insufficient_data_actions),
            ..input
        }
    }
}

impl Found<PutCompositeAlarmInput> {
    /// The same of a composite alarm.
    pub fn known(&self) -> PutCompositeAlarmInput {
        let input = self.value.clone();
        PutCompositeAlarmInput {
            alarm_name: self.name_or_address(input.alarm_name),
            alarm_actions: self.told("AlarmActions", input.alarm_actions),
            ok_actions: self.told("OKActions", input.ok_actions),
            insufficient_data_actions: self.told("InsufficientDataActions", input.insufficient_data_actions),
            ..input
        }
    }
}

/// A topic of SNS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topic {
    /// The ARN by which other definitions name it.
    pub arn: String,
    /// The name, if it has one of its own.
    pub name: Option<String>,
    /// The name that people see.
    pub display_name: Option<String>,
    /// How deliveries are tried again, in JSON.
    pub delivery_policy: Option<String>,
    /// Who may do what, in JSON.
    pub policy: Option<String>,
    /// Whether it is first-in, first-out.
    pub is_fifo: bool,
}

/// A subscription to a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    /// The topic's ARN.
    pub topic_arn: Option<String>,
    /// `email`, `https`, `sqs`, `lambda` and their like.
    pub protocol: Option<String>,
    /// The address, URL or ARN.
    pub endpoint: Option<String>,
    /// Which messages it wants, in JSON.
    pub filter_policy: Option<String>,
    /// `MessageAttributes` or `MessageBody`.
    pub filter_policy_scope: Option<String>,
    /// Where what cannot be delivered goes, in JSON.
    pub redrive_policy: Option<String>,
    /// How deliveries are tried again, in JSON.
    pub delivery_policy: Option<String>,
    /// Whether messages come without their envelope.
    pub raw_message_delivery: Option<bool>,
}

/// Who may do what with topics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicPolicy {
    /// The topics' ARNs.
    pub topic_arns: Vec<String>,
    /// The policy, in JSON.
    pub policy: Option<String>,
}

/// A queue of SQS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// The ARN by which other definitions name it.
    pub arn: String,
    /// The name, if it has one of its own.
    pub name: Option<String>,
    /// Seconds that messages are kept.
    pub message_retention_seconds: Option<i32>,
    /// Where what nobody can process goes, in JSON.
    pub redrive_policy: Option<String>,
}

impl<T> Found<T> {
    /// Where a member stands, or else what it is in, or else the definition.
    ///
    /// ```
    /// # use std::path::Path;
    /// # let text = "AlarmName: depth\nMetrics: [{Id: m1}]\n";
    /// # let found = nepho_cli::artefacts::read_text(Path::new("a.yaml"), text.into(), &Default::default())?;
    /// let alarm = &found.metric_alarms[0];
    /// assert_eq!(alarm.place_of("Metrics.member.1.Id").to_string(), "a.yaml:2:16");
    /// assert_eq!(alarm.place_of("Metrics.member.1.Label").to_string(), "a.yaml:2:11");
    /// assert_eq!(alarm.place_of("Threshold").to_string(), "a.yaml:1:1");
    /// # Ok::<(), nepho_cli::artefacts::ReadError>(())
    /// ```
    pub fn place_of(&self, member: &str) -> &Place {
        let mut path = member;
        loop {
            if let Some(place) = self.places.get(path) {
                return place;
            }
            match path.rsplit_once('.') {
                Some((outer, _)) => path = outer,
                None => return &self.place,
            }
        }
    }
}

impl Artefacts {
    /// Whether there is no definition of any kind.
    pub fn is_empty(&self) -> bool {
        self.metric_alarms.is_empty()
            && self.composite_alarms.is_empty()
            && self.mute_rules.is_empty()
            && self.topics.is_empty()
            && self.subscriptions.is_empty()
            && self.topic_policies.is_empty()
            && self.queues.is_empty()
    }

    /// Adds what was found elsewhere.
    pub fn append(&mut self, more: Self) {
        self.metric_alarms.extend(more.metric_alarms);
        self.composite_alarms.extend(more.composite_alarms);
        self.mute_rules.extend(more.mute_rules);
        self.topics.extend(more.topics);
        self.subscriptions.extend(more.subscriptions);
        self.topic_policies.extend(more.topic_policies);
        self.queues.extend(more.queues);
        self.unresolved.extend(more.unresolved);
        self.variables.extend(more.variables);
    }
}
