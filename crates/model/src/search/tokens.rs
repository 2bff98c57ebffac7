//! Tokens: the words within a name that it can be found by.

use std::iter::FusedIterator;

/// A token of a text, as the text spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// Where it begins in the text, in bytes.
    pub at: usize,
    /// Its letters or its digits.
    pub text: &'a str,
}

/// The tokens of a text, from left to right.
///
/// Characters that are neither letters nor digits stand between tokens. A token also ends where letters turn into
/// digits or back, where a capital follows a small letter, and in front of the last of several capitals if a small
/// letter follows it: `SDBFailure` is `SDB` and `Failure`. The text as a whole, without what stands between tokens,
/// counts as a token too; that one is [`whole`].
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// The letters and digits of a text in lower case, without anything between them.
pub fn whole(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| Class::of(*c) != Class::Delimiter).flat_map(char::to_lowercase)
}

/// Whether two tokens are the same but for capitals.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    match one.is_ascii() && other.is_ascii() {
        true => one.eq_ignore_ascii_case(other),
        false => whole(one).eq(whole(other)),
    }
}

/// See [`tokens`].
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The tokens of an ASCII text from a byte on; `None` when no token begins there.
    pub(crate) fn begin_at(text: &'a str, at: usize) -> Option<Self> {
        let class = |at: usize| Class::at(text, at).map(|(class, _)| class);
        let (before, here) = (at.checked_sub(1).and_then(class), class(at)?);
        let begins = match before {
            None | Some(Class::Delimiter) => here != Class::Delimiter,
            Some(before) => here != Class::Delimiter && before.ends_before(here, || class(at + 1)),
        };
        begins.then_some(Tokens { text, at })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let (mut at, mut class, mut length);
        loop {
            at = self.at;
            (class, length) = Class::at(self.text, at)?;
            if class != Class::Delimiter {
                break;
            }
            self.at += length;
        }
        let mut end = at + length;
        while let Some((next, length)) = Class::at(self.text, end) {
            let after = || Class::at(self.text, end + length).map(|(after, _)| after);
            if class.ends_before(next, after) {
                break;
            }
            end += length;
            class = next;
        }
        self.at = end;
        Some(Token { at, text: &self.text[at..end] })
    }
}

impl FusedIterator for Tokens<'_> {}

/// What a character is to a name that is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Capital,
    /// A small letter, or one of a script without capitals.
    Small,
    Digit,
    Delimiter,
}

impl Class {
    /// The class of the character that begins at a byte, and its length in bytes; `None` at the end.
    #[inline]
    fn at(text: &str, at: usize) -> Option<(Class, usize)> {
        let byte = *text.as_bytes().get(at)?;
        if byte.is_ascii() {
            return Some((Class::of(char::from(byte)), 1));
        }
        text[at..].chars().next().map(|c| (Class::of(c), c.len_utf8()))
    }

    #[inline]
    fn of(c: char) -> Class {
        match c {
            'a'..='z' => Class::Small,
            'A'..='Z' => Class::Capital,
            '0'..='9' => Class::Digit,
            c if c.is_ascii() => Class::Delimiter,
            c if c.is_numeric() => Class::Digit,
            c if c.is_uppercase() => Class::Capital,
            c if c.is_alphabetic() => Class::Small,
            _ => Class::Delimiter,
        }
    }

    /// Whether a token ends between a character of this class and the next one.
    #[inline]
    fn ends_before(self, next: Class, after: impl FnOnce() -> Option<Class>) -> bool {
        match (self, next) {
            (_, Class::Delimiter) | (Class::Small, Class::Capital) => true,
            (Class::Capital, Class::Capital) => after() == Some(Class::Small),
            (one, other) => (one == Class::Digit) != (other == Class::Digit),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_guides_table_and_what_it_leaves_open() {
        // text, its tokens as it spells them, the text as a whole
        let cases = [
            ("CustomCount1", "Custom Count 1", "customcount1"),
            ("SDBFailure", "SDB Failure", "sdbfailure"),
            ("Project2-trial333", "Project 2 trial 333", "project2trial333"),
            ("Network-Errors_2", "Network Errors 2", "networkerrors2"),
            ("NetworkErrors2", "Network Errors 2", "networkerrors2"),
            ("couNT", "cou NT", "count"),
            ("AWS/EC2", "AWS EC 2", "awsec2"),
            ("t2.micro", "t 2 micro", "t2micro"),
            ("i-0abc12", "i 0 abc 12", "i0abc12"),
            ("p99Latency", "p 99 Latency", "p99latency"),
            ("HTTPCode_Target_5XX_Count", "HTTP Code Target 5 XX Count", "httpcodetarget5xxcount"),
            ("ConsumedLCUs", "Consumed LC Us", "consumedlcus"),
            ("ABc", "A Bc", "abc"),
            ("--a--b--", "a b", "ab"),
            ("ALLCAPS", "ALLCAPS", "allcaps"),
            ("word", "word", "word"),
            ("Größe ÜberLänge", "Größe Über Länge", "größeüberlänge"),
            ("温度2号", "温度 2 号", "温度2号"),
            (" /-_ ", "", ""),
            ("", "", ""),
        ];
        for (text, expected, as_whole) in cases {
            let found: Vec<_> = tokens(text).map(|token| token.text).collect();
            assert_eq!(found.join(" "), expected, "{text:?}");
            assert_eq!(whole(text).collect::<String>(), as_whole, "{text:?}");
        }
    }

    #[test]
    fn capitals_do_not_tell_tokens_apart() {
        for (one, other, same) in
            [("Count", "COUNT", true), ("Über", "über", true), ("a", "b", false), ("Über", "uber", false)]
        {
            assert_eq!(is_same(one, other), same, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn tokens_are_parts_of_the_text_and_make_up_the_whole(text in "[aA0é/ -]{0,20}|\\PC{0,20}") {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert!(token.at >= end && !token.text.is_empty());
                prop_assert_eq!(&text[token.at..token.at + token.text.len()], token.text);
                prop_assert_eq!(tokens(token.text).count(), 1);
                end = token.at + token.text.len();
            }
            let joined: String = tokens(&text).map(|token| token.text).collect();
            prop_assert_eq!(whole(&joined).collect::<String>(), whole(&text).collect::<String>());
        }
    }
}
