//! Pages of groups and streams.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nepho_protocol::error::ServiceError;

use super::{constraint, invalid};

/// The most on one page, and how many when nothing is said.
const PAGE_MAX: i32 = 50;

/// How many are wanted on a page.
pub(super) fn limit(given: Option<i32>) -> Result<usize, ServiceError> {
    let limit = given.unwrap_or(PAGE_MAX);
    match limit {
        1..=PAGE_MAX => Ok(limit as usize),
        _ => {
            let range = format!("Member must have value between 1 and {PAGE_MAX}, inclusive");
            Err(constraint(&limit.to_string(), "limit", &range))
        }
    }
}

/// A token that says where a page ended.
pub(super) fn token(after: &str) -> String {
    URL_SAFE_NO_PAD.encode(after)
}

/// Where the page before ended.
pub(super) fn after(token: Option<&str>) -> Result<Option<String>, ServiceError> {
    let Some(token) = token else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(after) => Ok(Some(after)),
        None => Err(invalid("The specified nextToken is invalid.")),
    }
}
