//! The queries of a command line: an argument each, or all arguments together one.

use super::line::{is_name, options, split_id};
use super::words::{in_quotes, quoted};

/// The texts of the queries that the arguments are.
///
/// An argument is a query. But where the first is a single name (or an id with its `=`), which is no query worth asking,
/// and no other has an id of its own, they are the words of one query: `nepho query Shop Orders Service=web Sum`.
pub(super) fn queries(arguments: &[String]) -> Vec<String> {
    match arguments {
        [first, rest @ ..] if !rest.is_empty() && is_word(first) && !rest.iter().any(|one| has_id(one)) => {
            vec![joined(arguments)]
        }
        _ => arguments.to_vec(),
    }
}

/// Whether an argument is the first word of a query that goes on in the next.
pub(crate) fn is_word(argument: &str) -> bool {
    let (id, behind) = split_id(argument);
    is_name(argument) || (id.is_some() && argument[behind..].trim().is_empty())
}

/// The words as one text.
pub(crate) fn joined(words: &[String]) -> String {
    let word = |word: &String| match options().find(|option| word.starts_with(option)) {
        Some(option) => format!("{option}{}", in_quotes(&word[option.len()..])),
        None => quoted(word),
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Whether an argument begins with an id. Dimensions, which look alike, have no spaces around the `=`.
fn has_id(argument: &str) -> bool {
    let (id, behind) = split_id(argument);
    let before = argument[..behind].strip_suffix('=').unwrap_or_default();
    id.is_some() && (before.ends_with(char::is_whitespace) || argument[behind..].starts_with(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_queries_or_the_words_of_one() {
        let cases: [(&[&str], &[&str]); 12] = [
            (&["Shop Orders Sum"], &["Shop Orders Sum"]),
            (&["orders"], &["orders"]),
            (&["a = Shop Orders", "b = Shop Errors", "a / b"], &["a = Shop Orders", "b = Shop Errors", "a / b"]),
            (&["Shop", "Orders", "Service=web", "Sum", "1m"], &["Shop Orders Service=web Sum 1m"]),
            (&["Shop", "Queue Depth", "Page=/a b"], &["Shop \"Queue Depth\" \"Page=/a b\""]),
            (&["errors", "=", "Shop", "Errors"], &["errors = Shop Errors"]),
            (&["errors=", "Shop", "Errors"], &["errors= Shop Errors"]),
            (
                &["Shop", "Orders", "label:All orders", "unit:Count"],
                &["Shop Orders label:\"All orders\" unit:\"Count\""],
            ),
            (&["a", "a = Shop Orders"], &["a", "a = Shop Orders"]),
            (&["x=a", "y=b"], &["x=a", "y=b"]),
            (&["a/b*2", "c"], &["a/b*2", "c"]),
            (&["SEARCH('a','Sum')", "SEARCH('b','Sum')"], &["SEARCH('a','Sum')", "SEARCH('b','Sum')"]),
        ];
        for (arguments, expected) in cases {
            let arguments: Vec<_> = arguments.iter().map(|one| (*one).to_owned()).collect();
            assert_eq!(queries(&arguments), expected, "{arguments:?}");
        }
    }
}
