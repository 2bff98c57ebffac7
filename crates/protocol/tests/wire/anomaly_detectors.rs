//! The operations on anomaly detectors.

use nepho_protocol::Protocol;
use nepho_protocol::codec::{decode, query};
use nepho_protocol::shapes::anomaly_detector::{
    AnomalyDetectorConfiguration, MetricCharacteristics, MetricMathAnomalyDetector, Range, SingleMetricAnomalyDetector,
};
use nepho_protocol::shapes::delete_anomaly_detector::{DeleteAnomalyDetectorInput, DeleteAnomalyDetectorOutput};
use nepho_protocol::shapes::describe_anomaly_detectors::{
    AnomalyDetector, DescribeAnomalyDetectorsInput, DescribeAnomalyDetectorsOutput,
};
use nepho_protocol::shapes::get_metric_data::{MetricDataQuery, MetricStat};
use nepho_protocol::shapes::put_anomaly_detector::PutAnomalyDetectorInput;
use nepho_protocol::shapes::{Dimension, Metric};
use nepho_protocol::value::Timestamp;
use proptest::prelude::*;

use crate::fixtures::{
    DELETE_ANOMALY_DETECTOR, DESCRIBE_ANOMALY_DETECTORS, PUT_ANOMALY_DETECTOR, PUT_ANOMALY_DETECTOR_FLAT,
    PUT_ANOMALY_DETECTOR_MATH, Recorded,
};
use crate::form::form;
use crate::requests::check;
use crate::responses::{check as check_response, golden};
use crate::round_trip::through_json_and_cbor;

const NOON: Timestamp = Timestamp::from_ms(1_777_896_000_000);

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn dimensions() -> Option<Vec<Dimension>> {
    Some(vec![Dimension { name: text("Queue"), value: text("orders & <more>") }])
}

fn single() -> SingleMetricAnomalyDetector {
    SingleMetricAnomalyDetector {
        account_id: text("123456789012"),
        namespace: text("Shop"),
        metric_name: text("Depth"),
        dimensions: dimensions(),
        stat: text("p99.9"),
    }
}

fn configuration() -> AnomalyDetectorConfiguration {
    let hour = Range { start_time: Some(NOON), end_time: Some(Timestamp::from_ms(NOON.ms() + 3_600_000)) };
    AnomalyDetectorConfiguration {
        excluded_time_ranges: Some(vec![hour]),
        metric_timezone: text("Europe/Berlin"),
        adaptation_speed: None,
    }
}

fn math() -> MetricMathAnomalyDetector {
    let metric = Metric { namespace: text("Shop"), metric_name: text("Errors"), dimensions: None };
    let errors = MetricDataQuery {
        id: text("m1"),
        metric_stat: Some(MetricStat {
            metric: Some(metric),
            period: Some(300),
            stat: text("Sum"),
            unit: text("Count"),
        }),
        return_data: Some(false),
        ..MetricDataQuery::default()
    };
    let rate = MetricDataQuery {
        id: text("e1"),
        expression: text("m1 * 100"),
        label: text("rate"),
        return_data: Some(true),
        period: Some(300),
        ..MetricDataQuery::default()
    };
    MetricMathAnomalyDetector { metric_data_queries: Some(vec![errors, rate]) }
}

#[test]
fn put_anomaly_detector() {
    let single = PutAnomalyDetectorInput {
        single_metric_anomaly_detector: Some(single()),
        configuration: Some(configuration()),
        metric_characteristics: Some(MetricCharacteristics { periodic_spikes: Some(true) }),
        ..PutAnomalyDetectorInput::default()
    };
    check(&PUT_ANOMALY_DETECTOR, &single);
    let math =
        PutAnomalyDetectorInput { metric_math_anomaly_detector: Some(math()), ..PutAnomalyDetectorInput::default() };
    check(&PUT_ANOMALY_DETECTOR_MATH, &math);
}

#[test]
fn put_anomaly_detector_as_before_2021() {
    let excluded_time_ranges = Some(Vec::new());
    let expect = PutAnomalyDetectorInput {
        namespace: text("Shop"),
        metric_name: text("Depth"),
        dimensions: dimensions(),
        stat: text("Average"),
        configuration: Some(AnomalyDetectorConfiguration {
            excluded_time_ranges,
            ..AnomalyDetectorConfiguration::default()
        }),
        ..PutAnomalyDetectorInput::default()
    };
    check(&PUT_ANOMALY_DETECTOR_FLAT, &expect);
}

#[test]
fn describe_anomaly_detectors() {
    let expect = DescribeAnomalyDetectorsInput {
        next_token: text("x=="),
        max_results: Some(100),
        namespace: text("Shop"),
        metric_name: text("Depth"),
        dimensions: dimensions(),
        anomaly_detector_types: Some(vec!["SINGLE_METRIC".to_owned(), "METRIC_MATH".to_owned()]),
    };
    check(&DESCRIBE_ANOMALY_DETECTORS, &expect);
}

#[test]
fn delete_anomaly_detector() {
    let single = SingleMetricAnomalyDetector { stat: text("Sum"), account_id: None, dimensions: None, ..single() };
    let expect = DeleteAnomalyDetectorInput {
        single_metric_anomaly_detector: Some(single),
        ..DeleteAnomalyDetectorInput::default()
    };
    check(&DELETE_ANOMALY_DETECTOR, &expect);
}

fn described() -> DescribeAnomalyDetectorsOutput {
    let single = AnomalyDetector {
        namespace: text("Shop"),
        metric_name: text("Depth"),
        dimensions: dimensions(),
        stat: text("p99.9"),
        configuration: Some(configuration()),
        state_value: text("TRAINED"),
        metric_characteristics: Some(MetricCharacteristics { periodic_spikes: Some(true) }),
        single_metric_anomaly_detector: Some(single()),
        metric_math_anomaly_detector: None,
    };
    let math = AnomalyDetector {
        configuration: Some(AnomalyDetectorConfiguration {
            excluded_time_ranges: Some(Vec::new()),
            ..AnomalyDetectorConfiguration::default()
        }),
        state_value: text("PENDING_TRAINING"),
        metric_math_anomaly_detector: Some(math()),
        ..AnomalyDetector::default()
    };
    DescribeAnomalyDetectorsOutput { anomaly_detectors: Some(vec![single, math]), next_token: text("t") }
}

#[test]
fn responses() {
    check_response("DescribeAnomalyDetectors", &described(), golden!("DescribeAnomalyDetectors"));
    let empty = DeleteAnomalyDetectorOutput {};
    check_response("DeleteAnomalyDetector", &empty, golden!("DeleteAnomalyDetector"));
}

/// The shape without the members that are not wanted.
fn without<T>(shape: &T, wanted: &[bool]) -> T
where
    T: serde::Serialize + for<'de> serde::Deserialize<'de>,
{
    fn leave_out<'a>(value: &mut serde_json::Value, wanted: &mut impl Iterator<Item = &'a bool>) {
        match value {
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| leave_out(item, wanted)),
            serde_json::Value::Object(members) => members.retain(|_, member| {
                leave_out(member, wanted);
                *wanted.next().unwrap()
            }),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(shape).unwrap();
    leave_out(&mut value, &mut wanted.iter().cycle());
    serde_json::from_value(value).unwrap()
}

fn recorded<T: serde::Deserialize<'static>>(recorded: &Recorded) -> T {
    let (protocol, body) = recorded.all()[1];
    decode(protocol, body).unwrap()
}

proptest! {
    #[test]
    fn whichever_members_there_are_come_back(wanted in prop::collection::vec(any::<bool>(), 1..30)) {
        for request in [PUT_ANOMALY_DETECTOR, PUT_ANOMALY_DETECTOR_FLAT, PUT_ANOMALY_DETECTOR_MATH] {
            let input: PutAnomalyDetectorInput = without(&recorded(&request), &wanted);
            through_json_and_cbor(&input);
            // What is in JSON a number is a text in a form.
            let timeless = PutAnomalyDetectorInput { configuration: None, ..input };
            prop_assert_eq!(&query::from_slice::<PutAnomalyDetectorInput>(form(&timeless).as_bytes()).unwrap(), &timeless);
        }
        let input: DescribeAnomalyDetectorsInput = without(&recorded(&DESCRIBE_ANOMALY_DETECTORS), &wanted);
        through_json_and_cbor(&input);
        prop_assert_eq!(&query::from_slice::<DescribeAnomalyDetectorsInput>(form(&input).as_bytes()).unwrap(), &input);
        through_json_and_cbor(&without(&described(), &wanted));
    }
}
