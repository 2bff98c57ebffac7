//! What came of an attempt.

use crate::retry::RetryAfter;

/// What came of an attempt, as far as it matters for what is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint has taken the message.
    Delivered,
    /// The endpoint will not take it however often it is tried: a client-side error.
    Refused,
    /// It may be taken later: a server-side error, a timeout, or too many at once.
    Failed,
    /// The same, and the endpoint wants to be left alone for a while.
    Busy(RetryAfter),
}

impl Outcome {
    /// Whether it may be taken later.
    pub const fn has_failed(self) -> bool {
        matches!(self, Outcome::Failed | Outcome::Busy(_))
    }

    /// What a status of HTTP means with a header `Retry-After`, which counts where the endpoint says that it is too much now.
    pub const fn of_answer(status: u16, retry_after: Option<RetryAfter>) -> Self {
        match (status, retry_after) {
            (429 | 503, Some(after)) => Outcome::Busy(after),
            _ => Outcome::of_status(status),
        }
    }

    /// What a status of HTTP means. Redirects are not followed: the owner of the endpoint has agreed to this address.
    pub const fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Outcome::Delivered,
            429 => Outcome::Failed,
            300..=499 => Outcome::Refused,
            _ => Outcome::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_too_much_to_do_is_left_alone() {
        let after = RetryAfter::Seconds(60);
        for (status, is_busy) in [(200, false), (301, false), (404, false), (429, true), (500, false), (503, true)] {
            let busy = Outcome::of_answer(status, Some(after));
            let expected = if is_busy { Outcome::Busy(after) } else { Outcome::of_status(status) };
            assert_eq!(busy, expected, "{status}");
            assert_eq!(Outcome::of_answer(status, None), Outcome::of_status(status));
        }
        assert!(Outcome::Busy(after).has_failed() && Outcome::Failed.has_failed() && !Outcome::Refused.has_failed());
    }

    #[test]
    fn statuses_have_their_meaning() {
        use Outcome::{Delivered, Failed, Refused};
        let cases = [
            (199, Failed),
            (200, Delivered),
            (202, Delivered),
            (299, Delivered),
            (300, Refused),
            (302, Refused),
            (400, Refused),
            (404, Refused),
            (410, Refused),
            (428, Refused),
            (429, Failed),
            (430, Refused),
            (499, Refused),
            (500, Failed),
            (503, Failed),
            (600, Failed),
        ];
        for (status, expected) in cases {
            assert_eq!(Outcome::of_status(status), expected, "{status}");
        }
    }
}
