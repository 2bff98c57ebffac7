//! Documents and what comes of them, as text: `tests/documents/*.txt`.
//!
//! A document is a line that begins at the margin; `<TAB>` stands for a tab. What is expected of it follows,
//! indented: samples, `log GROUP STREAM`, rejections as `! CAUSE*COUNT DETAIL`, or `not EMF: CAUSE DETAIL`.
//! Lines with `#` are comments, and `$name text` lets later documents say `$name` for the text.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod reference;

use std::fmt::Write;

use nepho_emf::{Decoder, Outcome};
use nepho_model::{Batch, Timestamp};

/// The clock of the tables: 2026-01-01.
const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// Decodes with a decoder that is new, again with one that knows the document, and by the reference; all
/// three must agree. Gives what is expected in a table.
fn told(decoder: &mut Decoder, document: &[u8], now: Timestamp) -> String {
    let unknown = tell(&mut Decoder::default(), document, now);
    for _ in 0..2 {
        assert_eq!(tell(decoder, document, now), unknown);
    }
    unknown
}

fn tell(decoder: &mut Decoder, document: &[u8], now: Timestamp) -> String {
    let mut batch = Batch::default();
    let outcome = decoder.decode(document, now, &mut batch);
    assert_eq!(reference::Decoded::of(&outcome, &batch), reference::decode(document, now));
    let mut told = String::new();
    match outcome {
        Outcome::Emf(extraction) => {
            for sample in batch.iter() {
                writeln!(told, "    {}", reference::line(&sample)).unwrap();
            }
            if extraction.log_group.is_some() || extraction.log_stream.is_some() {
                let name = |name: Option<&str>| name.unwrap_or("-").to_owned();
                writeln!(told, "    log {} {}", name(extraction.log_group), name(extraction.log_stream)).unwrap();
            }
            for rejection in extraction.rejections {
                writeln!(told, "    ! {}*{} {}", rejection.cause, rejection.count, rejection.detail).unwrap();
            }
        }
        Outcome::NotEmf(rejection) => writeln!(told, "    not EMF: {} {}", rejection.cause, rejection.detail).unwrap(),
    }
    told
}

fn check(table: &str, now: Timestamp) {
    let mut decoder = Decoder::default();
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut actual = String::new();
    for line in table.lines().filter(|line| !line.starts_with(' ')) {
        writeln!(actual, "{line}").unwrap();
        if line.starts_with('$') {
            names.push(line.split_once(' ').unwrap());
        } else if !line.is_empty() && !line.starts_with('#') {
            let document = names.iter().fold(line.to_owned(), |text, (name, value)| text.replace(name, value));
            actual.push_str(&told(&mut decoder, document.replace("<TAB>", "\t").as_bytes(), now));
        }
    }
    assert!(actual == table, "the table should be:\n{actual}");
}

#[test]
fn the_format() {
    check(include_str!("documents/format.txt"), NOW);
}

#[test]
fn partial_failure() {
    check(include_str!("documents/partial_failure.txt"), NOW);
}

#[test]
fn what_is_no_emf() {
    check(include_str!("documents/not_emf.txt"), NOW);
}

/// What client libraries wrote, byte for byte.
#[test]
fn clients() {
    check(include_str!("documents/clients.txt"), Timestamp::from_millis(1_795_403_100_000));
}

/// What our own encoder writes; `encode.rs` holds that it does.
#[test]
fn encoded() {
    check(include_str!("documents/encoded.txt"), NOW);
}
