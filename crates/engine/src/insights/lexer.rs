//! The pieces of a query.

use crate::unexpected::{Unexpected, position};

/// A piece of a query, and which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) at: usize,
    pub(super) length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// Letters, digits and underscores.
    Word(&'a str),
    /// What stands in double quotes, a name.
    Name(String),
    /// What stands in single quotes, a value.
    Value(String),
    /// One of `( ) , . = !=`.
    Sign(&'static str),
    /// Something that no query has.
    Other,
    /// The end.
    End,
}

impl Kind<'_> {
    /// Whether it is this keyword, in whatever case.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Kind::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

/// Splits a query; the last piece is its end.
///
/// # Errors
/// A quote that nothing closes.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Unexpected> {
    let mut pieces = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let is_part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (kind, length) = match rest.chars().next() {
            None => (Kind::End, 0),
            Some(quote @ ('"' | '\'')) => {
                let (found, length) = quoted(text, at, quote)?;
                (if quote == '"' { Kind::Name(found) } else { Kind::Value(found) }, length)
            }
            Some(c) if is_part_of_word(c) => {
                let length = rest.find(|c| !is_part_of_word(c)).unwrap_or(rest.len());
                (Kind::Word(&rest[..length]), length)
            }
            Some(c) => match ["!=", "=", "(", ")", ",", "."].into_iter().find(|sign| rest.starts_with(sign)) {
                Some(sign) => (Kind::Sign(sign), sign.len()),
                None => (Kind::Other, c.len_utf8()),
            },
        };
        let is_end = kind == Kind::End;
        pieces.push(Piece { kind, at, length });
        if is_end {
            return Ok(pieces);
        }
        at += length;
    }
}

/// What stands in the quotes that begin at a byte, and their length. A backslash stands before a quote or a backslash
/// that is meant, and otherwise for itself.
fn quoted(text: &str, at: usize, quote: char) -> Result<(String, usize), Unexpected> {
    let mut found = String::new();
    let mut rest = text[at + 1..].char_indices().peekable();
    while let Some((offset, c)) = rest.next() {
        match c {
            c if c == quote => return Ok((found, offset + 2)),
            '\\' => match rest.next_if(|(_, next)| matches!(next, '"' | '\'' | '\\')) {
                Some((_, escaped)) => found.push(escaped),
                None => found.push('\\'),
            },
            c => found.push(c),
        }
    }
    let hint = format_args!("it closes the quote at character {}", position(text, at)).to_string();
    Err(Unexpected::new(text, text.len(), 0, format!("`{quote}`")).hint(hint))
}
