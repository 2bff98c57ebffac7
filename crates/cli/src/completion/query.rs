//! The words of a query in the short form.

use nepho_engine::math::function_names;
use nepho_model::UNITS;

use super::candidate::Candidate;
use super::commands::{Before, PERIODS, STATISTICS, distinct};
use super::known::{Choice, Known, Wanted};
use crate::dimension::Dimension;
use crate::query::argument::{is_word, joined};
use crate::query::line::{Reading, is_name, split_id};
use crate::query::words::{Word, Words, quoted, words};

/// Words that are added at once while there is only one way to go on: in quotes, a shell ends the argument behind
/// what is the only candidate.
const STEPS_MAX: usize = 4;

/// What a query can become. Where the arguments in front are the first words of one, the argument is its next word.
pub(super) fn candidates(before: &Before, current: &str) -> Vec<Candidate> {
    let is_words = !before.is_quoted && before.queries.first().is_some_and(|first| is_word(first));
    if is_words {
        let text = format!("{} ", joined(&before.queries));
        return next_words(before, &text, current).into_iter().map(|next| next.into_argument()).collect();
    }
    if !before.is_quoted && !current.contains(char::is_whitespace) && before.queries.is_empty() {
        let next = next_words(before, "", current).into_iter();
        return next
            .map(|next| if quoted(&next.value) == next.value { next.into_argument() } else { next.into_text("") })
            .collect();
    }
    in_text(before, current)
}

/// What a text in quotes can become.
fn in_text(before: &Before, text: &str) -> Vec<Candidate> {
    let mut found = step(before, text);
    for _ in 1..STEPS_MAX {
        let [Candidate { value, is_open: true, .. }] = &found[..] else { break };
        // What an expression goes on with is not for us to say.
        if !value.ends_with([' ', '=']) {
            break;
        }
        let next = step(before, value);
        if next.is_empty() || next == found {
            break;
        }
        found = next;
    }
    found
}

fn step(before: &Before, text: &str) -> Vec<Candidate> {
    let Words { words, unclosed } = words(text, split_id(text).1);
    let is_started = unclosed.is_some() || !text.ends_with(char::is_whitespace);
    let started = words.last().filter(|_| is_started);
    let start = started.map_or(text.len(), |word| word.span.start);
    let current = started.map_or("", |word| word.value.as_str());
    let head = &text[..start];
    // One name may be a namespace, or the first operand of an expression.
    let is_begun = words.len() <= 1 && words.iter().all(|word| word.bare == 0 || is_name(&word.value));
    if !is_begun && Reading::of(&text[split_id(text).1..]) == Reading::Expression {
        return in_expression(before, text);
    }
    let next = next_words(before, head, current).into_iter();
    let mut found: Vec<_> =
        next.filter(|next| next.value.starts_with(current)).map(|next| next.into_text(head)).collect();
    if words.len() <= 1 && !current.is_empty() {
        found.extend(in_expression(before, text));
    }
    found
}

/// A word that can stand at the cursor.
struct Next {
    value: String,
    /// How it is written in a text.
    written: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Another word is most likely to follow.
    Name,
    /// It goes on within the word.
    Open,
    /// Others may follow.
    Word,
}

impl Next {
    fn new(value: impl Into<String>, kind: Kind) -> Self {
        let value = value.into();
        Next { written: quoted(&value), value, kind }
    }

    /// As an argument of its own.
    fn into_argument(self) -> Candidate {
        if self.kind == Kind::Open { Candidate::open(self.value) } else { Candidate::whole(self.value) }
    }

    /// Behind what stands in front of it in one argument.
    fn into_text(self, head: &str) -> Candidate {
        match self.kind {
            Kind::Name => Candidate::open(format!("{head}{} ", self.written)),
            Kind::Open => Candidate::open(format!("{head}{}", self.written)),
            Kind::Word => Candidate::whole(format!("{head}{}", self.written)),
        }
    }
}

/// The words that can stand behind `head`, where the shell has typed `current` of one.
fn next_words(before: &Before, head: &str, current: &str) -> Vec<Next> {
    let known = &before.known;
    let words = words(head, split_id(head).1).words;
    match &words[..] {
        [] => named(distinct(known.metrics(Wanted::default()), |metric| metric.namespace)),
        [namespace] => {
            let wanted = Wanted { namespace: Some(namespace.value.clone()), ..Wanted::default() };
            named(distinct(known.metrics(wanted), |metric| metric.name))
        }
        [namespace, name, rest @ ..] => behind_names(known, namespace, name, rest, current),
    }
}

fn named(candidates: Vec<Candidate>) -> Vec<Next> {
    candidates.into_iter().map(|candidate| Next::new(candidate.value, Kind::Name)).collect()
}

fn behind_names(known: &Known, namespace: &Word, name: &Word, rest: &[Word], current: &str) -> Vec<Next> {
    if let Some(unit) = current.strip_prefix("unit:") {
        let units = UNITS.iter().map(|(_, name)| *name).filter(|name| name.starts_with(unit));
        return units.map(|name| Next::new(format!("unit:{name}"), Kind::Word)).collect();
    }
    let given = |word: &Word| {
        let at = word.equals.or_else(|| word.value.find('='))?;
        Some(Dimension { name: word.value[..at].to_owned(), value: word.value[at + 1..].to_owned() })
    };
    let wanted = Wanted {
        namespace: Some(namespace.value.clone()),
        name: Some(name.value.clone()),
        dimensions: rest.iter().filter_map(given).collect(),
        dimension: None,
    };
    let dimension = current.split_once('=').map(|(name, _)| name);
    let choice = |(name, value): Choice| match value {
        Some(value) => Next {
            written: format!("{}={}", quoted(&name), quoted(&value)),
            value: format!("{name}={value}"),
            kind: Kind::Name,
        },
        None => Next { written: format!("{}=", quoted(&name)), value: format!("{name}="), kind: Kind::Open },
    };
    let mut next: Vec<_> = known.dimensions(wanted, dimension).into_iter().map(choice).collect();
    if dimension.is_some() {
        return next;
    }
    let is_any = |words: &[&str]| rest.iter().any(|word| words.contains(&word.value.as_str()));
    let has_statistic = rest.iter().any(|word| nepho_engine::Statistic::parse(&word.value).is_ok());
    if !has_statistic {
        next.extend(STATISTICS.map(|name| Next::new(name, Kind::Word)));
    } else if !is_any(&PERIODS) {
        next.extend(PERIODS.map(|name| Next::new(name, Kind::Word)));
    }
    if !current.is_empty() || has_statistic {
        next.extend(["unit:", "label:"].map(|name| Next::new(name, Kind::Open)));
    }
    next
}

/// The ids of other queries, and functions, that the last word of an expression can become.
fn in_expression(before: &Before, text: &str) -> Vec<Candidate> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = text.rfind(|c| !is_word(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let (head, word) = text.split_at(start);
    let is_in_string = ['"', '\''].iter().any(|quote| head.matches(*quote).count() % 2 == 1);
    if is_in_string {
        return Vec::new();
    }
    let ids = before.queries.iter().filter_map(|query| split_id(query).0).filter(|id| id.starts_with(word));
    let ids = ids.map(|id| Candidate::open(format!("{head}{id}")));
    let functions = function_names().filter(|name| !word.is_empty() && name.starts_with(word));
    ids.chain(functions.map(|name| Candidate::open(format!("{head}{name}(")))).collect()
}
