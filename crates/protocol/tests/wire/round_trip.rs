//! What is encoded and decoded again is what it was.

use std::collections::BTreeMap;
use std::fmt::Debug;

use nepho_protocol::codec::{cbor, json, query};
use nepho_protocol::shapes::get_metric_data::{GetMetricDataOutput, MessageData, MetricDataResult};
use nepho_protocol::shapes::put_metric_data::{
    Dimension, Entity, EntityMetricData, MetricDatum, PutMetricDataInput, StatisticSet,
};
use nepho_protocol::value::{Double, Text, Timestamp};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::form::form;

pub(crate) fn through_json_and_cbor<T>(shape: &T)
where
    T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug,
{
    let bytes = json::to_vec(shape).unwrap();
    assert_eq!(&json::from_slice::<T>(&bytes).unwrap(), shape);
    let bytes = cbor::to_vec(shape).unwrap();
    assert_eq!(&cbor::from_slice::<T>(&bytes).unwrap(), shape);
}

fn double() -> impl Strategy<Value = Double> {
    let finite = any::<f64>().prop_filter("NaN is not equal to itself", |value| !value.is_nan());
    prop_oneof![finite, Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(0.0)].prop_map(Double)
}

fn text() -> impl Strategy<Value = Text<'static>> {
    any::<String>().prop_map(Text::from)
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_000_i64..=253_402_207_200_000).prop_map(Timestamp::from_ms)
}

fn statistic_set() -> impl Strategy<Value = StatisticSet> {
    let number = || option::of(double());
    (number(), number(), number(), number()).prop_map(|(sample_count, sum, minimum, maximum)| StatisticSet {
        sample_count,
        sum,
        minimum,
        maximum,
    })
}

fn dimension() -> impl Strategy<Value = Dimension<'static>> {
    (option::of(text()), option::of(text())).prop_map(|(name, value)| Dimension { name, value })
}

fn datum() -> impl Strategy<Value = MetricDatum<'static>> {
    (
        option::of(text()),
        option::of(vec(dimension(), 0..4)),
        option::of(timestamp()),
        option::of(double()),
        option::of(statistic_set()),
        option::of(vec(double(), 0..12)),
        option::of(vec(double(), 0..12)),
        option::of(text()),
        option::of(any::<i32>()),
    )
        .prop_map(
            |(
                metric_name,
                dimensions,
                timestamp,
                value,
                statistic_values,
                values,
                counts,
                unit,
                storage_resolution,
            )| MetricDatum {
                metric_name,
                dimensions,
                timestamp,
                value,
                statistic_values,
                values,
                counts,
                unit,
                storage_resolution,
            },
        )
}

fn entity() -> impl Strategy<Value = Entity> {
    let attributes = || option::of(btree_map(any::<String>(), any::<String>(), 0..4));
    (attributes(), attributes()).prop_map(|(key_attributes, attributes)| Entity { key_attributes, attributes })
}

fn put_metric_data() -> impl Strategy<Value = PutMetricDataInput<'static>> {
    let of_entity = (option::of(entity()), option::of(vec(datum(), 0..3)))
        .prop_map(|(entity, metric_data)| EntityMetricData { entity, metric_data });
    (option::of(text()), option::of(vec(datum(), 0..12)), option::of(vec(of_entity, 0..3)), option::of(any::<bool>()))
        .prop_map(|(namespace, metric_data, entity_metric_data, strict_entity_validation)| PutMetricDataInput {
            namespace,
            metric_data,
            entity_metric_data,
            strict_entity_validation,
        })
}

fn messages() -> impl Strategy<Value = Option<Vec<MessageData>>> {
    let word = || option::of(any::<String>());
    let message = (word(), word()).prop_map(|(code, value)| MessageData { code, value });
    option::of(vec(message, 0..3))
}

fn get_metric_data_output() -> impl Strategy<Value = GetMetricDataOutput> {
    let result = (
        option::of(any::<String>()),
        option::of(vec(timestamp(), 0..20)),
        option::of(vec(double(), 0..20)),
        messages(),
    )
        .prop_map(|(label, timestamps, values, messages)| MetricDataResult {
            label,
            timestamps,
            values,
            messages,
            ..MetricDataResult::default()
        });
    (option::of(vec(result, 0..4)), messages()).prop_map(|(metric_data_results, messages)| GetMetricDataOutput {
        metric_data_results,
        messages,
        next_token: None,
    })
}

proptest! {
    #[test]
    fn put_metric_data_through_all_three(input in put_metric_data()) {
        let bytes = json::to_vec(&input).unwrap();
        prop_assert_eq!(&json::from_slice::<PutMetricDataInput<'_>>(&bytes).unwrap(), &input);
        let bytes = cbor::to_vec(&input).unwrap();
        prop_assert_eq!(&cbor::from_slice::<PutMetricDataInput<'_>>(&bytes).unwrap(), &input);
        let form = form(&input);
        let found = query::from_slice::<PutMetricDataInput<'_>>(form.as_bytes());
        prop_assert_eq!(&found.unwrap(), &input, "{}", form);
    }

    #[test]
    fn get_metric_data_output_through_json_and_cbor(output in get_metric_data_output()) {
        through_json_and_cbor(&output);
    }

    #[test]
    fn timestamps_through_text(timestamp in timestamp()) {
        prop_assert_eq!(timestamp.to_string().parse(), Ok(timestamp));
    }

    #[test]
    fn maps_keep_their_entries(entries in btree_map(any::<String>(), any::<String>(), 0..12)) {
        let entity = Entity { key_attributes: Some(entries), attributes: Some(BTreeMap::new()) };
        let found = query::from_slice::<Entity>(form(&entity).as_bytes());
        prop_assert_eq!(found.unwrap(), entity);
    }
}
