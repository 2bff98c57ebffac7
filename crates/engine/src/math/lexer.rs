//! From text to words, numbers, strings and marks.

use super::expression::{Span, position};
use super::fault::{ExpressionFault, Hint};

/// The marks, a longer one before the one that it begins with.
const MARKS: [&str; 18] =
    ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ","];

/// Single characters that are half of a mark.
const HALVES: [(char, &str); 4] = [('=', "=="), ('!', "!="), ('&', "&&"), ('|', "||")];

/// The least part of an expression that means something.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    /// The contents of a string.
    Text(String),
    /// An id, a function or a keyword.
    Word(&'a str),
    Mark(&'static str),
    End,
}

/// The tokens of a text, with their places; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token<'_>, Span)>, ExpressionFault> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = token(text, at, first)?;
        tokens.push((token, at..at + length));
        at += length;
    }
    tokens.push((Token::End, at..at));
    Ok(tokens)
}

/// The token at a byte, and its length.
fn token(text: &str, at: usize, first: char) -> Result<(Token<'_>, usize), ExpressionFault> {
    let rest = &text[at..];
    match first {
        '0'..='9' | '.' => number(text, at),
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            Ok((Token::Word(&rest[..length]), length))
        }
        '\'' | '"' => string(text, at, first),
        _ => match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            Some(mark) => Ok((Token::Mark(mark), mark.len())),
            None => Err(unexpected(text, at, first)),
        },
    }
}

fn unexpected(text: &str, at: usize, found: char) -> ExpressionFault {
    let whole = HALVES.iter().find(|(half, _)| *half == found);
    ExpressionFault::Unexpected {
        found: format!("'{found}'"),
        position: position(text, at),
        expected: "a number, a string, an id, a function or an operator",
        hint: whole.map_or(Hint::None, |(_, mark)| Hint::Nearest((*mark).to_owned())),
    }
}

/// Digits, at most one point among or before them, an exponent.
fn number(text: &str, at: usize) -> Result<(Token<'_>, usize), ExpressionFault> {
    let rest = &text.as_bytes()[at..];
    let digits = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = digits(0);
    let mut has_digits = length > 0;
    if rest.get(length) == Some(&b'.') {
        let decimals = digits(length + 1);
        has_digits |= decimals > 0;
        length += 1 + decimals;
    }
    if !has_digits {
        return Err(unexpected(text, at, '.'));
    }
    if let Some(b'e' | b'E') = rest.get(length) {
        let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    let written = &text[at..at + length];
    match written.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(value), length)),
        _ => Err(ExpressionFault::Number { number: written.to_owned(), position: position(text, at) }),
    }
}

/// A string up to its closing quote. A backslash in front of that quote makes it part of the string, and goes; any
/// other backslash stays, with what follows it, for whoever reads the string (SEARCH has escapes of its own).
fn string(text: &str, at: usize, quote: char) -> Result<(Token<'_>, usize), ExpressionFault> {
    let mut contents = String::new();
    let mut characters = text[at + 1..].char_indices();
    while let Some((offset, character)) = characters.next() {
        match character {
            _ if character == quote => return Ok((Token::Text(contents), offset + 2)),
            '\\' => match characters.next() {
                Some((_, escaped)) if escaped == quote => contents.push(quote),
                Some((_, escaped)) => contents.extend(['\\', escaped]),
                None => break,
            },
            _ => contents.push(character),
        }
    }
    Err(ExpressionFault::Unclosed { position: position(text, at), quote })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Token<'_>> {
        tokens(text).unwrap().into_iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn numbers() {
        let cases = [
            ("0", 0.0),
            ("007", 7.0),
            ("12.5", 12.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e-36", 1e-36),
            ("1E+3", 1000.0),
            ("2.5e2", 250.0),
            ("1e308", 1e308),
            ("1e-999", 0.0),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), [Token::Number(expected), Token::End], "{text}");
        }
        assert_eq!(read("5m1"), [Token::Number(5.0), Token::Word("m1"), Token::End]);
        assert_eq!(read("1e"), [Token::Number(1.0), Token::Word("e"), Token::End]);
        assert_eq!(read("1.2.3"), [Token::Number(1.2), Token::Number(0.3), Token::End]);
    }

    #[test]
    fn strings_in_either_quote() {
        let cases = [
            ("'a \"b\" c'", "a \"b\" c"),
            ("\"it's\"", "it's"),
            (r#""say \"hi\"""#, r#"say "hi""#),
            (r"'it\'s'", "it's"),
            (r#"'\"a\" \(b\)'"#, r#"\"a\" \(b\)"#),
            (r"'a\\'", r"a\\"),
            ("''", ""),
            ("'größe'", "größe"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), [Token::Text(expected.to_owned()), Token::End], "{text}");
        }
    }

    #[test]
    fn marks_and_words_need_no_space_between() {
        let words: Vec<_> = read("a<=b==-_c&&D1^2")
            .into_iter()
            .map(|token| match token {
                Token::Word(word) => word.to_owned(),
                Token::Mark(mark) => mark.to_owned(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(words, ["a", "<=", "b", "==", "-", "_c", "&&", "D1", "^", "Number(2.0)", "End"]);
    }
}
