//! The pieces of a search.

use std::borrow::Cow;

use crate::unexpected::Unexpected;

/// Characters that end a word without being part of it.
const ENDS: &[char] = &['(', ')', '{', '}', '=', '"'];

/// A piece of a search, and which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) at: usize,
    pub(super) length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// One of `(){}=`, or a comma on its own.
    Sign(char),
    /// A word without quotes.
    Word(&'a str),
    /// What stands in quotes, without them and without its backslashes.
    Quoted(Cow<'a, str>),
    /// The end.
    End,
}

/// Reads pieces from left to right.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lexer { text, at: 0 }
    }

    /// The text that is read.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The next piece.
    ///
    /// # Errors
    /// A quote that nothing closes, or a backslash before what needs none.
    pub(super) fn next(&mut self) -> Result<Piece<'a>, Unexpected> {
        self.skip_space();
        let at = self.at;
        let kind = match self.rest().chars().next() {
            None => Kind::End,
            Some(quote @ ('"' | '\'')) => Kind::Quoted(self.quoted(quote)?),
            Some(sign) if sign == ',' || ENDS.contains(&sign) => {
                self.at += 1;
                Kind::Sign(sign)
            }
            Some(_) => Kind::Word(self.until(|c| c.is_whitespace() || ENDS.contains(&c))),
        };
        Ok(Piece { kind, at, length: self.at - at })
    }

    /// A name within a schema: what stands in quotes, or everything up to the next comma, brace or space.
    ///
    /// # Errors
    /// No name, or those of [`Lexer::next`].
    pub(super) fn schema_name(&mut self, expected: &str) -> Result<String, Unexpected> {
        self.skip_space();
        match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let (at, name) = (self.at, self.quoted(quote)?);
                if name.is_empty() {
                    return Err(Unexpected::new(self.text, at, self.at - at, expected));
                }
                return Ok(name.into_owned());
            }
            Some(',' | '{' | '}') | None => {
                let length = self.rest().chars().next().map_or(0, char::len_utf8);
                return Err(Unexpected::new(self.text, self.at, length, expected));
            }
            Some(_) => {}
        }
        let name = self.until(|c| c.is_whitespace() || matches!(c, ',' | '{' | '}' | '"'));
        Ok(name.to_owned())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.until(|c| !c.is_whitespace());
    }

    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let found = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += found.len();
        found
    }

    fn quoted(&mut self, quote: char) -> Result<Cow<'a, str>, Unexpected> {
        let start = self.at;
        self.at += 1;
        let is_end = |c: char| c == quote || c == '\\';
        let mut found = Cow::Borrowed(self.until(is_end));
        loop {
            let mut rest = self.rest().chars();
            match (rest.next(), rest.next()) {
                (Some('\\'), Some(escaped @ ('"' | '\'' | '\\' | '(' | ')'))) => {
                    self.at += 2;
                    found.to_mut().push(escaped);
                    let more = self.until(is_end);
                    found.to_mut().push_str(more);
                }
                (Some('\\'), other) => {
                    let length = 1 + other.map_or(0, char::len_utf8);
                    let expected = "a backslash only before `\"`, `'`, `\\`, `(` or `)`";
                    return Err(Unexpected::new(self.text, self.at, length, expected)
                        .hint("a backslash that is part of the name is written twice"));
                }
                (Some(_), _) => {
                    self.at += 1;
                    return Ok(found);
                }
                (None, _) => {
                    let position = crate::unexpected::position(self.text, start);
                    return Err(Unexpected::new(self.text, self.at, 0, format!("`{quote}`"))
                        .hint(format_args!("it closes the quote at character {position}")));
                }
            }
        }
    }
}
