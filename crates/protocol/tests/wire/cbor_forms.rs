//! Forms of CBOR that clients may send.

use nepho_protocol::codec::cbor::{DEPTH_MAX, from_slice, to_vec};
use nepho_protocol::shapes::get_metric_data::MetricDataResult;
use nepho_protocol::shapes::put_metric_data::{MetricDatum, PutMetricDataInput};
use nepho_protocol::value::{Double, Timestamp};

fn datum(hexadecimal: &str) -> MetricDatum<'static> {
    let bytes = hex::decode(hexadecimal.replace(' ', "")).unwrap();
    from_slice(Box::leak(bytes.into_boxed_slice())).unwrap()
}

#[test]
fn numbers_of_every_width_are_doubles() {
    // The value of the map {"Value": ...}.
    for (item, expect) in [
        ("03", 3.0),
        ("18 c8", 200.0),
        ("1b 0000000100000000", 4_294_967_296.0),
        ("1b ffffffffffffffff", 18_446_744_073_709_551_615.0),
        ("20", -1.0),
        ("3b 7fffffffffffffff", -9_223_372_036_854_775_808.0),
        ("3b ffffffffffffffff", -18_446_744_073_709_551_616.0),
        ("f9 3e00", 1.5),
        ("fa 3fc00000", 1.5),
        ("fb 3ff8000000000000", 1.5),
    ] {
        let found = datum(&format!("a1 65 56616c7565 {item}"));
        assert_eq!(found.value, Some(Double(expect)), "{item}");
    }
}

#[test]
fn null_and_undefined_are_absent() {
    for item in ["f6", "f7"] {
        let found = datum(&format!("a1 65 56616c7565 {item}"));
        assert_eq!(found, MetricDatum::default(), "{item}");
    }
}

#[test]
fn indefinite_lengths_are_read() {
    // {_ "MetricName": (_ "ab", "c"), "Values": [_ 1, 2.0]}
    let found = datum("bf 6a4d65747269634e616d65 7f 626162 6163 ff 6656616c756573 9f 01 f94000 ff ff");
    assert_eq!(found.metric_name.unwrap(), "abc");
    assert_eq!(found.values.unwrap(), [Double(1.0), Double(2.0)]);
}

#[test]
fn timestamps_are_read_with_any_number_and_without_a_tag() {
    for item in [
        "c1 1a 69f88a40",
        "c1 fb 41da7e2290000000",
        "1a 69f88a40",
        "c1 c1 1a 69f88a40",
        "74 323032362d30352d30345431323a30303a30305a",
    ] {
        let found = datum(&format!("a1 69 54696d657374616d70 {item}"));
        assert_eq!(found.timestamp, Some(Timestamp::from_ms(1_777_896_000_000)), "{item}");
    }
}

#[test]
fn unknown_members_are_skipped() {
    let found = datum("a3 6158 83 01 c2 41ff bf 6161 f4 ff 6159 5f 41aa ff 6556616c7565 01");
    assert_eq!(found.value, Some(Double(1.0)));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        let mut bytes = b"\xa1\x61x".to_vec();
        bytes.extend(vec![0x81; depth - 1]);
        bytes.push(0x01);
        from_slice::<PutMetricDataInput<'_>>(&bytes).map(drop)
    };
    assert_eq!(nested(DEPTH_MAX), Ok(()));
    let message = nested(DEPTH_MAX + 1).unwrap_err().message.unwrap();
    assert!(message.ends_with(".member.1: nesting exceeds the limit of 64"), "{message}");
}

#[test]
fn a_list_of_timestamps_is_written_without_its_length() {
    let result = MetricDataResult {
        timestamps: Some(vec![Timestamp::from_ms(1_777_896_000_000)]),
        values: Some(vec![Double(1.0)]),
        ..MetricDataResult::default()
    };
    let expect = "a2 6a54696d657374616d7073 9f c1fb41da7e2290000000 ff \
                  6656616c756573 81 fb3ff0000000000000";
    assert_eq!(hex::encode(to_vec(&result).unwrap()), expect.replace(' ', ""));
}
