//! Words of a command that can be typed into a shell.

/// The text as one word: quoted where a shell would take it apart.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_shell_takes_apart_are_quoted() {
        let cases = [("Shop/Orders", "Shop/Orders"), ("My App", "'My App'"), ("it's", r"'it'\''s'"), ("", "''")];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }
}
