//! The words of the short form: white space between them, quotes around what has some.

use std::ops::Range;

use super::fault::Fault;

/// A word, with or without quotes somewhere in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// What it says, without the quotes.
    pub(crate) value: String,
    /// Where it stands: bytes of the text.
    pub(crate) span: Range<usize>,
    /// How much of the value, from its beginning, stands outside of quotes: bytes.
    pub(crate) bare: usize,
    /// The first `=` of the value that stands outside of quotes: a byte.
    pub(crate) equals: Option<usize>,
}

/// The words of a text, whatever they mean.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) words: Vec<Word>,
    /// Where a quote begins that is not closed, which is in the last word: a byte of the text.
    pub(crate) unclosed: Option<usize>,
}

/// Reads the words of `text` from a byte on. Between double quotes, a backslash stands before a quote or another
/// backslash; between single quotes, everything is what it is.
pub(crate) fn words(text: &str, from: usize) -> Words {
    let mut read = Words { words: Vec::new(), unclosed: None };
    let mut word: Option<Word> = None;
    let mut characters = text[from..].char_indices().map(|(at, c)| (from + at, c)).peekable();
    while let Some((at, character)) = characters.next() {
        if character.is_whitespace() {
            read.words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_with(|| Word { value: String::new(), span: at..at, bare: 0, equals: None });
        if character != '"' && character != '\'' {
            let is_bare = word.bare == word.value.len();
            if character == '=' && word.equals.is_none() {
                word.equals = Some(word.value.len());
            }
            word.value.push(character);
            if is_bare && !text[word.span.start..at].contains(['"', '\'']) {
                word.bare = word.value.len();
            }
            word.span.end = at + character.len_utf8();
            continue;
        }
        let quote = character;
        read.unclosed = Some(at);
        word.span.end = at + 1;
        while let Some((at, character)) = characters.next() {
            word.span.end = at + character.len_utf8();
            if character == quote {
                read.unclosed = None;
                break;
            }
            let escaped = characters.peek().map(|(_, next)| *next).filter(|next| ['"', '\\'].contains(next));
            match escaped {
                Some(escaped) if quote == '"' && character == '\\' => {
                    characters.next();
                    word.value.push(escaped);
                    word.span.end += 1;
                }
                _ => word.value.push(character),
            }
        }
    }
    read.words.extend(word);
    read
}

/// Reads the words of `text` from a byte on, all of them whole.
///
/// # Errors
/// When a quote is not closed.
pub(super) fn whole_words(text: &str, from: usize) -> Result<Vec<Word>, Fault> {
    let Words { words, unclosed } = words(text, from);
    match unclosed {
        None => Ok(words),
        Some(at) => Err(Fault::at(
            text,
            at,
            "this quote is not closed; one that belongs to a name stands in the other \
                                             kind of quotes: \"it's\"",
        )),
    }
}

/// The text as a word: quoted where it would be taken apart.
pub(crate) fn quoted(text: &str) -> String {
    let is_apart = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    if !text.is_empty() && !text.contains(is_apart) {
        return text.to_owned();
    }
    in_quotes(text)
}

/// The text as a word in double quotes.
pub(crate) fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words, with `|` behind what is bare and `~` for an `=` outside of quotes.
    fn shown(text: &str) -> Vec<String> {
        let show = |word: &Word| {
            let mut shown = word.value.clone();
            if let Some(at) = word.equals {
                shown.replace_range(at..=at, "~");
            }
            shown.insert(word.bare, '|');
            shown
        };
        words(text, 0).words.iter().map(show).collect()
    }

    #[test]
    fn words_have_white_space_between_or_inside_of_quotes() {
        let cases: [(&str, &[&str]); 11] = [
            ("", &[]),
            ("  Shop \t Orders  ", &["Shop|", "Orders|"]),
            ("Shop 'Queue Depth'", &["Shop|", "|Queue Depth"]),
            (r#""My App" "a \"b\" c\\d""#, &["|My App", r#"|a "b" c\d"#]),
            (r#"Page="/a b" 'Page=/c d'"#, &["Page~|/a b", "|Page=/c d"]),
            (r#""a=b"=c=d"#, &["|a=b~c=d"]),
            (r#"label:"it's" x"#, &["label:|it's", "x|"]),
            (r"C:\dir '\' \", &[r"C:\dir|", r"|\", r"\|"]),
            (r#""\n""#, &[r"|\n"]),
            ("a''b ''", &["a|b", "|"]),
            ("größe=ä ö", &["größe~ä|", "ö|"]),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "ä 'b c' d";
        let spans: Vec<_> = words(text, 2).words.into_iter().map(|word| text[word.span].to_owned()).collect();
        assert_eq!(spans, ["'b c'", "d"]);
    }

    #[test]
    fn a_quote_may_be_open() {
        assert_eq!(words("Shop 'Queue De", 0).unclosed, Some(5));
        assert_eq!(words("Shop \"a\\\"", 0).words[1].value, "a\"");
        assert_eq!(whole_words("Shop 'Queue De", 0).unwrap_err().position, 6);
    }

    #[test]
    fn what_would_be_taken_apart_is_quoted() {
        for text in ["Orders", "a b", "", "it's", "say \"hi\"", r"C:\a b", r"\", "'\"'", "a\u{a0}b", "=", "\\\""] {
            let read = words(&quoted(text), 0);
            assert_eq!((read.words.len(), read.words[0].value.as_str(), read.unclosed), (1, text, None), "{text}");
        }
    }
}
