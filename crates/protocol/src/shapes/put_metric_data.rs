//! PutMetricData: the hot path, whose strings borrow from the body.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::list::{ELEMENTS_MAX, ENTITIES_MAX, at_most};
use crate::value::{Double, Text, Timestamp};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutMetricDataInput<'a> {
    /// The namespace of every datum.
    #[serde(borrow)]
    pub namespace: Option<Text<'a>>,
    /// The data without an entity.
    #[serde(borrow, default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub metric_data: Option<Vec<MetricDatum<'a>>>,
    /// The data with the entities they belong to.
    #[serde(borrow, default, deserialize_with = "at_most::<ENTITIES_MAX, _, _>")]
    pub entity_metric_data: Option<Vec<EntityMetricData<'a>>>,
    /// Whether an invalid entity refuses the request.
    pub strict_entity_validation: Option<bool>,
}

/// One datum: a value, a statistic set, or values with counts.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDatum<'a> {
    /// The metric's name.
    #[serde(borrow)]
    pub metric_name: Option<Text<'a>>,
    /// The metric's dimensions.
    #[serde(borrow, default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension<'a>>>,
    /// When it was observed.
    pub timestamp: Option<Timestamp>,
    /// A single value.
    pub value: Option<Double>,
    /// A summary of many values.
    pub statistic_values: Option<StatisticSet>,
    /// Distinct values.
    pub values: Option<Vec<Double>>,
    /// How often each of the values occurred.
    pub counts: Option<Vec<Double>>,
    /// The unit.
    #[serde(borrow)]
    pub unit: Option<Text<'a>>,
    /// 1 or 60 seconds.
    pub storage_resolution: Option<i32>,
}

/// One name and value of a datum's dimensions.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension<'a> {
    /// The name.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// The value.
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
}

/// The four numbers that summarise many values.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatisticSet {
    /// How many values; may be fractional.
    pub sample_count: Option<Double>,
    /// Their sum.
    pub sum: Option<Double>,
    /// The least.
    pub minimum: Option<Double>,
    /// The greatest.
    pub maximum: Option<Double>,
}

/// Data and the entity they belong to.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EntityMetricData<'a> {
    /// The entity.
    pub entity: Option<Entity>,
    /// The data.
    #[serde(borrow, default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub metric_data: Option<Vec<MetricDatum<'a>>>,
}

/// What emits metrics, as AWS correlates it with other telemetry.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entity {
    /// What identifies the entity.
    pub key_attributes: Option<BTreeMap<String, String>>,
    /// What else is known about it.
    pub attributes: Option<BTreeMap<String, String>>,
}
