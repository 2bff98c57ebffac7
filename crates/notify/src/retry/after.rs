//! How long an endpoint wants to be left alone.

use std::time::UNIX_EPOCH;

use nepho_model::Timestamp;

use super::MAX_DELAY_SECONDS;

/// What an endpoint says in the header `Retry-After` (RFC 9110, section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds from now.
    Seconds(u64),
    /// A time.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header. `date` is the header `Date` of the same answer: where there is one, a time is taken by the endpoint's own
    /// clock.
    pub fn parse(value: &str, date: Option<&str>) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(RetryAfter::Seconds(value.parse().unwrap_or(u64::MAX)));
        }
        let at = http_date(value)?;
        Some(match date.and_then(http_date) {
            Some(date) => RetryAfter::Seconds(at.seconds().saturating_sub(date.seconds()).max(0) as u64),
            None => RetryAfter::At(at),
        })
    }

    /// How many seconds that is from `now`, at most [`MAX_DELAY_SECONDS`].
    pub fn delay_seconds(self, now: Timestamp) -> f64 {
        let seconds = match self {
            RetryAfter::Seconds(seconds) => seconds,
            RetryAfter::At(at) => at.seconds().saturating_sub(now.seconds()).max(0) as u64,
        };
        seconds.min(MAX_DELAY_SECONDS) as f64
    }
}

fn http_date(text: &str) -> Option<Timestamp> {
    let since = httpdate::parse_http_date(text.trim()).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_seconds(since.as_secs() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 08:49:37 of that day.
    const NOW: i64 = 784_111_777;

    #[test]
    fn seconds_and_dates_are_read_and_bounded() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let ahead = Some("Sun, 06 Nov 1994 08:59:37 GMT");
        let cases = [
            ("0", None, Some(0.0)),
            ("120", None, Some(120.0)),
            (" 120 ", date, Some(120.0)),
            ("3600", None, Some(3600.0)),
            ("3601", None, Some(3600.0)),
            ("99999999999999999999999", None, Some(3600.0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", None, Some(60.0)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", None, Some(60.0)),
            ("Sun Nov  6 08:50:37 1994", None, Some(60.0)),
            ("Sun, 06 Nov 1994 08:49:36 GMT", None, Some(0.0)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", None, Some(3600.0)),
            // The endpoint's clock is ten minutes ahead of this one.
            ("Sun, 06 Nov 1994 09:00:37 GMT", ahead, Some(60.0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", ahead, Some(0.0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some("now"), Some(60.0)),
            ("", None, None),
            ("-1", None, None),
            ("1.5", None, None),
            ("soon", None, None),
            ("Sun, 06 Nov 1969 08:49:37 GMT", None, None),
        ];
        for (value, date, expect) in cases {
            let found = RetryAfter::parse(value, date).map(|after| after.delay_seconds(Timestamp::from_seconds(NOW)));
            assert_eq!(found, expect, "{value:?} {date:?}");
        }
    }
}
