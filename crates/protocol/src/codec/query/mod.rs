//! awsQuery requests: form-encoded keys such as `MetricData.member.1.Value`.

mod pairs;
mod read;

use serde::Deserialize;

use super::fault::explain;
use crate::error::{ServiceError, code};
use pairs::Form;
use read::Node;

pub use pairs::{KEY_DEPTH_MAX, PAIRS_MAX, parameter};
pub use read::INDEX_MAX;

/// Decodes a shape from a form-encoded body or a query string.
///
/// Keys that the shape does not know, such as `Action` and `Version`, are ignored.
///
/// # Errors
///
/// `MalformedQueryString` for more than [`PAIRS_MAX`] keys, a key of more than [`KEY_DEPTH_MAX`]
/// parts, and text that is not UTF-8; `MalformedInput` for a member that cannot be read.
pub fn from_slice<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, ServiceError> {
    let form = Form::parse(body)?.sorted();
    T::deserialize(Node::root(&form))
        .map_err(|cause| code::MALFORMED_INPUT.message(explain::<T, _>(Node::root(&form), &cause)))
}
