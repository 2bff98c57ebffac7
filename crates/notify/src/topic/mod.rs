//! Topics, as Amazon SNS has them: names, attributes, permissions and tags.

mod attribute;
mod name;
mod permission;
mod policy;
mod settings;
mod tags;

pub use attribute::{DISPLAY_NAME_MAX, FIFO_TOPIC};
pub use name::{NAME_MAX, TopicArn, TopicName};
pub use permission::{LABEL_MAX, add_permission, remove_permission};
pub use policy::default_policy;
pub use settings::{Counted, SignatureVersion, TopicSettings};
pub use tags::{TAG_KEY_MAX, TAG_VALUE_MAX, TAGS_MAX, Tags, tagged};

/// The most standard topics of an account in a Region.
pub const TOPICS_MAX: usize = 100_000;
/// The most FIFO topics of an account in a Region.
pub const FIFO_TOPICS_MAX: usize = 1000;
