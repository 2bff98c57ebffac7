//! The pieces of an alarm rule.

use std::borrow::Cow;

use super::rule_fault::RuleFault;
use crate::unexpected::position;

/// A piece of a rule, and which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) at: usize,
    pub(super) length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// One of `(`, `)` and `,`.
    Sign(char),
    /// Anything without white space and signs: a keyword, a number or a reference, by where it stands.
    Word(&'a str),
    /// What stands in quotes, without them and without its backslashes.
    Quoted(Cow<'a, str>),
    /// The end.
    End,
}

/// Which character a byte of the text is; CloudWatch counts from 0.
pub(super) fn char_index(text: &str, at: usize) -> usize {
    position(text, at) - 1
}

pub(super) const fn is_sign(c: char) -> bool {
    matches!(c, '(' | ')' | ',')
}

/// Reads pieces from left to right.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lexer { text, at: 0 }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// # Errors
    /// A quote that nothing closes.
    pub(super) fn next(&mut self) -> Result<Piece<'a>, RuleFault> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let at = self.at;
        let kind = match self.text[at..].chars().next() {
            None => Kind::End,
            Some('"') => Kind::Quoted(self.quoted()?),
            Some(sign) if is_sign(sign) => {
                self.at += 1;
                Kind::Sign(sign)
            }
            Some(_) => Kind::Word(self.word()),
        };
        Ok(Piece { kind, at, length: self.at - at })
    }

    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| c.is_whitespace() || is_sign(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// A backslash is taken away before a quote and before a backslash; elsewhere it stands for itself.
    fn quoted(&mut self) -> Result<Cow<'a, str>, RuleFault> {
        let start = self.at + 1;
        let mut unescaped: Option<String> = None;
        let mut from = start;
        let mut characters = self.text[start..].char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            let at = start + offset;
            match character {
                '"' => {
                    self.at = at + 1;
                    let rest = &self.text[from..at];
                    return Ok(unescaped.map_or(Cow::Borrowed(rest), |text| Cow::Owned(text + rest)));
                }
                '\\' if characters.next_if(|(_, next)| matches!(next, '"' | '\\')).is_some() => {
                    unescaped.get_or_insert_default().push_str(&self.text[from..at]);
                    from = at + 1;
                }
                _ => {}
            }
        }
        Err(RuleFault::Unclosed(char_index(self.text, self.at)))
    }
}
