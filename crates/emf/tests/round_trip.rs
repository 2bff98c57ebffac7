//! What the encoder writes, the decoder reads: the same samples, and JSON that everybody else can read too. More
//! cases with `PROPTEST_CASES`.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

use std::collections::BTreeSet;
use std::fmt::Debug;

use nepho_emf::{Decoder, MAX_VALUES, Member, MetricDefinition, Outcome, Shape, Skeleton, Statistics, Target};
use nepho_model::{Batch, Cell, MAX_MAGNITUDE, Resolution, SampleRef, Timestamp, UNITS, Unit, check_number};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::Value;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// A [`Target`] that owns what it is made of.
#[derive(Debug, Clone)]
enum Made {
    One(f64),
    Many(Vec<f64>),
    Distribution(Vec<(f64, f64)>, Statistics),
}

impl Made {
    fn target(&self) -> Target<'_> {
        match self {
            Made::One(value) => Target::One(*value),
            Made::Many(values) => Target::Many(values),
            Made::Distribution(values, statistics) => Target::Distribution { values, statistics: *statistics },
        }
    }

    fn cell(&self) -> Cell {
        match self {
            Made::One(value) => Cell::of(check_number(*value).unwrap()),
            Made::Many(values) => Cell::of_values(values, &[]).unwrap(),
            Made::Distribution(values, statistics) => {
                let Statistics { count, sum, minimum, maximum } = *statistics;
                let set = Cell::of_statistics(count, sum, minimum, maximum).unwrap();
                let (values, counts): (Vec<_>, Vec<_>) = values.iter().copied().unzip();
                if values.is_empty() { set } else { set.with_values_of(&Cell::of_values(&values, &counts).unwrap()) }
            }
        }
    }
}

fn number() -> BoxedStrategy<f64> {
    prop_oneof![
        4 => (0..100_000i64).prop_map(|n| n as f64),
        4 => (-100_000_000..100_000_000i64, 0..10).prop_map(|(n, decimals)| n as f64 / 10f64.powi(decimals)),
        2 => any::<i64>().prop_map(|n| n as f64),
        2 => any::<f64>().prop_map(|number| if number.abs() > MAX_MAGNITUDE { 1.0 / number } else { number }),
        2 => (-1.0..1.0, -1080..360).prop_map(|(mantissa, exponent)| mantissa * 2f64.powi(exponent)),
        1 => select(&[-0.0, MAX_MAGNITUDE, -MAX_MAGNITUDE, f64::MIN_POSITIVE, 5e-324, 9_007_199_254_740_993.0][..]),
    ]
    .boxed()
}

fn count() -> impl Strategy<Value = f64> {
    prop_oneof![3 => (1..1000).prop_map(f64::from), 1 => 0.001..1e9]
}

fn made() -> BoxedStrategy<Made> {
    let many = || prop_oneof![9 => 1..6usize, 1 => 95..=MAX_VALUES];
    let pairs = prop_oneof![Just(0..=0), Just(1..=5), Just(95..=MAX_VALUES)];
    let pairs = pairs.prop_flat_map(|length| prop::collection::vec((number(), count()), length));
    let statistics = (count(), number(), number(), number()).prop_map(|(count, sum, one, other)| Statistics {
        count,
        sum,
        minimum: one.min(other),
        maximum: one.max(other),
    });
    prop_oneof![
        4 => number().prop_map(Made::One),
        2 => many().prop_flat_map(|length| prop::collection::vec(number(), length)).prop_map(Made::Many),
        1 => (pairs, statistics).prop_map(|(values, statistics)| Made::Distribution(values, statistics)),
    ]
    .boxed()
}

/// A property that owns its text.
#[derive(Debug, Clone)]
enum Property {
    Text(String),
    Number(f64),
    Integer(i64),
    Bool(bool),
}

impl Property {
    fn member(&self) -> Member<'_> {
        match self {
            Property::Text(text) => Member::Text(text),
            Property::Number(number) => Member::Number(*number),
            Property::Integer(integer) => Member::Integer(*integer),
            Property::Bool(bool) => Member::Bool(*bool),
        }
    }

    fn is(&self, value: &Value) -> bool {
        match self {
            Property::Text(text) => value.as_str() == Some(text),
            Property::Number(number) => value.as_f64() == Some(*number),
            Property::Integer(integer) => value.as_i64() == Some(*integer),
            Property::Bool(bool) => value.as_bool() == Some(*bool),
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,12}", "[a-z\"\\\\\0-\u{1f}]{0,20}", "[ -~]{0,40}"]
}

fn property() -> BoxedStrategy<Property> {
    prop_oneof![
        any_text().prop_map(Property::Text),
        number().prop_map(Property::Number),
        any::<i64>().prop_map(Property::Integer),
        any::<bool>().prop_map(Property::Bool),
    ]
    .boxed()
}

/// A kind of documents, and the values of a few of them.
#[derive(Debug, Clone)]
struct Case {
    namespace: String,
    metrics: Vec<(String, Unit, Resolution)>,
    dimensions: Vec<String>,
    sets: BTreeSet<Vec<usize>>,
    properties: Vec<String>,
    /// The position of the first property among the dimensions.
    mixed: Index,
    log_group: Option<String>,
    documents: Vec<Document>,
}

#[derive(Debug, Clone)]
struct Document {
    targets: Vec<Made>,
    values: Vec<String>,
    properties: Vec<Property>,
}

/// Names that differ, as each begins with its number.
fn names(prefix: &'static str, text: &'static str, count: usize) -> impl Strategy<Value = Vec<String>> {
    let numbered = move |texts: Vec<String>| {
        texts.into_iter().enumerate().map(|(n, text)| format!("{prefix}{n}{text}")).collect::<Vec<_>>()
    };
    prop::collection::vec(text, count).prop_map(numbered)
}

fn case() -> impl Strategy<Value = Case> {
    (prop_oneof![9 => 0..6usize, 1 => 90..=100usize], 0..5usize, 0..5usize).prop_flat_map(|sizes| {
        let (metrics, dimensions, properties) = sizes;
        let definition = (select(&UNITS[..]), select(&[Resolution::Second, Resolution::Minute][..]));
        let document = (
            prop::collection::vec(made(), metrics),
            prop::collection::vec("[ -~]{0,8}[!-~]", dimensions),
            prop::collection::vec(property(), properties),
        );
        let document = document.prop_map(|(targets, values, properties)| Document { targets, values, properties });
        let set = subsequence((0..dimensions).collect::<Vec<_>>(), 0..=dimensions);
        (
            "[A-Z\"\\\\é😀/]{1,8}".prop_filter("not AWS's own", |namespace| !namespace.starts_with("AWS/")),
            (names("m", "[a-z\"\\\\é😀 ]{0,8}", metrics), prop::collection::vec(definition, metrics)),
            names("d", "[ -~]{0,8}", dimensions),
            prop::collection::btree_set(set, 0..4),
            names("p", "[ -~\0-\u{1f}é]{0,8}", properties),
            any::<Index>(),
            prop::option::of(any_text()),
            prop::collection::vec(document, 1..4),
        )
            .prop_map(
                |(namespace, (names, definitions), dimensions, sets, properties, mixed, log_group, documents)| {
                    let metrics = names
                        .into_iter()
                        .zip(definitions)
                        .map(|(name, ((unit, _), resolution))| (name, unit, resolution));
                    Case {
                        namespace,
                        metrics: metrics.collect(),
                        dimensions,
                        sets,
                        properties,
                        mixed,
                        log_group,
                        documents,
                    }
                },
            )
    })
}

impl Case {
    /// All documents, as the encoder writes them.
    fn encoded(&self) -> Vec<String> {
        let sets: Vec<Vec<&str>> =
            self.sets.iter().map(|set| set.iter().map(|n| self.dimensions[*n].as_str()).collect()).collect();
        let sets: Vec<&[&str]> = sets.iter().map(Vec::as_slice).collect();
        let metrics: Vec<_> = self
            .metrics
            .iter()
            .map(|(name, unit, resolution)| MetricDefinition { name, unit: *unit, resolution: *resolution })
            .collect();
        let mut members: Vec<&str> = self.dimensions.iter().map(String::as_str).collect();
        let at = self.mixed.index(members.len() + 1);
        members.splice(at..at, self.properties.iter().map(String::as_str));
        let shape = Shape {
            namespace: &self.namespace,
            dimension_sets: &sets,
            metrics: &metrics,
            members: &members,
            log_group: self.log_group.as_deref(),
            log_stream: None,
        };
        let skeleton = Skeleton::new(&shape).unwrap();
        let encode = |document: &Document| {
            let targets: Vec<_> = document.targets.iter().map(Made::target).collect();
            let mut members: Vec<_> = document.values.iter().map(|value| Member::Text(value)).collect();
            members.splice(at..at, document.properties.iter().map(Property::member));
            let mut out = Vec::new();
            skeleton.write(&mut out, NOW, targets.iter().copied(), members.iter().copied());
            assert!(out.len() <= skeleton.bytes_max(targets, members));
            String::from_utf8(out).unwrap()
        };
        self.documents.iter().map(encode).collect()
    }

    /// What a document says, in the decoder's order.
    fn samples(&self, document: &Document) -> Batch {
        let mut batch = Batch::default();
        let none = BTreeSet::from([Vec::new()]);
        for ((name, unit, resolution), target) in self.metrics.iter().zip(&document.targets) {
            let mut keys: Vec<Vec<(&str, &str)>> = Vec::new();
            for set in if self.sets.is_empty() { &none } else { &self.sets } {
                keys.push(set.iter().map(|n| (&*self.dimensions[*n], &*document.values[*n])).collect());
            }
            keys.sort_by_key(|key| key.iter().map(|(name, _)| *name).collect::<Vec<_>>());
            for mut key in keys {
                let key = batch.key(&self.namespace, name, &mut key).unwrap();
                batch.push(key, *unit, *resolution, NOW, target.cell());
            }
        }
        batch
    }
}

/// The samples, in a form that can be compared.
fn parts(batch: &Batch) -> Vec<impl Debug + PartialEq> {
    let part = |sample: SampleRef<'_>| {
        (sample.metric.as_str().to_owned(), sample.unit, sample.resolution, sample.time, sample.cell.clone())
    };
    batch.iter().map(part).collect()
}

proptest! {
    #[test]
    fn the_decoder_reads_what_the_encoder_writes(case in case()) {
        let mut decoder = Decoder::default();
        for (text, document) in case.encoded().iter().zip(&case.documents) {
            assert!(!text.contains(['\n', '\r']), "{text}");
            let mut batch = Batch::default();
            let Outcome::Emf(extraction) = decoder.decode(text.as_bytes(), NOW, &mut batch) else { panic!("{text}") };
            assert_eq!(extraction.rejections, [], "{text}");
            assert_eq!(extraction.log_group, case.log_group.as_deref());
            let expected = case.samples(document);
            assert_eq!(parts(&batch), parts(&expected), "{text}");

            let root: serde_json::Map<String, Value> = serde_json::from_str(text).unwrap();
            assert_eq!(root.len(), 1 + case.metrics.len() + case.dimensions.len() + case.properties.len(), "{text}");
            for (name, property) in case.properties.iter().zip(&document.properties) {
                assert!(property.is(&root[name]), "{property:?} in {text}");
            }
        }
    }
}
