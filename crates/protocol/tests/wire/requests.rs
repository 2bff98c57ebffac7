//! The same request through three protocols is the same shape.

use std::collections::BTreeMap;
use std::fmt::Debug;

use nepho_protocol::Protocol;
use nepho_protocol::codec::decode;
use nepho_protocol::shapes::get_metric_data::{GetMetricDataInput, LabelOptions, MetricDataQuery, MetricStat};
use nepho_protocol::shapes::get_metric_statistics::GetMetricStatisticsInput;
use nepho_protocol::shapes::list_metrics::{DimensionFilter, ListMetricsInput};
use nepho_protocol::shapes::put_metric_data::{
    Dimension, Entity, EntityMetricData, MetricDatum, PutMetricDataInput, StatisticSet,
};
use nepho_protocol::shapes::tags::{TagResourceInput, UntagResourceInput};
use nepho_protocol::shapes::{self, Tag};
use nepho_protocol::value::{Double, Text, Timestamp};
use serde::Deserialize;

use crate::fixtures::{GET_METRIC_DATA, LIST_METRICS, PUT_METRIC_DATA, Recorded};

const NOON: Timestamp = Timestamp::from_ms(1_777_896_000_000);

#[track_caller]
pub(crate) fn check<T: Deserialize<'static> + PartialEq + Debug>(recorded: &Recorded, expect: &T) {
    for (protocol, body) in recorded.all() {
        let found: T = decode(protocol, body).unwrap();
        assert_eq!(&found, expect, "{protocol:?}");
    }
}

fn text(value: &'static str) -> Option<Text<'static>> {
    Some(Text::from(value))
}

fn doubles(values: &[f64]) -> Option<Vec<Double>> {
    Some(values.iter().copied().map(Double).collect())
}

fn strings(pairs: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Some(pairs.iter().map(owned).collect())
}

#[test]
fn put_metric_data() {
    let single = MetricDatum {
        metric_name: text("Sales"),
        dimensions: Some(vec![Dimension { name: text("Region"), value: text("eu \"1\"\n") }]),
        timestamp: Some(NOON),
        value: Some(Double(3.0)),
        unit: text("Count"),
        storage_resolution: Some(1),
        ..MetricDatum::default()
    };
    let counted = MetricDatum {
        metric_name: text("Latency"),
        values: doubles(&[1.5, 2.0, -0.25]),
        counts: doubles(&[1.0, 2.0, 3.0]),
        ..MetricDatum::default()
    };
    let summarised = MetricDatum {
        metric_name: text("Set"),
        dimensions: Some(Vec::new()),
        statistic_values: Some(StatisticSet {
            sample_count: Some(Double(2.0)),
            sum: Some(Double(3.0)),
            minimum: Some(Double(1.0)),
            maximum: Some(Double(2.0)),
        }),
        ..MetricDatum::default()
    };
    let of_entity = EntityMetricData {
        entity: Some(Entity {
            key_attributes: strings(&[("Name", "cart"), ("Type", "Service")]),
            attributes: strings(&[("Host", "h1")]),
        }),
        metric_data: Some(vec![MetricDatum {
            metric_name: text("E"),
            value: Some(Double(0.0)),
            ..MetricDatum::default()
        }]),
    };
    let expect = PutMetricDataInput {
        namespace: text("Shop & Co/ü"),
        metric_data: Some(vec![single, counted, summarised]),
        entity_metric_data: Some(vec![of_entity]),
        strict_entity_validation: Some(true),
    };
    check(&PUT_METRIC_DATA, &expect);
}

#[test]
fn get_metric_data() {
    let metric = MetricDataQuery {
        id: Some("m1".into()),
        metric_stat: Some(MetricStat {
            metric: Some(shapes::Metric {
                namespace: Some("Shop".into()),
                metric_name: Some("Sales".into()),
                dimensions: Some(vec![shapes::Dimension { name: Some("a".into()), value: Some("b".into()) }]),
            }),
            period: Some(60),
            stat: Some("Sum".into()),
            unit: None,
        }),
        ..MetricDataQuery::default()
    };
    let expression = MetricDataQuery {
        id: Some("e1".into()),
        expression: Some("m1*2".into()),
        label: Some("x".into()),
        return_data: Some(false),
        ..MetricDataQuery::default()
    };
    let expect = GetMetricDataInput {
        metric_data_queries: Some(vec![metric, expression]),
        start_time: Some(NOON),
        end_time: Some(NOON),
        scan_by: Some("TimestampAscending".into()),
        max_datapoints: Some(10),
        label_options: Some(LabelOptions { timezone: Some("+0100".into()) }),
        next_token: None,
    };
    check(&GET_METRIC_DATA, &expect);
}

#[test]
fn list_metrics() {
    let expect = ListMetricsInput {
        namespace: Some("Shop".into()),
        dimensions: Some(vec![DimensionFilter { name: Some("a".into()), value: None }]),
        recently_active: Some("PT3H".into()),
        include_linked_accounts: Some(true),
        ..ListMetricsInput::default()
    };
    check(&LIST_METRICS, &expect);
}

#[test]
fn get_metric_statistics() {
    let expect = GetMetricStatisticsInput {
        start_time: Some(NOON),
        period: Some(300),
        statistics: Some(vec!["Average".into(), "Sum".into()]),
        extended_statistics: Some(vec!["p99".into()]),
        ..GetMetricStatisticsInput::default()
    };
    check(
        &Recorded {
            form: b"StartTime=2026-05-04T12:00:00Z&Period=300&Statistics.member.1=Average\
                    &Statistics.member.2=Sum&ExtendedStatistics.member.1=p99",
            json: br#"{"StartTime":"2026-05-04T12:00:00Z","Period":300,
                       "Statistics":["Average","Sum"],"ExtendedStatistics":["p99"]}"#,
            cbor: b"\xa4\x69StartTime\xc1\xfb\x41\xda\x7e\x22\x90\x00\x00\x00\
                    \x66Period\x19\x01\x2c\
                    \x6aStatistics\x82\x67Average\x63Sum\
                    \x72ExtendedStatistics\x81\x63p99",
        },
        &expect,
    );
}

#[test]
fn tags() {
    let expect = TagResourceInput {
        resource_arn: Some("arn:x".into()),
        tags: Some(vec![Tag { key: Some("k".into()), value: Some(String::new()) }]),
    };
    check(
        &Recorded {
            form: b"ResourceARN=arn%3Ax&Tags.member.1.Key=k&Tags.member.1.Value=",
            json: br#"{"ResourceARN":"arn:x","Tags":[{"Key":"k","Value":""}],"Other":[{}]}"#,
            cbor: b"\xa2\x6bResourceARN\x65arn:x\x64Tags\x81\xa2\x63Key\x61k\x65Value\x60",
        },
        &expect,
    );
    let expect = UntagResourceInput { resource_arn: None, tag_keys: Some(vec!["k".into()]) };
    check(
        &Recorded {
            form: b"TagKeys.member.7=k",
            json: br#"{"ResourceARN":null,"TagKeys":["k"]}"#,
            cbor: b"\xa1\x67TagKeys\x81\x61k",
        },
        &expect,
    );
}

#[test]
fn an_empty_body_has_no_members() {
    let nothing = Recorded { form: b"", json: b"", cbor: b"" };
    check(&nothing, &ListMetricsInput::default());
}

#[test]
fn text_is_borrowed_from_the_body() {
    for (protocol, body) in PUT_METRIC_DATA.all() {
        let input: PutMetricDataInput<'_> = decode(protocol, body).unwrap();
        let datum = &input.metric_data.as_ref().unwrap()[0];
        assert!(datum.metric_name.as_ref().unwrap().is_borrowed());
        assert!(datum.unit.as_ref().unwrap().is_borrowed());
        let escaped = !input.namespace.unwrap().is_borrowed();
        assert_eq!(escaped, protocol != Protocol::Cbor, "{protocol:?}");
    }
}

#[test]
fn numbers_without_digits_are_read_in_every_protocol() {
    let cases = [
        ("NaN", "7ff8000000000000", f64::NAN),
        ("Infinity", "7ff0000000000000", f64::INFINITY),
        ("-Infinity", "fff0000000000000", f64::NEG_INFINITY),
    ];
    for (name, bits, expect) in cases {
        let mut cbor = b"\xa1\x63Sum\xfb".to_vec();
        cbor.extend(hex::decode(bits).unwrap());
        for (protocol, body) in [
            (Protocol::Query, format!("Sum={name}").into_bytes()),
            (Protocol::Json10, format!(r#"{{"Sum":"{name}"}}"#).into_bytes()),
            (Protocol::Cbor, cbor),
        ] {
            let set: StatisticSet = decode(protocol, &body).unwrap();
            let found = set.sum.unwrap().get();
            assert_eq!(found.to_bits(), expect.to_bits(), "{protocol:?} {name}");
        }
    }
}
