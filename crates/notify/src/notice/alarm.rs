//! An alarm's message, read again.

use serde::{Deserialize, Serialize};

use super::cut;
use super::datapoints::{Datapoint, datapoints_in};
use super::description::{Description, Severity};

/// What an alarm says when it goes into another state.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmNotice {
    /// The alarm's name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The name of its Region, such as `US East (N. Virginia)`.
    pub region: String,
    /// Its account.
    pub account: String,
    /// What its description says.
    pub description: Description,
    /// The state.
    pub state: AlarmState,
    /// The state before, as it is written.
    pub old_state: String,
    /// Why.
    pub reason: String,
    /// Since when, in ISO 8601.
    pub changed: String,
    /// Whether it watches metrics, and not other alarms.
    pub has_metrics: bool,
    /// What it watches, if that is one metric.
    pub watched: Option<Watched>,
    /// The datapoints that the reason lists, the newest first.
    pub datapoints: Vec<Datapoint>,
    /// What it says about other messages that it stands for.
    pub notes: Vec<String>,
    /// The same in a few words each, as subjects have them.
    pub short_notes: Vec<String>,
}

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// All is well.
    Ok,
    /// It is not.
    Alarm,
    /// Nobody knows.
    InsufficientData,
}

impl AlarmState {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            AlarmState::Ok => "OK",
            AlarmState::Alarm => "ALARM",
            AlarmState::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData].into_iter().find(|one| one.as_str() == word)
    }
}

/// The metric that an alarm watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub metric: String,
    /// Dimensions by name.
    pub dimensions: Vec<(String, String)>,
    /// The statistic, as the message has it.
    pub statistic: String,
    /// The length of a period, in seconds.
    pub period_seconds: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    alarm_name: String,
    alarm_description: Option<String>,
    #[serde(rename = "AWSAccountId")]
    account_id: String,
    new_state_value: String,
    new_state_reason: String,
    state_change_time: String,
    region: String,
    alarm_arn: String,
    old_state_value: String,
    trigger: Option<Trigger>,
    nephoscope_noise: Option<Note>,
    nephoscope_group: Option<Note>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Note {
    text: String,
    /// Messages that were under way when there was none yet have none.
    short: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger {
    metric_name: Option<String>,
    namespace: Option<String>,
    statistic: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    period: Option<u64>,
}

#[derive(Deserialize)]
struct Dimension {
    name: String,
    value: String,
}

impl AlarmNotice {
    /// Reads the message of an alarm; none when it is another message.
    pub fn read(message: &str) -> Option<Self> {
        let written: Written = serde_json::from_str(message).ok()?;
        let notes = || [&written.nephoscope_noise, &written.nephoscope_group].into_iter().flatten();
        Some(AlarmNotice {
            notes: notes().map(|note| note.text.clone()).collect(),
            short_notes: notes().filter_map(|note| note.short.clone()).collect(),
            state: AlarmState::parse(&written.new_state_value)?,
            description: Description::parse(written.alarm_description.as_deref().unwrap_or_default()),
            datapoints: datapoints_in(&written.new_state_reason),
            has_metrics: written.trigger.is_some(),
            watched: written.trigger.and_then(Watched::of),
            name: written.alarm_name,
            arn: written.alarm_arn,
            region: written.region,
            account: written.account_id,
            old_state: written.old_state_value,
            reason: written.new_state_reason,
            changed: written.state_change_time,
        })
    }

    /// How severe it is: what the description says, or an error.
    pub fn severity(&self) -> Severity {
        self.description.severity.unwrap_or(Severity::Error)
    }

    /// What it is about, in a line of at most so many characters: what it stands for is not cut off.
    pub fn summary(&self, most: usize) -> String {
        let notes: String = self.short_notes.iter().map(|note| format!(" ({note})")).collect();
        let alarm = format!("{}: \"{}\" in {}", self.state.as_str(), self.name, self.region);
        cut(&format!("{}{notes}", cut(&alarm, most.saturating_sub(notes.chars().count()))), most)
    }
}

impl Watched {
    fn of(trigger: Trigger) -> Option<Self> {
        Some(Watched {
            namespace: trigger.namespace?,
            metric: trigger.metric_name?,
            dimensions: trigger.dimensions.into_iter().map(|one| (one.name, one.value)).collect(),
            statistic: trigger.statistic?,
            period_seconds: trigger.period?,
        })
    }

    /// The metric in a line: `Shop Latency {Service=web} p99, 60 s`.
    pub fn line(&self) -> String {
        let dimensions: Vec<_> = self.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let dimensions = if dimensions.is_empty() { String::new() } else { format!(" {{{}}}", dimensions.join(", ")) };
        format!("{} {}{dimensions} {}, {} s", self.namespace, self.metric, self.statistic, self.period_seconds)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub(in crate::notice) fn message(state: &str, description: Option<&str>) -> String {
        json!({
            "AlarmName": "High <load> & more", "AlarmDescription": description, "AWSAccountId": "000000000000",
            "AlarmConfigurationUpdatedTimestamp": "2026-05-04T11:00:00.000+0000", "NewStateValue": state,
            "NewStateReason": "Threshold Crossed: 2 datapoints [22.0 (04/05/26 12:00:00), 11.0 (04/05/26 11:59:00)] were \
                               greater than the threshold (10.0).",
            "StateChangeTime": "2026-05-04T12:01:00.000+0000", "Region": "US East (N. Virginia)",
            "AlarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:High <load> & more", "OldStateValue": "OK",
            "OKActions": [], "AlarmActions": [], "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "Load", "Namespace": "Shop", "StatisticType": "Statistic", "Statistic": "AVERAGE",
                "Unit": null, "Dimensions": [{"value": "web", "name": "Service"}], "Period": 60, "EvaluationPeriods": 2,
                "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10.0, "TreatMissingData": "",
                "EvaluateLowSampleCountPercentile": ""}
        })
        .to_string()
    }

    #[test]
    fn an_alarm_is_read_from_its_message() {
        let notice = AlarmNotice::read(&message("ALARM", Some("Busy.\nSeverity: critical"))).unwrap();
        assert_eq!((notice.state, notice.severity()), (AlarmState::Alarm, Severity::Critical));
        assert_eq!(notice.summary(100), "ALARM: \"High <load> & more\" in US East (N. Virginia)");
        assert_eq!(notice.watched.as_ref().unwrap().line(), "Shop Load {Service=web} AVERAGE, 60 s");
        assert_eq!((notice.datapoints.len(), notice.has_metrics), (2, true));
        assert_eq!(AlarmNotice::read(&message("OK", None)).unwrap().severity(), Severity::Error);
        for other in ["", "The load is high.", "{}", "[]", &message("BUSY", None)] {
            assert_eq!(AlarmNotice::read(other), None, "{other}");
        }
    }
}
