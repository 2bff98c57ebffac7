//! Phrases: what is looked for when it is not in quotes.

use super::tokens::{Tokens, is_same, tokens, whole};

/// One or more words that stand together in a name.
///
/// A name has a phrase when the phrase's tokens are among the name's, one after the other, or when both are the same as
/// a whole. What stands between tokens does not matter: `network/errors` finds `Network-Errors-2` and `NetworkErrors2`.
/// Capitals matter only in a word that is itself several tokens: `Count1` finds `CustomCount1`, `count1` does not, while
/// `count` and `COUNT` do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    words: Vec<Word>,
    /// In lower case.
    whole: String,
}

/// A token of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    is_case_sensitive: bool,
}

impl Phrase {
    /// The phrase that a text is; `None` when there is no letter and no digit in it.
    pub fn parse(text: &str) -> Option<Self> {
        let found: Vec<_> = tokens(text).collect();
        let touches = |one: usize, next: usize| match (found.get(one), found.get(next)) {
            (Some(one), Some(next)) => one.at + one.text.len() == next.at,
            _ => false,
        };
        let word = |at: usize| Word {
            text: found[at].text.to_owned(),
            is_case_sensitive: touches(at, at + 1) || at > 0 && touches(at - 1, at),
        };
        let words: Vec<_> = (0..found.len()).map(word).collect();
        (!words.is_empty()).then(|| Phrase { words, whole: whole(text).collect() })
    }

    /// Its tokens, as it spells them.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> {
        self.words.iter().map(|word| &*word.text)
    }

    /// Itself as one token; see [`whole`].
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// Whether a name has it.
    pub fn matches(&self, name: &str) -> bool {
        if self.whole.is_ascii() && name.is_ascii() {
            return self.matches_ascii(name);
        }
        let mut from = tokens(name);
        loop {
            if self.begins(from.clone()) {
                return true;
            }
            if from.next().is_none() {
                return self.is_whole(name);
            }
        }
    }

    /// The same, with fewer tokens taken apart: only those that begin as the phrase does.
    fn matches_ascii(&self, name: &str) -> bool {
        let first = self.whole.as_bytes()[0];
        if name.len() < self.whole.len() {
            return false;
        }
        let starts = name.bytes().enumerate().filter(|(_, byte)| byte.to_ascii_lowercase() == first);
        starts.map(|(at, _)| at).any(|at| Tokens::begin_at(name, at).is_some_and(|from| self.begins(from)))
            || self.is_whole(name)
    }

    fn begins(&self, mut found: Tokens<'_>) -> bool {
        self.words.iter().all(|word| {
            found.next().is_some_and(|token| match word.is_case_sensitive {
                true => token.text == word.text,
                false => is_same(token.text, &word.text),
            })
        })
    }

    fn is_whole(&self, name: &str) -> bool {
        whole(name).eq(self.whole.chars())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_phrase_finds() {
        // phrase, names that have it, names that have it not
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("count", &["CustomCount1", "COUNT", "a/count"], &["Counter", "Recount", "couNT1"]),
            ("Count", &["CustomCount1", "count"], &["Counts"]),
            ("COUNT", &["CustomCount1"], &[]),
            ("couNT", &["couNT1", "count"], &["CustomCount1"]),
            ("CustomCount", &["CustomCount1", "MyCustomCount", "Custom-Count"], &["customcount1", "Customcount1"]),
            ("Count1", &["CustomCount1", "Count-1"], &["customcount1", "CustomCount12"]),
            ("customcount", &["CustomCount", "custom-count", "Customcount"], &["CustomCount1"]),
            ("count1", &["Count1", "count1"], &["CustomCount1"]),
            ("network/errors", &["Network-Errors-2", "NetworkErrors2"], &["NetworkInErrors", "ErrorsNetwork"]),
            ("network+errors", &["Network-Errors-2", "NetworkErrors2"], &[]),
            ("network-errors", &["Network-Errors-2", "NetworkErrors2"], &[]),
            ("Network_Errors", &["Network-Errors-2", "NetworkErrors2"], &[]),
            ("EC2", &["AWS/EC2", "ec2"], &["aws/ec2"]),
            ("AWS", &["AWS/EC2", "aws"], &["AWSEC2"]),
            ("micro", &["t2.micro"], &["t2.microlarge"]),
            ("i-1234567890123456", &["i-1234567890123456"], &["i-1234567890123457", "i-123456789012345"]),
            ("2", &["t2.micro", "2"], &["t22", "two"]),
            ("größe", &["Größe", "GRÖßE"], &["Grosse"]),
            ("a b", &["A/B", "a-b"], &["a", "b a", ""]),
        ];
        for (phrase, found, missed) in cases {
            let parsed = Phrase::parse(phrase).unwrap();
            for name in *found {
                assert!(parsed.matches(name), "{phrase:?} finds {name:?}");
            }
            for name in *missed {
                assert!(!parsed.matches(name), "{phrase:?} does not find {name:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_phrase_is_found_where_its_tokens_are(
            phrase in "[aAb1-]{1,4}", name in "[aAb1-]{0,8}", beyond in any::<bool>()
        ) {
            let name = if beyond { name.replace('b', "é") } else { name };
            let phrase = if beyond { phrase.replace('b', "É") } else { phrase };
            let Some(parsed) = Phrase::parse(&phrase) else { return Ok(()) };
            // The rule in other words: pieces between delimiters, each of one token or of several.
            let wanted: Vec<(String, bool)> = phrase.split('-').flat_map(|piece| {
                let parts: Vec<_> = tokens(piece).map(|token| token.text.to_owned()).collect();
                let is_one = parts.len() == 1;
                parts.into_iter().map(move |part| (part, is_one))
            }).collect();
            let found: Vec<&str> = tokens(&name).map(|token| token.text).collect();
            let is_at = |some: &[&str]| wanted.iter().zip(some).all(|((wanted, is_one), found)| {
                if *is_one { wanted.to_lowercase() == found.to_lowercase() } else { wanted == found }
            });
            let stripped = |text: &str| text.replace('-', "").to_lowercase();
            let expected = found.windows(wanted.len()).any(is_at) || stripped(&phrase) == stripped(&name);
            prop_assert_eq!(parsed.matches(&name), expected);
        }
    }

    #[test]
    fn without_letters_and_digits_there_is_no_phrase() {
        for text in ["", "-", " /*", "…"] {
            assert_eq!(Phrase::parse(text), None, "{text:?}");
        }
        let phrase = Phrase::parse("Network_Errors2").unwrap();
        assert_eq!(phrase.words().collect::<Vec<_>>(), ["Network", "Errors", "2"]);
        assert_eq!(phrase.whole(), "networkerrors2");
    }
}
