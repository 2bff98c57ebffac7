//! Pages of lists.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nepho_notify::Refusal;

/// The most on one page.
pub(super) const PAGE_MAX: usize = 100;

/// A token that says where a page ended.
pub(super) fn token(after: &str) -> String {
    URL_SAFE_NO_PAD.encode(after)
}

/// Where the page before ended.
pub(super) fn after(token: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let after = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    after.map(Some).ok_or_else(|| Refusal::invalid("NextToken Reason: it is not one of ours"))
}
