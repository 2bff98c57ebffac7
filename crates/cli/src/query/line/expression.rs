//! An expression in the short form: as it is, with options behind it. No expression has a word with a colon outside
//! of a string, so there is no doubt where they begin.

use super::metric::{option, set};
use super::{Asked, Expression, LABEL, PERIOD, Parts, UNIT, options};
use crate::period;
use crate::query::fault::Fault;
use crate::query::words::{Word, whole_words};

pub(super) fn parse(text: &str, from: usize) -> Result<Parts, Fault> {
    let end = options_start(&text[from..]).map_or(text.len(), |length| from + length);
    let written = text[from..end].trim();
    if written.is_empty() {
        return Err(Fault::at(text, from, "the query is empty: expected a metric or an expression"));
    }
    let start = from + text[from..end].len() - text[from..end].trim_start().len();
    let (mut period, mut label) = (None, None);
    for word in whole_words(text, end)? {
        let added = match (option(&word, PERIOD), option(&word, LABEL)) {
            (Some(text), _) => period::parse(text).and_then(|given| set(&mut period, "period", given)),
            (_, Some(text)) => set(&mut label, "label", text.to_owned()),
            _ => Err(unknown(&word)),
        };
        added.map_err(|message| Fault::at(text, word.span.start, message))?;
    }
    let expression = Expression { text: written.to_owned(), offset: text[..start].chars().count() };
    Ok((Asked::Expression(expression), period, label))
}

fn unknown(word: &Word) -> String {
    match option(word, UNIT) {
        Some(_) => "an expression has no unit: give it to its metrics".to_owned(),
        None => format!("{} stands behind the options of an expression: expected period: or label:", word.value),
    }
}

/// Where options begin: the byte of the first word outside of strings that is one.
fn options_start(text: &str) -> Option<usize> {
    let (mut quote, mut is_escaped, mut before) = (None, false, ' ');
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) => {
                if character == open && !is_escaped {
                    quote = None;
                }
                is_escaped = character == '\\' && !is_escaped;
            }
            None if character == '"' || character == '\'' => quote = Some(character),
            None => {
                if before.is_whitespace() && options().any(|option| text[at..].starts_with(option)) {
                    return Some(at);
                }
            }
        }
        before = character;
    }
    None
}
