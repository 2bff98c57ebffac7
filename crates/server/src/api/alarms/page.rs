//! Pages of alarms and of their histories.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nepho_protocol::error::constraint::{Constraint, Violations};
use nepho_protocol::error::{ServiceError, code};

/// The most records on one page.
const RECORDS_MAX: i32 = 100;

/// How many records are wanted on a page.
pub(super) fn limit(given: Option<i32>, otherwise: i32) -> Result<usize, ServiceError> {
    let limit = given.unwrap_or(otherwise);
    let mut violations = Violations::default();
    if limit < 1 {
        violations.add("maxRecords", limit, Constraint::ValueMin(1));
    }
    if limit > RECORDS_MAX {
        violations.add("maxRecords", limit, Constraint::ValueMax(i64::from(RECORDS_MAX)));
    }
    violations.check()?;
    Ok(limit as usize)
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
        None => Err(code::INVALID_NEXT_TOKEN.message("The specified NextToken is invalid.")),
    }
}
