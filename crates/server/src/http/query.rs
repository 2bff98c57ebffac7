//! The query string of the server's own paths.

use percent_encoding::percent_decode_str;

/// The pairs of a query string, in order. `None` when one is not UTF-8.
pub(crate) fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        Some((decoded(name)?, decoded(value)?))
    };
    query.split('&').filter(|text| !text.is_empty()).map(pair).collect()
}

fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let expected = [("namespace", "My App"), ("dimension", "A=B"), ("x", "")];
        let expected: Vec<_> = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(pairs("namespace=My+App&dimension=A%3DB&&x"), Some(expected));
        assert_eq!(pairs("a=%ff"), None);
    }
}
