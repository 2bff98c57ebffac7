//! Addresses of the server that messages carry, as far as they are its own and not SNS's.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a link.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where the server explains an alarm.
pub(crate) fn explain_url(base_url: &str, alarm: &str) -> String {
    format!("{base_url}/alarms/explain?name={}", utf8_percent_encode(alarm, UNRESERVED))
}
