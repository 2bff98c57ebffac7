//! Functions of texts.

use super::format::format;
use super::{Outcome, Refusal, list_at, number_at, text_at};
use crate::artefacts::budget::TEXT_BYTES_MAX;
use crate::artefacts::node::{Node, Text, Value};
use crate::artefacts::place::Place;

pub(super) fn apply(name: &str, arguments: &[Node], place: &Place) -> Outcome {
    let changed = |change: fn(&str) -> String| Ok(Value::text(change(&text_at(arguments, 0)?)));
    let affix = |change: for<'t> fn(&'t str, &str) -> &'t str| {
        Ok(Value::text(change(&text_at(arguments, 0)?, &text_at(arguments, 1)?)))
    };
    match name {
        "format" => format(arguments),
        "formatlist" => format_list(arguments, place),
        "join" => join(arguments),
        "split" => {
            let (separator, text) = (text_at(arguments, 0)?, text_at(arguments, 1)?);
            let part = |part: &str| Node::new(place, Value::text(part));
            Ok(Value::List(match (text.is_empty(), separator.is_empty()) {
                (true, _) => Vec::new(),
                (false, true) => text.chars().map(|letter| part(letter.encode_utf8(&mut [0; 4]))).collect(),
                (false, false) => text.split(&separator).map(part).collect(),
            }))
        }
        "lower" => changed(|text| each_letter(text, |letter| one(letter.to_lowercase()))),
        "upper" => changed(|text| each_letter(text, |letter| one(letter.to_uppercase()))),
        "title" => changed(titled),
        "trimspace" => changed(|text| text.trim().to_owned()),
        "chomp" => changed(|text| text.trim_end_matches(['\r', '\n']).to_owned()),
        "trim" => affix(|text, letters| text.trim_matches(|letter| letters.contains(letter))),
        "trimprefix" => affix(|text, prefix| text.strip_prefix(prefix).unwrap_or(text)),
        "trimsuffix" => affix(|text, suffix| text.strip_suffix(suffix).unwrap_or(text)),
        "startswith" => Ok(Value::Bool(text_at(arguments, 0)?.starts_with(&text_at(arguments, 1)?))),
        "endswith" => Ok(Value::Bool(text_at(arguments, 0)?.ends_with(&text_at(arguments, 1)?))),
        "strcontains" => Ok(Value::Bool(text_at(arguments, 0)?.contains(&text_at(arguments, 1)?))),
        "replace" => replace(arguments),
        "substr" => substring(arguments),
        _ => Err(Refusal::NotComputed),
    }
}

/// Joins lists; texts that are not known stay in the result as placeholders.
fn join(arguments: &[Node]) -> Outcome {
    let separator = text_at(arguments, 0)?;
    let mut joined = Text::default();
    let mut first = true;
    for index in 1..arguments.len() {
        if let Value::Unknown(unknown) = &arguments[index].value {
            joined.push(&Text::from(unknown));
            continue;
        }
        for element in list_at(arguments, index)? {
            let Some(text) = element.value.to_text() else {
                return Refusal::wrong(format!("expected a list of texts, found {} in it", element.value.kind()));
            };
            if !first {
                joined.text.push_str(&separator);
            }
            joined.push(&text);
            first = false;
        }
    }
    Ok(Value::Text(joined))
}

/// Formats once for every element of the lists among the arguments.
fn format_list(arguments: &[Node], place: &Place) -> Outcome {
    let lengths = arguments.iter().filter_map(|argument| argument.elements().map(<[_]>::len));
    let length = lengths.max().unwrap_or(1);
    let mut formatted = Vec::with_capacity(length);
    let mut bytes = 0;
    for index in 0..length {
        let mut one = Vec::with_capacity(arguments.len());
        for argument in arguments {
            one.push(match argument.elements() {
                Some(elements) => match elements.get(index) {
                    Some(element) => element.clone(),
                    None => return Refusal::wrong("expected lists of one length"),
                },
                None => argument.clone(),
            });
        }
        let text = format(&one)?;
        bytes += text.to_text().map_or(0, |text| text.text.len());
        if bytes > TEXT_BYTES_MAX {
            return Refusal::wrong(format!("the texts exceed the limit of {TEXT_BYTES_MAX} bytes"));
        }
        formatted.push(Node::new(place, text));
    }
    Ok(Value::List(formatted))
}

/// Changes each letter into one letter, as Go does; what would become several stays.
fn each_letter(text: &str, change: impl Fn(char) -> Option<char>) -> String {
    text.chars().map(|letter| change(letter).unwrap_or(letter)).collect()
}

fn one(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

fn titled(text: &str) -> String {
    let mut before = ' ';
    let letter = |letter: char| {
        let begins = !before.is_alphanumeric();
        before = letter;
        if begins { one(letter.to_uppercase()).unwrap_or(letter) } else { letter }
    };
    text.chars().map(letter).collect()
}

fn replace(arguments: &[Node]) -> Outcome {
    let [text, from, to] = [text_at(arguments, 0)?, text_at(arguments, 1)?, text_at(arguments, 2)?];
    if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
        return Err(Refusal::NotComputed);
    }
    if from.is_empty() {
        return Err(Refusal::NotComputed);
    }
    let grown = text.matches(&from).count().saturating_mul(to.len());
    if grown > TEXT_BYTES_MAX {
        return Refusal::wrong(format!("the text exceeds the limit of {TEXT_BYTES_MAX} bytes"));
    }
    Ok(Value::text(text.replace(&from, &to)))
}

fn substring(arguments: &[Node]) -> Outcome {
    let text: Vec<char> = text_at(arguments, 0)?.chars().collect();
    let (offset, length) = (number_at(arguments, 1)?, number_at(arguments, 2)?);
    let begin = if offset < 0.0 { text.len() as f64 + offset } else { offset };
    let begin = begin.clamp(0.0, text.len() as f64) as usize;
    let end = if length < 0.0 { text.len() } else { begin.saturating_add(length as usize).min(text.len()) };
    Ok(Value::text(text[begin..end].iter().collect::<String>()))
}
