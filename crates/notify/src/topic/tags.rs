//! The tags of topics.

use std::collections::BTreeMap;

use crate::refusal::{Refusal, RefusalKind};

/// The most tags of a topic.
pub const TAGS_MAX: usize = 50;
/// The most characters of a tag's key.
pub const TAG_KEY_MAX: usize = 128;
/// The most characters of a tag's value.
pub const TAG_VALUE_MAX: usize = 256;
/// What begins so is AWS's own, in whatever case.
const RESERVED: &str = "aws:";

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// Tags with others added, which replace those of the same key.
///
/// # Errors
/// A key or a value is wrong, a key comes twice, or there are too many then.
pub fn tagged(tags: &Tags, new: impl IntoIterator<Item = (String, String)>) -> Result<Tags, Refusal> {
    let mut added = Tags::new();
    for (key, value) in new {
        check(&key, &value)?;
        if added.insert(key, value).is_some() {
            return Err(Refusal::invalid("Duplicated keys are not allowed."));
        }
    }
    let mut tags = tags.clone();
    tags.extend(added);
    match tags.len() > TAGS_MAX {
        true => {
            let message = format!("Could not complete request: tag quota of per resource exceeded ({TAGS_MAX})");
            Err(Refusal::new(RefusalKind::TagLimitExceeded, message))
        }
        false => Ok(tags),
    }
}

fn check(key: &str, value: &str) -> Result<(), Refusal> {
    let (key_length, value_length) = (key.chars().count(), value.chars().count());
    if !(1..=TAG_KEY_MAX).contains(&key_length) {
        return Err(Refusal::invalid(format!(
            "Tags Reason: a key of {key_length} characters is not between 1 and {TAG_KEY_MAX}"
        )));
    }
    if value_length > TAG_VALUE_MAX {
        return Err(Refusal::invalid(format!(
            "Tags Reason: a value of {value_length} characters exceeds the limit of {TAG_VALUE_MAX}"
        )));
    }
    match key.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
        true => Err(Refusal::invalid(format!("Tags Reason: keys must not begin with {RESERVED}, as {key} does"))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(count: usize, key: &str, value: &str) -> Result<Tags, Refusal> {
        let tags = (0..count).map(|n| (format!("k{n}"), String::new())).collect();
        tagged(&tags, [(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn tags_have_limits() {
        assert!(add(TAGS_MAX - 1, "new", "v").is_ok());
        assert_eq!(add(TAGS_MAX, "k1", "v").unwrap()["k1"], "v");
        assert_eq!(add(TAGS_MAX, "new", "v").unwrap_err().kind, RefusalKind::TagLimitExceeded);
        assert!(add(0, &"é".repeat(TAG_KEY_MAX), &"é".repeat(TAG_VALUE_MAX)).is_ok());
        assert!(add(0, &"k".repeat(TAG_KEY_MAX + 1), "").is_err());
        assert!(add(0, "k", &"v".repeat(TAG_VALUE_MAX + 1)).is_err());
        assert!(add(0, "", "").is_err());
        assert!(add(0, "AWS:x", "").is_err());
        let twice = [("k".to_owned(), "a".to_owned()), ("k".to_owned(), "b".to_owned())];
        let message = tagged(&Tags::new(), twice).unwrap_err().message;
        assert_eq!(message, "Invalid parameter: Duplicated keys are not allowed.");
    }
}
