//! The tags of queues.

use std::collections::BTreeMap;

use super::fault::{Fault, FaultKind};
use super::name::QueueName;

/// The most tags of a queue.
pub const TAGS_MAX: usize = 50;
/// The most characters of a tag's key.
pub const TAG_KEY_MAX: usize = 128;
/// The most characters of a tag's value.
pub const TAG_VALUE_MAX: usize = 256;
/// What begins so is AWS's own, in whatever case.
const RESERVED: &str = "aws:";

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// Tags with others added.
pub(super) fn added(tags: &Tags, new: Tags, queue: &QueueName) -> Result<Tags, Fault> {
    let invalid = |message: String| Fault::new(FaultKind::InvalidParameterValue, message);
    for (key, value) in &new {
        if !(1..=TAG_KEY_MAX).contains(&key.chars().count()) {
            return Err(invalid(format!("Tag keys must be between 1 and {TAG_KEY_MAX} characters in length.")));
        }
        if value.chars().count() > TAG_VALUE_MAX {
            return Err(invalid(format!("Tag values must be between 0 and {TAG_VALUE_MAX} characters in length.")));
        }
        if key.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
            return Err(invalid(format!("Tag key {key} is reserved: keys must not begin with {RESERVED}")));
        }
    }
    let mut tags = tags.clone();
    tags.extend(new);
    match tags.len() > TAGS_MAX {
        true => Err(invalid(format!("Too many tags added for queue {queue}."))),
        false => Ok(tags),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(count: usize, key: &str, value: &str) -> Result<Tags, Fault> {
        let tags = (0..count).map(|n| (format!("k{n}"), String::new())).collect();
        added(&tags, Tags::from([(key.to_owned(), value.to_owned())]), &QueueName::new("q").unwrap())
    }

    #[test]
    fn tags_have_limits() {
        assert!(add(TAGS_MAX - 1, "new", "v").is_ok());
        assert!(add(TAGS_MAX, "k1", "v").is_ok());
        assert_eq!(add(TAGS_MAX, "new", "v").unwrap_err().message, "Too many tags added for queue q.");
        assert!(add(0, &"é".repeat(TAG_KEY_MAX), &"é".repeat(TAG_VALUE_MAX)).is_ok());
        assert!(add(0, &"k".repeat(TAG_KEY_MAX + 1), "").is_err());
        assert!(add(0, "k", &"v".repeat(TAG_VALUE_MAX + 1)).is_err());
        assert!(add(0, "", "").is_err());
        assert!(add(0, "AWS:x", "").is_err());
    }
}
