//! A command line as a shell has it: words, with quotes and backslashes, the last of them at the cursor.

/// The words in front of the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CommandLine {
    /// The words as a command gets them; the last is the one at the cursor, which may be empty.
    pub(super) words: Vec<String>,
    /// The quote in which the cursor stands.
    pub(super) quote: Option<char>,
    /// How much of the last word, as a command gets it, stays when it is completed: the shell takes only what is behind.
    pub(super) kept: usize,
}

impl CommandLine {
    /// Takes a line apart that ends at the cursor. `breaks` are characters that part words for the shell's completion,
    /// though not for a command.
    pub(super) fn parse(line: &str, breaks: &str) -> Self {
        let mut found = CommandLine { words: Vec::new(), quote: None, kept: 0 };
        let mut word: Option<String> = None;
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            match found.quote {
                Some(quote) if character == quote => found.quote = None,
                Some('"') if character == '\\' => {
                    let escaped = characters.next();
                    let is_escape = escaped.is_some_and(|c| "$`\"\\".contains(c));
                    let backslash = (!is_escape).then_some(character);
                    word.get_or_insert_default().extend(backslash.into_iter().chain(escaped));
                }
                Some(_) => word.get_or_insert_default().push(character),
                None if character.is_whitespace() => {
                    found.words.extend(word.take());
                    found.kept = 0;
                }
                None => found.unquoted(character, &mut characters, word.get_or_insert_default(), breaks),
            }
        }
        found.words.push(word.unwrap_or_default());
        found
    }

    fn unquoted(&mut self, character: char, rest: &mut std::str::Chars<'_>, word: &mut String, breaks: &str) {
        match character {
            '"' | '\'' => {
                self.quote = Some(character);
                self.kept = word.len();
            }
            '\\' => word.extend(rest.next()),
            _ => {
                word.push(character);
                if breaks.contains(character) {
                    self.kept = word.len();
                }
            }
        }
    }

    /// The word at the cursor.
    pub(super) fn current(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    /// What to put behind what is kept, so that the word becomes `value`; `None` when it does not begin with what is
    /// kept.
    pub(super) fn insertion(&self, value: &str) -> Option<String> {
        let rest = value.strip_prefix(self.current().get(..self.kept)?)?;
        Some(match self.quote {
            Some('"') => escaped(rest, |c| "$`\"\\".contains(c)),
            Some(_) => rest.replace('\'', r"'\''"),
            None => escaped(rest, |c| c.is_whitespace() || "\"'\\$`&|;<>()*?[]{}!#~^".contains(c)),
        })
    }
}

fn escaped(text: &str, is_special: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if is_special(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_words() {
        let cases: [(&str, &[&str], Option<char>, &str); 14] = [
            ("nepho get ", &["nepho", "get", ""], None, ""),
            ("nepho get Sh", &["nepho", "get", "Sh"], None, ""),
            ("nepho  get --dimension Service=we", &["nepho", "get", "--dimension", "Service=we"], None, "Service="),
            ("nepho get My\\ Ap", &["nepho", "get", "My Ap"], None, ""),
            ("nepho get 'My Ap", &["nepho", "get", "My Ap"], Some('\''), ""),
            ("nepho get \"My \\\"Ap", &["nepho", "get", "My \"Ap"], Some('"'), ""),
            ("nepho get \"a\\b\" x", &["nepho", "get", "a\\b", "x"], None, ""),
            ("nepho query 'errors = Shop Err", &["nepho", "query", "errors = Shop Err"], Some('\''), ""),
            ("nepho query 'a b' 'c", &["nepho", "query", "a b", "c"], Some('\''), ""),
            ("nepho get --dimension Page='/a b", &["nepho", "get", "--dimension", "Page=/a b"], Some('\''), "Page="),
            ("nepho get a:b=c:d", &["nepho", "get", "a:b=c:d"], None, "a:b=c:"),
            ("nepho get ''", &["nepho", "get", ""], None, ""),
            ("nepho get \\", &["nepho", "get", ""], None, ""),
            ("", &[""], None, ""),
        ];
        for (line, words, quote, kept) in cases {
            let found = CommandLine::parse(line, "=:");
            assert_eq!(
                (&found.words[..], found.quote),
                (&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>()[..], quote),
                "{line}"
            );
            assert_eq!(&found.current()[..found.kept], kept, "{line}");
        }
    }

    #[test]
    fn what_is_put_in_is_quoted_as_the_word_is() {
        let cases = [
            ("nepho get My", "My App", Some(r"My\ App")),
            ("nepho get 'My", "My App", Some("My App")),
            ("nepho get 'it", "it's", Some(r"it'\''s")),
            ("nepho get \"it", "it's $5", Some(r"it's \$5")),
            ("nepho get --dimension Page=", "Page=/a b", Some(r"/a\ b")),
            ("nepho get --dimension Page='/a", "Page=/a b", Some("/a b")),
            ("nepho get --dimension Page=", "Other=1", None),
            ("nepho query a", "a(b)", Some(r"a\(b\)")),
        ];
        for (line, value, expected) in cases {
            let insertion = CommandLine::parse(line, "=:").insertion(value);
            assert_eq!(insertion.as_deref(), expected, "{line}");
        }
    }

    proptest! {
        /// Behind what is kept, what is put in makes the word that was offered, whatever quotes it stands in.
        #[test]
        fn what_is_put_in_is_read_as_it_was_meant(
            quote in prop::sample::select(vec!["", "'", "\""]),
            value in "[ -~ä]{0,12}",
        ) {
            let line = format!("nepho get x {quote}");
            let insertion = CommandLine::parse(&line, "=:").insertion(&value).unwrap();
            let typed = CommandLine::parse(&format!("{line}{insertion}{quote}"), "");
            prop_assert_eq!(typed.current(), &value, "{}", insertion);
            prop_assert_eq!(typed.quote, None);
        }

        #[test]
        fn any_line_is_read(line in ".{0,30}", breaks in "[=: \"']{0,3}", value in ".{0,5}") {
            let found = CommandLine::parse(&line, &breaks);
            prop_assert!(found.current().is_char_boundary(found.kept));
            found.insertion(&value);
        }
    }
}
