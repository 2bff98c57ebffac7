//! Which email a sample is about.

use std::fmt;

use uuid::Uuid;

/// The id of an email: what `email_id` refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailId {
    /// A number, for columns of type `bigint` and `integer`.
    Number(i64),
    /// A UUID.
    Uuid(Uuid),
}

impl From<i64> for EmailId {
    fn from(id: i64) -> Self {
        EmailId::Number(id)
    }
}

impl From<i32> for EmailId {
    fn from(id: i32) -> Self {
        EmailId::Number(i64::from(id))
    }
}

impl From<Uuid> for EmailId {
    fn from(id: Uuid) -> Self {
        EmailId::Uuid(id)
    }
}

impl fmt::Display for EmailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmailId::Number(id) => id.fmt(f),
            EmailId::Uuid(id) => id.fmt(f),
        }
    }
}
