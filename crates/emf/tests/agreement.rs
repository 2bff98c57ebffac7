//! The decoder and the reference agree on every document: same samples, same causes. More cases with
//! `PROPTEST_CASES`.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod reference;

use nepho_emf::Decoder;
use nepho_model::{Batch, Timestamp};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const WRITTEN: [&str; 3] = [
    include_str!("documents/clients.txt"),
    include_str!("documents/format.txt"),
    include_str!("documents/partial_failure.txt"),
];

fn check(decoder: &mut Decoder, document: &[u8], batch: &mut Batch) {
    batch.clear();
    let outcome = decoder.decode(document, NOW, batch);
    let decoded = reference::Decoded::of(&outcome, batch);
    assert_eq!(decoded, reference::decode(document, NOW), "{}", String::from_utf8_lossy(document));
}

fn check_all(documents: &[Vec<u8>]) {
    let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
    for document in documents.iter().chain(documents) {
        check(&mut decoder, document, &mut batch);
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn texts(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(list).prop_map(str::to_owned)
}

fn number() -> BoxedStrategy<String> {
    prop_oneof![
        200 => "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,4})?",
        50 => "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
        6 => texts(&["-0", "0e999", "3e107", "3e108", "-1e-400", "18446744073709551616"]),
        1 => texts(&["1e999", "-1E+400"]),
    ]
    .boxed()
}

fn string() -> BoxedStrategy<String> {
    prop_oneof![
        60 => "[a-z]{1,12}".prop_map(|text| quoted(&text)),
        2 => "[ -~&&[^\"\\\\]]{0,20}".prop_map(|text| quoted(&text)),
        1 => "\\PC{0,10}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        1 => texts(&[
            r#""a\u0062\/""#, r#""\ud83d\ude00""#, r#""\ud83d""#, r#""\udc00x""#, r#""\n\t\\\"""#, r#""\q""#, r#""\u00""#,
            "\"\t\"", "\"\u{7f}\"", "\"\"",
        ]),
    ]
    .boxed()
}

fn value() -> BoxedStrategy<String> {
    let scalar = || {
        prop_oneof![
            120 => number(),
            60 => string(),
            20 => texts(&["true", "false", "null"]),
            1 => texts(&["nul", "01", "+1", ".5", "1.", ""]),
        ]
    };
    let list = |item: BoxedStrategy<String>, most| {
        prop::collection::vec(item, 0..most).prop_map(|items| format!("[{}]", items.join(",")))
    };
    let distribution = prop::collection::vec(
        (select(&["Values", "Counts", "Max", "Min", "Count", "Sum", "Other"][..]), scalar(), list(number().boxed(), 4)),
        0..7,
    );
    let distribution = distribution.prop_map(|members| {
        let member = |(name, scalar, list): &(&str, String, String)| match *name {
            "Values" | "Counts" if !scalar.starts_with('9') => format!("\"{name}\":{list}"),
            name => format!("\"{name}\":{scalar}"),
        };
        format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
    });
    let nested = scalar().prop_recursive(4, 12, 3, |inner| {
        prop::collection::vec((key(), inner), 0..4).prop_map(|members| object(&members, ","))
    });
    prop_oneof![
        8 => scalar(),
        4 => list(number().boxed(), 5),
        1 => list(number().boxed(), 110),
        1 => list(scalar().boxed(), 4),
        2 => distribution,
        1 => nested,
    ]
    .boxed()
}

fn key() -> BoxedStrategy<String> {
    prop_oneof![
        12 => texts(&["\"A\"", "\"B\"", "\"C\"", "\"Service\"", "\"Zone\"", "\"A.a\""]),
        1 => texts(&["\"\\u0041\"", "\"\\u005faws\"", "\"Timestamp\"", "\"Namespace\"", "\"\"", "\"é\""]),
        1 => string(),
    ]
    .boxed()
}

fn object(members: &[(String, String)], separator: &str) -> String {
    let members: Vec<_> = members.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    format!("{{{}}}", members.join(separator))
}

/// An object that usually has its members, in any order, now and then with another value or twice.
fn shaped(members: Vec<(&'static str, BoxedStrategy<String>)>) -> impl Strategy<Value = String> {
    let member = |(name, usual): (&'static str, BoxedStrategy<String>)| {
        let value = prop_oneof![60 => usual, 1 => value()];
        (Just(quoted(name)), value, prop::bool::weighted(0.97))
    };
    let members: Vec<_> = members.into_iter().map(member).collect();
    (members, prop::option::weighted(0.1, (key(), value())), texts(&[",", ", ", " ,\n"])).prop_flat_map(
        |(members, extra, separator)| {
            let kept = members.into_iter().filter(|(.., keep)| *keep).map(|(key, value, _)| (key, value));
            let members: Vec<_> = kept.chain(extra).collect();
            Just(members).prop_shuffle().prop_map(move |members| object(&members, &separator))
        },
    )
}

fn array(item: impl Strategy<Value = String>, most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(item, 0..most).prop_map(|items| format!("[{}]", items.join(",")))
}

fn metric() -> BoxedStrategy<String> {
    shaped(vec![
        ("Name", prop_oneof![12 => texts(&["\"A\"", "\"B\"", "\"C\"", "\"A.a\""]), 1 => key()].boxed()),
        ("Unit", prop_oneof![20 => texts(&["\"Count\"", "\"None\"", "null"]), 1 => texts(&["\"count\""])].boxed()),
        ("StorageResolution", prop_oneof![20 => texts(&["1", "60", "null"]), 1 => texts(&["1.0", "5"])].boxed()),
    ])
    .boxed()
}

fn directive() -> BoxedStrategy<String> {
    shaped(vec![
        (
            "Namespace",
            prop_oneof![9 => texts(&["\"Shop\"", "\"Shop/Web\""]), 1 => texts(&["\"\"", "\":a\"", "\"AWS/Logs\""])]
                .boxed(),
        ),
        ("Dimensions", array(array(prop_oneof![24 => texts(&["\"Service\"", "\"Zone\""]), 1 => key()], 3), 4).boxed()),
        ("Metrics", array(metric(), 5).boxed()),
    ])
    .boxed()
}

fn aws() -> BoxedStrategy<String> {
    let timestamp = prop_oneof![
        16 => (-1000i64..1000).prop_map(|millis| (NOW.millis() + millis).to_string()),
        1 => texts(&["1766015999999", "1767232800001", "1", "-5", "01767225600000", "1767225600000.0", "9999999999999999999"]),
    ];
    shaped(vec![
        ("Timestamp", timestamp.boxed()),
        ("LogGroupName", string().boxed()),
        ("CloudWatchMetrics", array(directive(), 3).boxed()),
    ])
    .boxed()
}

fn document() -> BoxedStrategy<Vec<u8>> {
    let prefix = prop_oneof![16 => texts(&["", " "]), 1 => texts(&["INFO\tabc\t", "text ", "{\t"])];
    let aws = || aws().prop_map(|aws| ("\"_aws\"".to_owned(), aws));
    let aws = prop_oneof![8 => aws().prop_map(|aws| vec![aws]), 1 => prop::collection::vec(aws(), 2)];
    let targets = ["A", "B", "C", "A.a", "Service", "Zone"].map(|name| {
        let usual = if name.len() > 3 { string().boxed() } else { value().boxed() };
        (Just(quoted(name)), prop_oneof![12 => usual, 1 => value()])
    });
    let targets = targets.into_iter().collect::<Vec<_>>().prop_flat_map(|members| {
        let most = members.len();
        prop::sample::subsequence(members, most.saturating_sub(2)..=most)
    });
    let members = (targets, prop::collection::vec((key(), value()), 0..3));
    let members = members.prop_map(|(targets, others)| targets.into_iter().chain(others).collect::<Vec<_>>());
    (prefix, aws, members, texts(&[",", ", ", " , "]))
        .prop_flat_map(|(prefix, aws, members, separator)| {
            let members: Vec<_> = aws.into_iter().chain(members).collect();
            Just(members)
                .prop_shuffle()
                .prop_map(move |members| format!("{prefix}{}", object(&members, &separator)).into_bytes())
        })
        .boxed()
}

/// A document of the tables, with its names filled in, moved to now.
fn written() -> BoxedStrategy<Vec<u8>> {
    let lines = WRITTEN.iter().flat_map(|table| table.lines()).filter(|line| line.starts_with('{'));
    let names: Vec<_> =
        WRITTEN.iter().flat_map(|table| table.lines()).filter_map(|line| line.split_once(' ')).collect();
    let filled = lines.map(|line| {
        let names = names.iter().filter(|(name, _)| name.starts_with('$'));
        let text = names.fold(line.to_owned(), |text, (name, value)| text.replace(name, value));
        text.replace("1795403", "1767225").into_bytes()
    });
    select(filled.collect::<Vec<_>>()).boxed()
}

#[derive(Debug, Clone)]
enum Change {
    Remove(Index, usize),
    Insert(Index, Vec<u8>),
    Replace(Index, u8),
    Repeat(Index, Index),
    Cut(Index),
}

impl Change {
    fn apply(&self, document: &mut Vec<u8>) {
        let length = document.len() + 1;
        match self {
            Change::Remove(at, count) => {
                let at = at.index(length);
                document.drain(at..(at + count).min(length - 1).max(at));
            }
            Change::Insert(at, bytes) => {
                let at = at.index(length);
                document.splice(at..at, bytes.iter().copied());
            }
            Change::Replace(at, byte) if length > 1 => document[at.index(length - 1)] = *byte,
            Change::Replace(..) => {}
            Change::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let part = document[from.min(to)..from.max(to)].to_vec();
                document.splice(to..to, part);
            }
            Change::Cut(at) => document.truncate(at.index(length)),
        }
    }
}

fn change() -> BoxedStrategy<Change> {
    let token = select(
        &[
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "0",
            "-",
            "e9",
            "1e999",
            ".5",
            "null",
            "\t{",
            "\n",
            "\\u0041",
            "\"_aws\":{},",
            "\u{e9}",
            "\u{0}",
        ][..],
    );
    prop_oneof![
        3 => (any::<Index>(), 1usize..9).prop_map(|(at, count)| Change::Remove(at, count)),
        4 => (any::<Index>(), token).prop_map(|(at, token)| Change::Insert(at, token.as_bytes().to_vec())),
        3 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        3 => (any::<Index>(), b' '..=b'~').prop_map(|(at, byte)| Change::Replace(at, byte)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Repeat(from, to)),
        1 => any::<Index>().prop_map(Change::Cut),
    ]
    .boxed()
}

/// A document and what becomes of it through some changes: most of it is known when the next one comes.
fn changed() -> BoxedStrategy<Vec<Vec<u8>>> {
    let start = prop_oneof![document(), written()];
    (start, prop::collection::vec(change(), 0..6))
        .prop_map(|(mut document, changes)| {
            let mut documents = vec![document.clone()];
            for change in &changes {
                change.apply(&mut document);
                documents.push(document.clone());
            }
            documents
        })
        .boxed()
}

proptest! {
    #[test]
    fn on_documents(documents in prop::collection::vec(document(), 1..4)) {
        check_all(&documents);
    }

    #[test]
    fn on_changed_documents(documents in changed()) {
        check_all(&documents);
    }

    #[test]
    fn on_anything(document in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,100}", json in value()) {
        check_all(&[document, text.into_bytes(), format!("{{\"_aws\":{json}}}").into_bytes(), json.into_bytes()]);
    }
}

/// The generator is worth something only when much of what it makes is EMF with samples.
#[test]
fn many_documents_have_samples() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut with_samples = 0;
    for _ in 0..500 {
        let document = document().new_tree(&mut runner).unwrap().current();
        with_samples += usize::from(!reference::decode(&document, NOW).samples.is_empty());
    }
    assert!(with_samples > 100, "{with_samples} of 500 documents have samples");
}
