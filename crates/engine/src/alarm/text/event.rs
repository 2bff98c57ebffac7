//! What is sent to EventBridge and to Lambda functions.

use serde::Serialize;
use serde::ser::SerializeMap;

use super::clock::iso_time;
use super::json::{Pairs, to_json};
use crate::alarm::contributor::{Contributor, hash};
use crate::alarm::definition::MetricAlarm;
use crate::alarm::effect::{ContributorChange, RunCause, StateChange};
use crate::alarm::source::AlarmQuery;
use crate::alarm::status::StateSnapshot;
use crate::query::{MetricStat, Source};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    alarm_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_contributor: Option<AlarmContributor<'a>>,
    state: State<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_state: Option<State<'a>>,
    configuration: Configuration<'a>,
}

#[derive(Serialize)]
struct AlarmContributor<'a> {
    id: &'a str,
    attributes: Pairs<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    value: &'static str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_data: Option<&'a str>,
    timestamp: String,
}

#[derive(Serialize)]
struct Configuration<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    metrics: Vec<Element<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Element<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_stat: Option<Stat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<i64>,
    return_data: bool,
}

#[derive(Serialize)]
struct Stat<'a> {
    metric: Metric<'a>,
    period: i64,
    stat: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
}

#[derive(Serialize)]
struct Metric<'a> {
    namespace: &'a str,
    name: &'a str,
    dimensions: Dimensions<'a>,
}

/// Dimensions as one object.
struct Dimensions<'a>(&'a MetricStat);

/// The detail of a CloudWatch Alarm State Change event.
pub fn state_change_detail(alarm: &MetricAlarm, change: &StateChange) -> String {
    to_json(&Detail::of_change(alarm, change))
}

/// The detail of a CloudWatch Alarm Contributor State Change event.
pub fn contributor_change_detail(alarm: &MetricAlarm, change: &ContributorChange) -> String {
    to_json(&Detail::of_contributor(alarm, change))
}

/// What a Lambda function is invoked with.
pub fn lambda_payload(alarm: &MetricAlarm, cause: &RunCause) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Payload<'a> {
        source: &'static str,
        alarm_arn: String,
        account_id: &'a str,
        time: String,
        region: &'a str,
        alarm_data: Detail<'a>,
    }
    let (alarm_data, time) = match cause {
        RunCause::Change(change) => (Detail::of_change(alarm, change), change.to.updated),
        RunCause::Contributor(change) => (Detail::of_contributor(alarm, change), change.to.updated),
        RunCause::Lasting(state) => (Detail::new(alarm, state), state.updated),
    };
    to_json(&Payload {
        source: "aws.cloudwatch",
        alarm_arn: alarm.arn(),
        account_id: &alarm.scope().account,
        time: iso_time(time),
        region: &alarm.scope().region,
        alarm_data,
    })
}

impl<'a> Detail<'a> {
    fn new(alarm: &'a MetricAlarm, state: &'a StateSnapshot) -> Self {
        let metrics = match alarm.source().metric() {
            Some(metric) => vec![Element::of_metric(alarm, &metric.stat)],
            None => alarm.source().queries().iter().map(Element::of).collect(),
        };
        Detail {
            alarm_name: alarm.name(),
            alarm_contributor: None,
            state: State::of(state),
            previous_state: None,
            configuration: Configuration { description: alarm.description(), metrics },
        }
    }

    fn of_change(alarm: &'a MetricAlarm, change: &'a StateChange) -> Self {
        Detail { previous_state: Some(State::of(&change.from)), ..Detail::new(alarm, &change.to) }
    }

    fn of_contributor(alarm: &'a MetricAlarm, change: &'a ContributorChange) -> Self {
        let Contributor { id, attributes } = &change.contributor;
        let contributor = AlarmContributor { id, attributes: Pairs(attributes) };
        Detail { alarm_contributor: Some(contributor), ..Detail::new(alarm, &change.to) }
    }
}

impl<'a> State<'a> {
    fn of(state: &'a StateSnapshot) -> Self {
        State {
            value: state.value.as_str(),
            reason: &state.reason,
            reason_data: state.reason_data.as_deref(),
            timestamp: iso_time(state.updated),
        }
    }
}

impl<'a> Element<'a> {
    /// The one metric of an alarm, which has no id of its own: it is always the same of the same alarm.
    fn of_metric(alarm: &MetricAlarm, stat: &'a MetricStat) -> Self {
        let arn = alarm.arn();
        let (high, low) = (hash([arn.as_str()]), hash([arn.as_str(), "metric"]));
        let id = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        );
        let metric_stat = Some(Stat::of(stat));
        Element { id, expression: None, label: None, metric_stat, period: None, return_data: true }
    }

    fn of(element: &'a AlarmQuery) -> Self {
        let (expression, period, metric_stat) = match &element.query.source {
            Source::Metric(stat) => (None, None, Some(Stat::of(stat))),
            Source::Expression(asked) => (Some(asked.text.as_str()), asked.period.map(|period| period.seconds()), None),
        };
        Element {
            id: element.query.id.to_string(),
            expression,
            label: element.label.as_deref(),
            metric_stat,
            period,
            return_data: element.query.return_data,
        }
    }
}

impl<'a> Stat<'a> {
    fn of(stat: &'a MetricStat) -> Self {
        let key = stat.metric.key();
        Stat {
            metric: Metric { namespace: key.namespace(), name: key.name(), dimensions: Dimensions(stat) },
            period: stat.period.seconds(),
            stat: stat.statistic.as_str(),
            unit: stat.unit.map(|unit| unit.as_str()),
        }
    }
}

impl Serialize for Dimensions<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.metric.key().dimensions() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
