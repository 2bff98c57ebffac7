//! Definitions as rules look at them.

use std::collections::{BTreeMap, BTreeSet};

use nepho_engine::MetricStat;
use nepho_engine::alarm::{AlarmFaults, MetricAlarm};
use nepho_engine::composite::{CompositeAlarm, CompositeFaults};
use nepho_engine::insights::InsightsQuery;
use nepho_model::Scope;
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

use crate::artefacts::{Artefacts, Found, Place};

/// Definitions, with what the engine makes of them.
#[derive(Debug)]
pub struct Definitions<'a> {
    pub(super) artefacts: &'a Artefacts,
    pub(super) metric: Vec<Metric<'a>>,
    pub(super) composite: Vec<Composite<'a>>,
}

/// A metric alarm.
#[derive(Debug)]
pub(super) struct Metric<'a> {
    pub(super) found: &'a Found<PutMetricAlarmInput>,
    pub(super) alarm: Result<MetricAlarm, AlarmFaults>,
}

/// A composite alarm.
#[derive(Debug)]
pub(super) struct Composite<'a> {
    pub(super) found: &'a Found<PutCompositeAlarmInput>,
    pub(super) alarm: Result<CompositeAlarm, CompositeFaults>,
}

impl<'a> Definitions<'a> {
    /// Those of artefacts, to be put in a Region of an account.
    pub fn new(artefacts: &'a Artefacts, region: &str, account: &str) -> Self {
        let scope = Scope::new(account, region);
        let metric = artefacts.metric_alarms.iter();
        let composite = artefacts.composite_alarms.iter();
        Definitions {
            artefacts,
            metric: metric
                .map(|found| Metric { found, alarm: nepho_server::metric_alarm(&scope, &found.known()) })
                .collect(),
            composite: composite
                .map(|found| Composite { found, alarm: nepho_server::composite_alarm(&scope, &found.known()) })
                .collect(),
        }
    }

    /// The metric alarms that can be put.
    pub(super) fn valid(&self) -> impl Iterator<Item = (&'a Found<PutMetricAlarmInput>, &MetricAlarm)> {
        self.metric.iter().filter_map(|one| Some((one.found, one.alarm.as_ref().ok()?)))
    }

    /// The composite alarms that can be put.
    pub(super) fn valid_composites(
        &self,
    ) -> impl Iterator<Item = (&'a Found<PutCompositeAlarmInput>, &CompositeAlarm)> {
        self.composite.iter().filter_map(|one| Some((one.found, one.alarm.as_ref().ok()?)))
    }

    /// Every metric that an alarm is on and that the files tell in full, with the path of the member that holds it.
    pub fn stats(&self) -> impl Iterator<Item = Stat<'_>> {
        self.valid().flat_map(|(found, alarm)| {
            let scalar = alarm.source().metric().map(|metric| (String::new(), &metric.stat));
            let queries = alarm.source().queries().iter().enumerate();
            let queries = queries.filter_map(|(at, query)| {
                Some((format!("Metrics.member.{}.MetricStat.", at + 1), query.query.metric()?))
            });
            let is_known = |path: &str| {
                let prefix = if path.is_empty() { "" } else { path };
                !found.unresolved.iter().any(|one| {
                    let is_own = one.member.starts_with(prefix);
                    is_own
                        && ["Dimensions", "MetricName", "Namespace", "Metric"]
                            .iter()
                            .any(|part| one.member.contains(part))
                })
            };
            let name = alarm.name();
            let all: Vec<_> = scalar.into_iter().chain(queries).filter(|(path, _)| is_known(path)).collect();
            all.into_iter().map(move |(path, stat)| Stat { found, alarm: name, path, stat })
        })
    }

    /// The queries of Metrics Insights that the files tell in full.
    pub(super) fn queries(
        &self,
    ) -> impl Iterator<Item = (&'a Found<PutMetricAlarmInput>, &MetricAlarm, &InsightsQuery)> {
        let is_known =
            |found: &Found<PutMetricAlarmInput>| !found.unresolved.iter().any(|one| one.member.starts_with("Metrics"));
        self.valid().filter(move |(found, _)| is_known(found)).filter_map(|(found, alarm)| {
            let source = alarm.source().insights()?;
            Some((found, alarm, &source.query))
        })
    }

    /// The namespaces of all that alarms are on.
    pub fn namespaces(&self) -> BTreeSet<&str> {
        let queries = self.queries().map(|(_, _, query)| query.namespace.as_str());
        self.stats().map(|one| one.stat.metric.key().namespace()).chain(queries).collect()
    }

    /// The topics that alarms act on, by ARN; of each who does.
    pub fn topics(&self) -> BTreeMap<&'a str, Vec<TopicUse>> {
        let mut topics: BTreeMap<&str, Vec<TopicUse>> = BTreeMap::new();
        for found in &self.artefacts.metric_alarms {
            let name = called(found, found.value.alarm_name.as_deref());
            add_topics(&mut topics, found, &name, found.value.alarm_actions.as_deref());
        }
        for found in &self.artefacts.composite_alarms {
            let name = called(found, found.value.alarm_name.as_deref());
            add_topics(&mut topics, found, &name, found.value.alarm_actions.as_deref());
        }
        topics
    }

    /// The names of all alarms.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        let metric = self.artefacts.metric_alarms.iter().filter_map(|found| found.value.alarm_name.as_deref());
        let composite = self.artefacts.composite_alarms.iter().filter_map(|found| found.value.alarm_name.as_deref());
        metric.chain(composite)
    }
}

/// An alarm that acts on a topic.
#[derive(Debug, Clone)]
pub struct TopicUse {
    pub(super) alarm: String,
    /// Where it names the topic.
    pub(super) place: Place,
}

fn add_topics<'a, T>(
    topics: &mut BTreeMap<&'a str, Vec<TopicUse>>,
    found: &Found<T>,
    alarm: &str,
    actions: Option<&'a [String]>,
) {
    // What is not resolved is no ARN yet.
    let is_topic = |arn: &str| arn.starts_with("arn:") && arn.contains(":sns:") && !arn.contains("${");
    for (at, arn) in actions.unwrap_or_default().iter().enumerate().filter(|(_, arn)| is_topic(arn)) {
        let place = found.place_of(&format!("AlarmActions.member.{}", at + 1)).clone();
        topics.entry(arn).or_default().push(TopicUse { alarm: alarm.to_owned(), place });
    }
}

/// A metric that an alarm is on.
#[derive(Debug)]
pub struct Stat<'a> {
    pub(super) found: &'a Found<PutMetricAlarmInput>,
    pub(super) alarm: &'a str,
    /// The member that holds it, with a dot behind, or nothing.
    pub(super) path: String,
    /// Metric, statistic, period and unit.
    pub stat: &'a MetricStat,
}

impl Stat<'_> {
    /// A member beside the metric: of a list it stands a level deeper.
    pub(super) fn member(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    /// A member of the metric itself.
    pub(super) fn metric_member(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}Metric.{name}", self.path) }
    }
}

/// What a definition is called: its name, or its address where that is not known.
pub(super) fn called<T>(found: &Found<T>, name: Option<&str>) -> String {
    name.unwrap_or(&found.address).to_owned()
}
