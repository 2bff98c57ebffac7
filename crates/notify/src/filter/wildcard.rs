//! Patterns in which `*` stands for any characters; `\*` and `\\` stand for themselves.

/// The parts of a pattern between its wildcards; `None` when a backslash stands before anything else.
pub(super) fn parts(pattern: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '*' => parts.push(String::new()),
            '\\' => parts.last_mut()?.push(rest.next().filter(|next| matches!(next, '*' | '\\'))?),
            c => parts.last_mut()?.push(c),
        }
    }
    Some(parts)
}

/// Whether a text is what the parts say, with anything between them.
pub(super) fn matches(parts: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = parts else { return parts.first().is_some_and(|only| only == text) };
    let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
    let Some(mut rest) = rest.strip_suffix(last.as_str()) else { return false };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_any_characters() {
        let cases = [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*", "anything", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "ac", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "acb", false),
            ("ab*ba", "aba", false),
            (r"a\*c", "a*c", true),
            (r"a\*c", "abc", false),
            (r"a\\*", r"a\b", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(&parts(pattern).unwrap(), text), expected, "{pattern} {text}");
        }
        assert_eq!(parts(r"a\b"), None);
        assert_eq!(parts(r"a\"), None);
    }
}
