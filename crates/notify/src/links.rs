//! Addresses of the server that messages carry, as far as they are its own and not SNS's.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a link.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where the server explains an alarm, given its name and ARN.
pub(crate) fn explain_url(base_url: &str, alarm: &str, arn: &str) -> String {
    let region = arn.split(':').nth(3).unwrap_or_default();
    let encoded = |text| utf8_percent_encode(text, UNRESERVED);
    format!("{base_url}/alarms/explain?name={}&region={}", encoded(alarm), encoded(region))
}
