//! What the encoder writes, letter by letter.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

use nepho_emf::{Decoder, MAX_VALUES, Member, MetricDefinition, Shape, Skeleton, Statistics, Target};
use nepho_model::{Batch, Resolution, Timestamp, Unit};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const SHAPE: Shape<'_> =
    Shape { namespace: "Shop", dimension_sets: &[], metrics: &[], members: &[], log_group: None, log_stream: None };

const fn metric(name: &str) -> MetricDefinition<'_> {
    MetricDefinition { name, unit: Unit::None, resolution: Resolution::Minute }
}

fn encode(shape: &Shape<'_>, targets: &[Target<'_>], members: &[Member<'_>]) -> String {
    let skeleton = Skeleton::new(shape).unwrap();
    let mut out = b"{}\n".to_vec();
    skeleton.write(&mut out, NOW, targets.iter().copied(), members.iter().copied());
    let document = String::from_utf8(out.split_off(b"{}\n".len())).unwrap();
    assert!(!document.contains(['\n', '\r']));
    assert!(document.len() <= skeleton.bytes_max(targets.iter().copied(), members.iter().copied()));
    document
}

/// One document of each kind, in the order of `documents/encoded.txt`, which says how they are to be written and
/// read.
fn golden() -> Vec<String> {
    let shop = Shape { metrics: &[metric("Orders")], ..SHAPE };
    let one = [Target::One(3.0)];
    let units = [
        MetricDefinition { name: "Latency", unit: Unit::Milliseconds, resolution: Resolution::Second },
        MetricDefinition { name: "Rate", unit: Unit::BytesPerSecond, resolution: Resolution::Minute },
    ];
    let sets: [&[&str]; 3] = [&["Service", "Zone"], &["Service"], &[]];
    let many = [1.0, 0.5, 1e-7];
    let values = [(0.0, 1.0), (12.5, 2.5), (13.0, 40.0)];
    let statistics = Statistics { count: 43.5, sum: 551.25, minimum: 0.0, maximum: 13.0 };
    let quoted = metric("Größe \"\\\" 😀");
    vec![
        encode(&shop, &one, &[]),
        encode(&Shape { log_group: Some("shop \"1\""), log_stream: Some("host"), ..shop }, &one, &[]),
        encode(
            &Shape { metrics: &units, dimension_sets: &sets, members: &["Zone", "Service"], ..shop },
            &[Target::One(12.25), Target::One(-1e-10)],
            &[Member::Text("a"), Member::Text("we\"b\\")],
        ),
        encode(&shop, &[Target::Many(&many)], &[]),
        encode(&shop, &[Target::Distribution { values: &values, statistics }], &[]),
        encode(&shop, &[Target::Distribution { values: &[], statistics }], &[]),
        encode(
            &Shape { members: &["request", "line\nend", "ok", "cold", "took", "user"], ..shop },
            &one,
            &[
                Member::Text("5f\t\u{1}é"),
                Member::Text("\r\n"),
                Member::Bool(true),
                Member::Bool(false),
                Member::Number(0.1 + 0.2),
                Member::Integer(i64::MIN),
            ],
        ),
        encode(&Shape { namespace: "Läden/\"1\"", metrics: &[quoted], ..shop }, &one, &[]),
        encode(&Shape { metrics: &[], members: &["only"], ..shop }, &[], &[Member::Text("property")]),
    ]
}

#[test]
fn as_written_in_the_table() {
    let table = include_str!("documents/encoded.txt");
    let expected: Vec<_> = table.lines().filter(|line| !line.starts_with([' ', '#'])).collect();
    let written = golden();
    assert!(written == expected, "the documents should be:\n{}", written.join("\n"));
}

/// What stands in a document in front of its last bracket, behind `_aws`.
fn rest(shape: &Shape<'_>, targets: &[Target<'_>], members: &[Member<'_>]) -> String {
    let document = encode(shape, targets, members);
    let empty = encode(shape, &[], &[]);
    document.strip_prefix(empty.strip_suffix('}').unwrap()).unwrap().strip_suffix('}').unwrap().to_owned()
}

#[test]
fn what_is_not_finite_is_left_out() {
    let shape = Shape { metrics: &[metric("A"), metric("B")], members: &["c"], ..SHAPE };
    let fine = Statistics { count: 1.0, sum: 1.0, minimum: 1.0, maximum: 1.0 };
    let distribution = |values, statistics| Target::Distribution { values, statistics };
    for (target, expected) in [
        (Target::One(f64::NAN), ""),
        (Target::One(f64::NEG_INFINITY), ""),
        (Target::Many(&[]), ""),
        (Target::Many(&[f64::NAN, f64::INFINITY]), ""),
        (Target::Many(&[f64::NAN, 1.0, f64::INFINITY, 2.0]), r#","A":[1,2]"#),
        (distribution(&[(f64::NAN, 1.0), (1.0, f64::INFINITY)], fine), r#","A":{"Max":1,"Min":1,"Count":1,"Sum":1}"#),
        (
            distribution(&[(f64::NAN, 1.0), (1.0, 2.0)], fine),
            r#","A":{"Values":[1],"Counts":[2],"Max":1,"Min":1,"Count":1,"Sum":1}"#,
        ),
        (distribution(&[(1.0, 1.0)], Statistics { maximum: f64::NAN, ..fine }), ""),
        (distribution(&[(1.0, 1.0)], Statistics { sum: f64::INFINITY, ..fine }), ""),
    ] {
        let written = rest(&shape, &[target, Target::One(2.0)], &[Member::Number(f64::NAN)]);
        assert_eq!(written, format!(r#"{expected},"B":2"#), "{target:?}");
    }
}

#[test]
fn too_few_and_too_many_values() {
    let shape = Shape { metrics: &[metric("A"), metric("B")], members: &["c", "d"], ..SHAPE };
    assert_eq!(rest(&shape, &[Target::One(1.0)], &[Member::Bool(true)]), r#","A":1,"c":true"#);
    assert_eq!(rest(&shape, &[Target::One(1.0); 9], &[Member::Bool(true); 9]), r#","A":1,"B":1,"c":true,"d":true"#);
}

#[test]
fn as_many_values_as_can_be_read() {
    let values: Vec<f64> = (0..=MAX_VALUES).map(|n| n as f64).collect();
    let shape = Shape { metrics: &[metric("A")], ..SHAPE };
    for (count, samples) in [(MAX_VALUES, 1), (MAX_VALUES + 1, 0)] {
        let document = encode(&shape, &[Target::Many(&values[..count])], &[]);
        let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
        decoder.decode(document.as_bytes(), NOW, &mut batch);
        assert_eq!(batch.len(), samples);
    }
}
