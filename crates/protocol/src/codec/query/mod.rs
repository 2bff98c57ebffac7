//! awsQuery requests: form-encoded keys such as `MetricData.member.1.Value`.

mod pairs;
mod read;

use serde::Deserialize;

use super::fault::explain;
use crate::error::{ServiceError, code};
use read::Node;

pub use pairs::{Form, KEY_DEPTH_MAX, PAIRS_MAX};
pub use read::INDEX_MAX;

/// Decodes a shape from a form-encoded body or a query string.
///
/// Keys that the shape does not know, such as `Action` and `Version`, are ignored.
///
/// # Errors
///
/// `MalformedQueryString` when the form itself cannot be read, `MalformedInput` when a member
/// cannot.
pub fn from_slice<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, ServiceError> {
    let form = Form::parse(body)?.sorted();
    T::deserialize(Node::root(&form))
        .map_err(|cause| code::MALFORMED_INPUT.message(explain::<T, _>(Node::root(&form), &cause)))
}
