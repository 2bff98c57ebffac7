//! An alarm was created, put anew or deleted.

use nepho_model::Timestamp;
use serde::Serialize;
use serde::ser::SerializeMap;

use super::element::{Element, dimensions};
use super::{HistoryItem, HistoryItemType, VERSION, short_enough};
use crate::alarm::action::Action;
use crate::alarm::comparison::Condition;
use crate::alarm::definition::MetricAlarm;
use crate::alarm::low_samples::LowSamples;
use crate::alarm::missing::TreatMissingData;
use crate::alarm::status::AlarmStatus;
use crate::alarm::text::clock::iso_time;
use crate::alarm::text::json::{nested, to_json};
use crate::alarm::text::upper_snake;

/// What happened to an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigurationChange<'a> {
    /// It was created.
    Created,
    /// It was put anew; it was this before.
    Updated(&'a ConfigurationFields),
    /// It was deleted.
    Deleted,
}

/// An alarm as its history has it: names and values as JSON, in their order. Alarms of other kinds have other fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigurationFields(Vec<(&'static str, String)>);

/// What is not told of as changed: it always is.
const UPDATED: &str = "alarmConfigurationUpdatedTimestamp";

/// What is left out first of what is too long.
const LONGEST: &str = "metrics";

impl ConfigurationFields {
    /// Adds a field.
    pub fn push(&mut self, name: &'static str, value: &impl Serialize) {
        self.0.push((name, to_json(value)));
    }

    /// Adds a field, if there is a value for it.
    pub fn push_some(&mut self, name: &'static str, value: Option<impl Serialize>) {
        self.0.extend(value.map(|value| (name, to_json(&value))));
    }

    /// The fields of a metric alarm that was put last at `updated`.
    pub fn of(alarm: &MetricAlarm, status: &AlarmStatus, updated: Timestamp) -> Self {
        let mut fields = ConfigurationFields::default();
        fields.push("alarmName", &alarm.name());
        fields.push_some("alarmDescription", alarm.description());
        fields.push("alarmArn", &alarm.arn());
        fields.push(UPDATED, &iso_time(updated));
        fields.push_source(alarm);
        match alarm.condition() {
            Condition::Threshold { threshold, .. } => fields.push("threshold", threshold),
            Condition::Band { band, .. } => fields.push("thresholdMetricId", &band.as_str()),
        }
        fields.push("comparisonOperator", &alarm.condition().operator().as_str());
        fields.push("evaluationPeriods", &alarm.evaluation_periods());
        fields.push_some("datapointsToAlarm", alarm.datapoints_to_alarm());
        fields.push_some("treatMissingData", alarm.treat_missing_data().map(TreatMissingData::as_str));
        fields.push_some("evaluateLowSampleCountPercentile", alarm.low_samples().map(LowSamples::as_str));
        fields.push("stateValue", &status.state.value.as_str());
        fields.push("stateUpdatedTimestamp", &iso_time(status.state.updated));
        let arns = |actions: &[Action]| actions.iter().map(|action| action.arn().to_owned()).collect::<Vec<_>>();
        fields.push("actionsEnabled", &alarm.actions_enabled());
        fields.push("alarmActions", &arns(&alarm.actions().alarm));
        fields.push("insufficientDataActions", &arns(&alarm.actions().insufficient_data));
        fields.push("okactions", &arns(&alarm.actions().ok));
        fields
    }

    fn push_source(&mut self, alarm: &MetricAlarm) {
        if let Some(metric) = alarm.source().metric() {
            let (key, statistic) = (metric.metric().key(), metric.statistic().as_str());
            self.push("namespace", &key.namespace());
            self.push("metricName", &key.name());
            self.push(
                "extendedStatistic",
                &if metric.is_extended { statistic.to_owned() } else { upper_snake(statistic) },
            );
            self.push("period", &alarm.period().seconds());
            self.push("dimensions", &dimensions(&metric.stat));
            self.push_some("unit", metric.unit().map(|unit| unit.as_str()));
        } else {
            let elements: Vec<_> = alarm.source().queries().iter().map(Element::of).collect();
            self.push(LONGEST, &elements);
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// What other fields have that these have not, or have differently: the name of each and its value here.
    fn unlike(&self, others: &ConfigurationFields) -> ConfigurationFields {
        let mine = self.0.iter().filter(|(name, value)| others.get(name) != Some(value));
        let mine = mine.map(|(name, value)| (*name, value.clone()));
        let gone = others.0.iter().filter(|(name, _)| self.get(name).is_none());
        let all = mine.chain(gone.map(|(name, _)| (*name, "null".to_owned())));
        ConfigurationFields(all.filter(|(name, _)| *name != UPDATED).collect())
    }

    fn without(&self, name: &str) -> ConfigurationFields {
        ConfigurationFields(self.0.iter().filter(|(known, _)| *known != name).cloned().collect())
    }
}

impl Serialize for ConfigurationFields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, &nested(value))?;
        }
        map.end()
    }
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_alarm: Option<&'a ConfigurationFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_alarm: Option<&'a ConfigurationFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_alarm: Option<&'a ConfigurationFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_updated_fields: Option<ConfigurationFields>,
}

/// The item of an alarm that was created, put anew or deleted, of which it has the `fields` as they are now.
///
/// If it is too long, it lacks the elements of Metrics, those of before first.
pub fn configuration_item(name: &str, fields: &ConfigurationFields, change: ConfigurationChange<'_>) -> HistoryItem {
    let shorter = fields.without(LONGEST);
    let data = |(fields, is_whole): (_, bool)| {
        let base = Data { version: VERSION, ..Data::default() };
        to_json(&match change {
            ConfigurationChange::Created => Data { kind: "Create", created_alarm: Some(fields), ..base },
            ConfigurationChange::Deleted => Data { kind: "Delete", deleted_alarm: Some(fields), ..base },
            ConfigurationChange::Updated(before) => {
                let unlike = before.unlike(fields);
                let unlike = if is_whole { unlike } else { unlike.without(LONGEST) };
                Data { kind: "Update", updated_alarm: Some(fields), original_updated_fields: Some(unlike), ..base }
            }
        })
    };
    let data = short_enough(&mut [(fields, true), (fields, false), (&shorter, false)].into_iter().map(data));
    let verb = match change {
        ConfigurationChange::Created => "created",
        ConfigurationChange::Updated(_) => "updated",
        ConfigurationChange::Deleted => "deleted",
    };
    HistoryItem::new(HistoryItemType::ConfigurationUpdate, &format!("Alarm \"{name}\" {verb}"), data, None)
}
