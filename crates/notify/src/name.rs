//! The names of queues and topics, as far as they follow one rule.

/// What the name of a FIFO queue or topic ends with, and no other's.
pub const FIFO_SUFFIX: &str = ".fifo";

/// Whether a text has letters, digits, hyphens and underscores only, at least one and at most so many.
pub(crate) fn is_plain(text: &str, most: usize) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=most).contains(&text.len()) && text.bytes().all(is_legal)
}

/// Whether a text is the name of a queue or topic, of at most so many characters with the suffix.
pub(crate) fn is_name(text: &str, most: usize) -> bool {
    text.len() <= most && is_plain(text.strip_suffix(FIFO_SUFFIX).unwrap_or(text), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_letters_digits_hyphens_and_underscores() {
        for legal in ["q", "Orders-2_x", "a.fifo", "tenletters", "five5.fifo"] {
            assert!(is_name(legal, 10), "{legal}");
        }
        for illegal in ["", "a.b", "a b", ".fifo", "a.fifo.fifo", "é", "a/b", "a:b", "elevenchars", "six666.fifo"] {
            assert!(!is_name(illegal, 10), "{illegal}");
        }
        assert!(is_plain("a-B_1", 5) && !is_plain("a-B_1", 4) && !is_plain("", 4) && !is_plain("a.fifo", 10));
    }
}
