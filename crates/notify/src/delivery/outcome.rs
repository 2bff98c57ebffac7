//! What came of an attempt.

/// What came of an attempt, as far as it matters for what is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint has taken the message.
    Delivered,
    /// The endpoint will not take it however often it is tried: a client-side error.
    Refused,
    /// It may be taken later: a server-side error, a timeout, or too many at once.
    Failed,
}

impl Outcome {
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
