//! Alarms of one group arrive together.

use std::collections::BTreeMap;

use nepho_model::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};
use sha2::{Digest, Sha256};

use super::event::Event;
use super::note::{Change, Note, NoteKind};
use super::policy::{NoiseFault, within};
use super::words::{count, utc};
use crate::notice::{AlarmState, Severity};

/// The longest that the first of a group waits for others, in seconds.
const WAIT_SECONDS_MAX: u64 = 3600;
/// The most that alarms are grouped by.
const BY_MAX: usize = 5;
/// The most messages of a group. With the last of them it does not wait any longer.
pub const MEMBERS_MAX: usize = 200;
/// The most alarms that the message of a group names one by one.
const NAMED_MAX: usize = 50;

/// Alarms of one group arrive together: the first waits for others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GroupingRule {
    /// How long it waits.
    pub wait_seconds: u64,
    /// What alarms of one group have in common; all are one group when nothing is said.
    #[serde(default)]
    pub by: Vec<GroupBy>,
}

/// Something that alarms can have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// The namespace of the metric.
    Namespace,
    /// The name of the metric.
    MetricName,
    /// How severe they are.
    Severity,
    /// The value of a dimension of the metric: `Dimension:Service`.
    Dimension(String),
}

impl<'de> Deserialize<'de> for GroupBy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        GroupBy::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "{text:?} is nothing to group by: expected Namespace, MetricName, Severity or Dimension:NAME"
            ))
        })
    }
}

impl GroupBy {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "Namespace" => Some(GroupBy::Namespace),
            "MetricName" => Some(GroupBy::MetricName),
            "Severity" => Some(GroupBy::Severity),
            _ => text
                .strip_prefix("Dimension:")
                .filter(|name| !name.is_empty())
                .map(|name| GroupBy::Dimension(name.to_owned())),
        }
    }

    /// What an alarm has of it; composite alarms and those of expressions have no metric.
    fn of<'a>(&self, event: &'a Event) -> &'a str {
        let watched = event.watched.as_ref();
        match self {
            GroupBy::Severity => event.severity.as_str(),
            GroupBy::Namespace => watched.map_or("", |watched| &watched.namespace),
            GroupBy::MetricName => watched.map_or("", |watched| &watched.metric),
            GroupBy::Dimension(wanted) => {
                let mut dimensions = watched.iter().flat_map(|watched| &watched.dimensions);
                dimensions.find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
            }
        }
    }
}

impl GroupingRule {
    pub(super) fn check(&self) -> Result<(), NoiseFault> {
        within("waitSeconds", self.wait_seconds, 1, WAIT_SECONDS_MAX)?;
        match self.by.len() {
            found if found > BY_MAX => Err(NoiseFault::Long { member: "by", found, most: BY_MAX }),
            _ => Ok(()),
        }
    }

    /// What is the same for all alarms of one group.
    pub fn key(&self, event: &Event) -> String {
        let parts: Vec<_> = self.by.iter().map(|by| by.of(event)).collect();
        hex::encode(Sha256::digest(parts.join("\0")))
    }
}

/// Messages that wait for others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Group {
    /// Until when.
    pub until_ms: i64,
    /// In the order in which they came.
    pub members: Vec<Member>,
}

/// A message that waits for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What changed.
    #[serde(flatten)]
    pub change: Change,
    /// The alarm's name.
    pub name: String,
    /// How severe it is.
    pub severity: Severity,
}

impl Group {
    /// Adds a message. Whether it is the last: the group is full then.
    pub fn join(&mut self, rule: &GroupingRule, member: Member, now: Timestamp) -> bool {
        if self.members.is_empty() {
            self.until_ms = now.millis().saturating_add(rule.wait_seconds as i64 * 1000);
        }
        self.members.push(member);
        self.members.len() >= MEMBERS_MAX
    }

    /// When it does not wait any longer.
    pub fn due(&self) -> Option<Timestamp> {
        (!self.members.is_empty()).then(|| Timestamp::from_millis(self.until_ms))
    }

    /// What the members come to: the key of the one that leads, and what is said of all. None when there is only one,
    /// which goes out as it is.
    pub fn together(&self) -> Option<(&Member, Note)> {
        if self.members.len() < 2 {
            return None;
        }
        // Of an alarm that is there more than once the last counts.
        let last: BTreeMap<&str, &Member> = self.members.iter().map(|member| (member.name.as_str(), member)).collect();
        let mut last: Vec<&Member> = last.into_values().collect();
        last.sort_by_key(|member| std::cmp::Reverse(rank(member)));
        let lead = *last.first()?;
        let folded: Vec<Change> = self.members.iter().map(|member| member.change.clone()).collect();
        Some((lead, Note { kind: NoteKind::Group, text: told(&last), short: short(&last), folded }))
    }
}

/// What matters most leads.
fn rank(member: &Member) -> (u8, Severity, i64) {
    let state = match member.change.state {
        AlarmState::Alarm => 2,
        AlarmState::InsufficientData => 1,
        AlarmState::Ok => 0,
    };
    (state, member.severity, member.change.at_ms)
}

fn short(last: &[&Member]) -> String {
    match last.len() {
        1 => "several changes".to_owned(),
        alarms => format!("and {}", count(alarms - 1, "more alarm")),
    }
}

fn told(last: &[&Member]) -> String {
    let of = |state| last.iter().filter(|member| member.change.state == state).count();
    let states = [AlarmState::Alarm, AlarmState::Ok, AlarmState::InsufficientData].map(|state| (state, of(state)));
    let states =
        states.iter().filter(|(_, count)| *count > 0).map(|(state, count)| format!("{count} {}", state.as_str()));
    let mut text = format!("{} of one group: {}.", count(last.len(), "alarm"), states.collect::<Vec<_>>().join(", "));
    for member in last.iter().take(NAMED_MAX) {
        let Change { state, at_ms, .. } = &member.change;
        text.push_str(&format!(
            "\n- {}: \"{}\" ({}), {}",
            state.as_str(),
            member.name,
            member.severity.as_str(),
            utc(*at_ms)
        ));
    }
    if last.len() > NAMED_MAX {
        text.push_str(&format!("\n- and {} more", last.len() - NAMED_MAX));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::policy::NoisePolicy;

    /// Messages as `SECONDS NAME STATE`, and what the group says: its lead and its text.
    fn check(messages: &str, expect: &str) {
        let rule = GroupingRule { wait_seconds: 30, by: Vec::new() };
        let mut group = Group::default();
        for message in messages.split("; ") {
            let words: Vec<&str> = message.split(' ').collect();
            let at = Timestamp::from_seconds(words[0].parse().unwrap());
            let state = AlarmState::parse(words[2]).unwrap();
            let change = Change { key: message.to_owned(), state, at_ms: at.millis() };
            let severity = words.get(3).and_then(|word| Severity::parse(word)).unwrap_or(Severity::Error);
            assert!(!group.join(&rule, Member { change, name: words[1].to_owned(), severity }, at));
        }
        let said = group.together().map(|(lead, note)| {
            assert_eq!(note.folded.len(), group.members.len(), "nothing is lost");
            format!("{} ({}) {}", lead.name, note.short, note.text)
        });
        let due = group.due().unwrap().seconds();
        assert_eq!(format!("{due}: {}", said.unwrap_or_default()), expect);
    }

    #[test]
    fn what_matters_most_leads() {
        check("5 a ALARM", "35: ");
        check(
            "0 a OK; 1 b ALARM; 2 c ALARM critical; 3 d ALARM",
            "30: c (and 3 more alarms) 4 alarms of one group: 3 ALARM, 1 OK.\n- ALARM: \"c\" (critical), 1970-01-01 00:00:02 UTC\n\
             - ALARM: \"d\" (error), 1970-01-01 00:00:03 UTC\n- ALARM: \"b\" (error), 1970-01-01 00:00:01 UTC\n\
             - OK: \"a\" (error), 1970-01-01 00:00:00 UTC",
        );
        check(
            "0 a ALARM; 10 a OK",
            "30: a (several changes) 1 alarm of one group: 1 OK.\n- OK: \"a\" (error), 1970-01-01 00:00:10 UTC",
        );
    }

    #[test]
    fn groups_have_a_limit_and_name_so_many() {
        let rule = GroupingRule { wait_seconds: 30, by: Vec::new() };
        let mut group = Group::default();
        for n in 1..=MEMBERS_MAX {
            let change = Change { key: n.to_string(), state: AlarmState::Alarm, at_ms: n as i64 };
            let member = Member { change, name: format!("a{n:03}"), severity: Severity::Error };
            assert_eq!(group.join(&rule, member, Timestamp::from_seconds(0)), n == MEMBERS_MAX);
        }
        let (lead, note) = group.together().unwrap();
        assert_eq!((lead.name.as_str(), note.text.lines().count()), ("a200", NAMED_MAX + 2));
        assert!(note.text.ends_with("\n- and 150 more"), "{}", note.text);
    }

    #[test]
    fn alarms_are_grouped_by_what_they_have_in_common() {
        let by = r#"{"groupingPolicy": {"waitSeconds": 1, "by": ["Namespace", "Dimension:Service"]}}"#;
        let rule = NoisePolicy::parse(by).unwrap().grouping.unwrap();
        let event = |namespace: &str, service: &str| Event {
            alarm: format!("{namespace}{service}"),
            name: String::new(),
            contributor: String::new(),
            state: AlarmState::Alarm,
            severity: Severity::Error,
            watched: Some(crate::notice::Watched {
                namespace: namespace.to_owned(),
                metric: "Load".to_owned(),
                dimensions: vec![("Service".to_owned(), service.to_owned())],
                statistic: "AVERAGE".to_owned(),
                period_seconds: 60,
            }),
        };
        let key = |namespace, service| rule.key(&event(namespace, service));
        assert_eq!(key("Shop", "web"), rule.key(&Event { alarm: "other".to_owned(), ..event("Shop", "web") }));
        assert_ne!(key("Shop", "web"), key("Shop", "api"));
        assert_ne!(key("Shop", "web"), key("Jobs", "web"));
        let without = Event { watched: None, ..event("Shop", "web") };
        assert_eq!(rule.key(&without), rule.key(&Event { alarm: "b".to_owned(), ..without.clone() }));
    }
}
