//! What the tables of cases are checked with.

use std::path::Path;

use nepho_model::Metric;

use super::super::{Definitions, Inventory, LiveTopic, Published};
use super::Rule;
use crate::artefacts::{self, Options};

/// What is published for the metric Depth of Jobs, which all examples are about.
#[derive(Debug, Default)]
pub(super) struct Live {
    pub(super) dimensions: &'static [(&'static str, &'static str)],
    pub(super) units: &'static [&'static str],
    pub(super) has_percentiles: Option<bool>,
    pub(super) alarms: &'static [&'static str],
    pub(super) interval_seconds: Option<i64>,
    /// Topics that are there, with so many confirmed subscriptions and this policy.
    pub(super) topics: &'static [&'static str],
    pub(super) confirmed: u64,
    pub(super) policy: Option<&'static str>,
    /// Topics that are not.
    pub(super) absent_topics: &'static [&'static str],
}

/// A topic.
pub(super) const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:ops";

impl Live {
    fn inventory(&self) -> Inventory {
        let metric = Metric::new("Jobs", "Depth", self.dimensions).unwrap();
        let units = self.units.iter().map(|unit| (*unit).to_owned()).collect();
        let published =
            Published { units, has_percentiles: self.has_percentiles, interval_seconds: self.interval_seconds };
        let present = LiveTopic::Present { confirmed: self.confirmed, policy: self.policy.map(str::to_owned) };
        let topics = self.topics.iter().map(|arn| ((*arn).to_owned(), present.clone()));
        let absent = self.absent_topics.iter().map(|arn| ((*arn).to_owned(), LiveTopic::Absent));
        Inventory {
            metrics: [metric.clone()].into(),
            published: [(metric, published)].into(),
            alarms: self.alarms.iter().map(|name| (*name).to_owned()).collect(),
            topics: topics.chain(absent).collect(),
        }
    }
}

/// An alarm in a line, with more members, which go before those that are there.
pub(super) fn alarm(name: &str, more: &str) -> String {
    let members = [
        "Namespace: Jobs",
        "MetricName: Depth",
        "Statistic: Average",
        "Period: 60",
        "EvaluationPeriods: 3",
        "Threshold: 10",
        "ComparisonOperator: GreaterThanThreshold",
    ];
    let is_given = |member: &&&str| {
        let key = member.split(':').next().unwrap_or_default();
        !more.split(", ").any(|one| one.starts_with(&format!("{key}:")))
    };
    let members: Vec<&str> = members.iter().filter(is_given).copied().collect();
    let more = if more.is_empty() { String::new() } else { format!(", {more}") };
    format!("- {{AlarmName: {name}, {}{more}}}\n", members.join(", "))
}

/// A template with an alarm that has these actions, and more resources.
pub(super) fn template(actions: &str, resources: &str) -> String {
    let alarm = alarm("a", "").replace("- {AlarmName: a, ", "").replace("}\n", "");
    format!(
        "Resources:\n  A: {{Type: AWS::CloudWatch::Alarm,\n    Properties: {{AlarmName: a, {alarm}, AlarmActions: {actions}}}}}\n{resources}"
    )
}

/// What a rule finds, a line each, with line and column.
pub(super) fn findings(rule: &'static Rule, text: &str, live: Option<&Live>) -> String {
    let found = artefacts::read_text(Path::new("t.yaml"), text.into(), &Options::default()).unwrap();
    let inventory = live.map(Live::inventory).unwrap_or_default();
    let findings = (rule.find)(rule, &Definitions::new(&found, "us-east-1", "000000000000"), &inventory);
    let line = |one: &super::Finding| format!("{}:{} {}: {}", one.place.line, one.place.column, one.alarm, one.message);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[track_caller]
pub(super) fn check(rule: &'static Rule, text: &str, expect: &str) {
    assert_eq!(findings(rule, text, None), expect, "{text}");
}

#[track_caller]
pub(super) fn check_live(rule: &'static Rule, text: &str, live: &Live, expect: &str) {
    assert_eq!(findings(rule, text, Some(live)), expect, "{text}");
}
