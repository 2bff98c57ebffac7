//! A JSON scanner that checks every byte once and builds nothing: it tells where values begin and end.
//!
//! It refuses what `serde_json` refuses, so that a document means the same whichever of the two reads it.

use crate::outcome::{Cause, Rejection};

/// The most that objects and arrays may be nested, the root included; `serde_json`'s limit.
pub const MAX_DEPTH: usize = 127;

/// A number that is written with more characters than this may be too large for a double.
const SURELY_FINITE_LENGTH: usize = 300;

/// Where in the text something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Texts are documents, whose length is limited far below what fits.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end as u32 }
    }

    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.range()]
    }
}

/// What a value is, by its first character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A string without escapes.
    String,
    /// A string with at least one escape.
    EscapedString,
    Number,
    Array,
    Object,
    /// `true`, `false` or `null`.
    Literal,
}

/// A value: strings without their quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned {
    pub(crate) shape: Shape,
    pub(crate) span: Span,
}

/// Why a text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Expected { what: &'static str, at: usize },
    TooDeep { at: usize },
}

impl Fault {
    pub(crate) fn to_rejection(self) -> Rejection {
        match self {
            Fault::Expected { what, at } => Rejection::once(Cause::NotJson, format!("expected {what} at byte {at}")),
            Fault::TooDeep { at } => {
                Rejection::once(Cause::TooDeep, format!("nesting at byte {at} exceeds the limit of {MAX_DEPTH}"))
            }
        }
    }
}

/// A position in a text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Cursor { text, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn move_to(&mut self, at: usize) {
        self.at = at;
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[cold]
    fn expected<T>(&self, what: &'static str) -> Result<T, Fault> {
        Err(Fault::Expected { what, at: self.at })
    }

    #[inline]
    pub(crate) fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Nothing but white space is left.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        self.skip_whitespace();
        if self.at < self.text.len() { self.expected("the end of the document") } else { Ok(()) }
    }

    /// Goes into the object that begins here; `true` when it has a member, whose key comes next.
    #[inline]
    pub(crate) fn enter_object(&mut self) -> Result<bool, Fault> {
        self.at += 1;
        self.skip_whitespace();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// Reads a key and its colon; the value comes next.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Scanned, Fault> {
        if self.peek() != Some(b'"') {
            return self.expected("a member name");
        }
        let key = self.string()?;
        self.skip_whitespace();
        if self.peek() != Some(b':') {
            return self.expected("':'");
        }
        self.at += 1;
        self.skip_whitespace();
        Ok(key)
    }

    /// Goes on after a member; `true` when another one follows, whose key comes next.
    #[inline]
    pub(crate) fn next_member(&mut self) -> Result<bool, Fault> {
        self.skip_whitespace();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_whitespace();
                Ok(true)
            }
            Some(b'}') => {
                self.at += 1;
                Ok(false)
            }
            _ => self.expected("',' or '}'"),
        }
    }

    /// Reads the value that begins here, inside `depth` objects and arrays.
    #[inline]
    pub(crate) fn value(&mut self, depth: usize) -> Result<Scanned, Fault> {
        let start = self.at;
        let shape = match self.peek() {
            Some(b'"') => return self.string(),
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Shape::Number
            }
            Some(b'{') => {
                self.object(depth + 1)?;
                Shape::Object
            }
            Some(b'[') => {
                self.array(depth + 1)?;
                Shape::Array
            }
            Some(b't') => self.literal("true")?,
            Some(b'f') => self.literal("false")?,
            Some(b'n') => self.literal("null")?,
            _ => return self.expected("a value"),
        };
        Ok(Scanned { shape, span: Span::new(start, self.at) })
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        self.check_depth(depth)?;
        let mut more = self.enter_object()?;
        while more {
            self.key()?;
            self.value(depth)?;
            more = self.next_member()?;
        }
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        self.check_depth(depth)?;
        self.at += 1;
        self.skip_whitespace();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.skip_whitespace();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.expected("',' or ']'"),
            }
            self.skip_whitespace();
        }
    }

    /// An object or array may be opened here as the `depth`th.
    fn check_depth(&self, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH { Err(Fault::TooDeep { at: self.at }) } else { Ok(()) }
    }

    fn literal(&mut self, word: &'static str) -> Result<Shape, Fault> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.expected("a value");
        }
        self.at += word.len();
        Ok(Shape::Literal)
    }

    #[inline]
    fn string(&mut self) -> Result<Scanned, Fault> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        let mut shape = Shape::String;
        loop {
            at = plain_until(bytes, at);
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    shape = Shape::EscapedString;
                    self.at = at;
                    self.escape()?;
                    at = self.at;
                }
                _ => {
                    self.at = at;
                    return self.expected("'\"'");
                }
            }
        }
        self.at = at + 1;
        Ok(Scanned { shape, span: Span::new(start, at) })
    }

    #[cold]
    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let unit = self.code_unit()?;
                if (0xDC00..=0xDFFF).contains(&unit) {
                    return self.expected("a leading surrogate before");
                }
                if (0xD800..=0xDBFF).contains(&unit) {
                    if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                        return self.expected("a trailing surrogate");
                    }
                    self.at += 1;
                    if !(0xDC00..=0xDFFF).contains(&self.code_unit()?) {
                        return self.expected("a trailing surrogate before");
                    }
                }
            }
            _ => return self.expected("an escape"),
        }
        Ok(())
    }

    /// Reads `uXXXX`.
    fn code_unit(&mut self) -> Result<u32, Fault> {
        let digits = self.text.as_bytes().get(self.at + 1..self.at + 5);
        let unit = digits.and_then(|digits| {
            digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
        });
        match unit {
            Some(unit) => {
                self.at += 5;
                Ok(unit)
            }
            None => self.expected("four hexadecimal digits"),
        }
    }

    #[inline]
    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        let mut may_be_infinite = self.at - start > SURELY_FINITE_LENGTH;
        if let Some(b'e' | b'E') = self.peek() {
            may_be_infinite = true;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        if may_be_infinite && !self.text[start..self.at].parse::<f64>().is_ok_and(f64::is_finite) {
            self.at = start;
            return self.expected("a number that a double can hold");
        }
        Ok(())
    }

    #[inline]
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { self.expected("a digit") } else { Ok(()) }
    }
}

/// The first position from `at` on that holds a quote, a backslash or a control character, or the end.
#[inline]
pub(crate) fn plain_until(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // Zero bytes get their high bit set; borrows only spoil bytes above the first hit, and text bytes
    // above 0x7f are masked out of the comparison with 0x20.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    while let Some(chunk) = bytes[at..].first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let hit = control | zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
        if hit != 0 {
            return at + hit.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if *byte < 0x20 || *byte == b'"' || *byte == b'\\' {
            break;
        }
        at += 1;
    }
    at
}

/// The text of a scanned string.
pub(crate) fn unescaped<'a>(string: Scanned, text: &'a str) -> std::borrow::Cow<'a, str> {
    match string.shape {
        Shape::EscapedString => {
            let inner = string.span.range();
            let quoted = &text[inner.start - 1..inner.end + 1];
            serde_json::from_str::<String>(quoted).expect("the scanner checked the escapes").into()
        }
        _ => string.span.of(text).into(),
    }
}
