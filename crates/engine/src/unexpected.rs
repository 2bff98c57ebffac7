//! What a text has where something else was expected.

/// The longest piece of a text that an error repeats, in characters.
const FOUND_MAX: usize = 40;

/// A place in a text that cannot be read on from there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: found {found}, expected {expected}{}", .hint.as_deref().unwrap_or_default())]
pub struct Unexpected {
    /// Which character, counted from 1; one past the last at the end of the text.
    pub position: usize,
    /// What is there, in words.
    pub found: String,
    /// What could be there, in words.
    pub expected: String,
    /// What may help: a sentence with punctuation in front of it.
    pub hint: Option<String>,
}

impl Unexpected {
    /// Something other than `expected` at a byte of `text`, where `length` bytes belong together.
    pub(crate) fn new(text: &str, at: usize, length: usize, expected: impl Into<String>) -> Self {
        let found = match &text[at..at + length] {
            "" => "the end".to_owned(),
            piece if piece.chars().count() > FOUND_MAX => {
                format!("`{}...`", piece.chars().take(FOUND_MAX).collect::<String>())
            }
            piece => format!("`{piece}`"),
        };
        Unexpected { position: position(text, at), found, expected: expected.into(), hint: None }
    }

    /// Adds what may help.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl std::fmt::Display) -> Self {
        self.hint = Some(format!("; {hint}"));
        self
    }
}

/// Which character begins at a byte of `text`, counted from 1.
pub(crate) fn position(text: &str, at: usize) -> usize {
    text[..at].chars().count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_where_and_what() {
        let long = "x".repeat(FOUND_MAX + 1);
        let cases = [
            (Unexpected::new("a é b", 5, 1, "a comma"), "at character 5: found `b`, expected a comma".to_owned()),
            (Unexpected::new("a", 1, 0, "a comma"), "at character 2: found the end, expected a comma".to_owned()),
            (
                Unexpected::new(&long, 0, long.len(), "less").hint("cut it"),
                format!("at character 1: found `{}...`, expected less; cut it", &long[1..]),
            ),
        ];
        for (unexpected, expected) in cases {
            assert_eq!(unexpected.to_string(), expected);
        }
    }
}
