//! Damaged artefacts never make a reader panic, nor run for ever: the test's own time limit catches
//! what hangs.
//!
//! Runs longer with `PROPTEST_CASES`.

use std::path::{Path, PathBuf};

use nepho_cli::artefacts::{self, Options};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::{churn, fixture};

/// One damage to a text.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Insert(Index, u8),
    Delete(Index),
    Truncate(Index),
    Repeat(Index, Index),
    /// A token that means something to one of the formats.
    Token(Index, &'static str),
}

const TOKENS: [&str; 20] = [
    "${",
    "}",
    "%{ if true }",
    "<<-EOT\n",
    "EOT\n",
    "[",
    "]",
    "{",
    "&a ",
    "*a",
    "!Ref ",
    "!Sub ",
    "\"",
    "local.x",
    "[*]",
    "...",
    "null",
    "1e999",
    "-",
    "? :",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, 1 << bit)),
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        4 => at().prop_map(Damage::Delete),
        1 => at().prop_map(Damage::Truncate),
        1 => (at(), at()).prop_map(|(from, to)| Damage::Repeat(from, to)),
        4 => (at(), proptest::sample::select(&TOKENS[..])).prop_map(|(at, token)| Damage::Token(at, token)),
    ]
}

fn inflict(text: &mut Vec<u8>, damage: &Damage) {
    let len = text.len();
    if len == 0 {
        return;
    }
    match damage {
        Damage::Flip(at, bit) => text[at.index(len)] ^= bit,
        Damage::Insert(at, byte) => text.insert(at.index(len), *byte),
        Damage::Delete(at) => drop(text.remove(at.index(len))),
        Damage::Truncate(at) => text.truncate(at.index(len)),
        Damage::Repeat(from, to) => {
            let (from, to) = (from.index(len), to.index(len));
            let part = text[from.min(to)..from.max(to)].to_vec();
            text.splice(to..to, part);
        }
        Damage::Token(at, token) => {
            let at = at.index(len);
            text.splice(at..at, token.bytes());
        }
    }
}

/// The files that are damaged.
fn corpus() -> Vec<(PathBuf, Vec<u8>)> {
    [
        churn("terraform/alarms.tf"),
        churn("terraform/locals.tf"),
        fixture("churn/cloudformation.yaml"),
        fixture("churn/cdk.out/Churn.template.json"),
        fixture("churn/plan.json"),
        fixture("churn/inline.yaml"),
        fixture("churn/describe-alarms.json"),
    ]
    .into_iter()
    .map(|path| {
        let content = std::fs::read(&path).unwrap();
        (path, content)
    })
    .collect()
}

/// Reads, and looks at everything that was found.
fn read(name: &Path, content: Vec<u8>) {
    match artefacts::read_text(name, content, &Options::default()) {
        Ok(found) => assert!(!format!("{found:?}").is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

proptest! {
    #[test]
    fn damaged_files(
        (name, content) in proptest::sample::select(corpus()),
        damages in proptest::collection::vec(damage(), 1..8),
    ) {
        let mut content = content;
        for damage in &damages {
            inflict(&mut content, damage);
        }
        read(&name, content);
    }

    #[test]
    fn arbitrary_bytes(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        for name in ["a.tf", "a.json", "a.yaml", "a"] {
            read(Path::new(name), content.clone());
        }
    }

    /// Expressions that parse more often than arbitrary bytes do.
    #[test]
    fn arbitrary_expressions(parts in proptest::collection::vec(proptest::sample::select(&EXPRESSIONS[..]), 1..30)) {
        let text = format!(
            "locals {{\n  x = 1\n  y = local.z\n  z = local.y\n}}\n\
             resource \"aws_cloudwatch_metric_alarm\" \"a\" {{\n  alarm_name = {}\n}}\n",
            parts.join(" ")
        );
        read(Path::new("a.tf"), text.into_bytes());
    }
}

const EXPRESSIONS: [&str; 34] = [
    "local.x",
    "local.y",
    "1",
    "-1",
    "0.5",
    "\"a\"",
    "\"${local.x}\"",
    "\"%{ for i in [1] }${i}%{ endfor }\"",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    "=",
    "a",
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "&&",
    "!",
    "?",
    ":",
    "[*].a",
    ".0",
    "[for i in ",
    " : i]",
    "range(1, 5)",
    "format(\"%s %05d\", \"a\", 1)",
    "substr(\"äb\", -3, 9)",
];
