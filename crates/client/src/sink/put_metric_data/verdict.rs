//! What an error of PutMetricData means for the data.

use aws_sdk_cloudwatch::config::http::HttpResponse;
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};

/// What becomes of the data of a request that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Another time it may be taken.
    Later(String),
    /// It will never be taken.
    Never(String),
    /// The datums at these places, from 1, will never be taken; nothing is said against the others.
    NeverThese {
        /// In the order of the message, which may name one more than once.
        places: Vec<usize>,
        /// AWS's code and message.
        message: String,
    },
}

/// Codes below 500 that are about the moment, or about who asks, and not about the data. (Who asks is known by its
/// status, 401 or 403, as a rule; old spellings come with 400.)
const LATER: [&str; 13] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "RequestAbortedException",
    "RequestExpired",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "UnrecognizedClientException",
];

/// Statuses below 500 that say the same.
const LATER_STATUSES: [u16; 4] = [401, 403, 408, 429];
/// The one status that is about the data, whoever says it: a proxy has limits of its own.
const TOO_LARGE: u16 = 413;

/// Judges an error.
pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Verdict
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let SdkError::ServiceError(answered) = error else {
        return Verdict::Later(causes(error));
    };
    let meta = answered.err().meta();
    judge(answered.raw().status().as_u16(), meta.code(), meta.message().unwrap_or_default())
}

/// An error and what it came from, the outermost first.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string);
    causes.collect::<Vec<_>>().join(": ")
}

fn judge(status: u16, code: Option<&str>, message: &str) -> Verdict {
    let text = match code {
        Some(code) => format!("{code} ({status}): {message}"),
        // Not CloudWatch's words: a proxy, or a server of another kind.
        None => format!("an answer with status {status} that is not CloudWatch's"),
    };
    let is_refusal = (400..500).contains(&status)
        && !LATER_STATUSES.contains(&status)
        && code.is_some_and(|code| !LATER.contains(&code));
    if !is_refusal && status != TOO_LARGE {
        return Verdict::Later(text);
    }
    let places = places(message);
    if places.is_empty() { Verdict::Never(text) } else { Verdict::NeverThese { places, message: text } }
}

/// The places of the datums a message names: the 7 of `MetricData.member.7.Value`. Data of entities is never sent.
fn places(message: &str) -> Vec<usize> {
    let after = message.split("MetricData.member.").skip(1);
    let place = |rest: &str| rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok();
    after.filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_statuses_decide() {
        let later = |text: &str| Verdict::Later(text.to_owned());
        let never = |text: &str| Verdict::Never(text.to_owned());
        let cases = [
            (400, Some("Throttling"), "Rate exceeded", later("Throttling (400): Rate exceeded")),
            (400, Some("ThrottlingException"), "slow", later("ThrottlingException (400): slow")),
            (429, Some("Anything"), "slow", later("Anything (429): slow")),
            (503, Some("ServiceUnavailable"), "", later("ServiceUnavailable (503): ")),
            (500, Some("InternalServiceFault"), "x", later("InternalServiceFault (500): x")),
            (403, Some("AccessDenied"), "no", later("AccessDenied (403): no")),
            (400, Some("ExpiredToken"), "old", later("ExpiredToken (400): old")),
            (408, Some("RequestTimeoutException"), "", later("RequestTimeoutException (408): ")),
            (404, None, "", later("an answer with status 404 that is not CloudWatch's")),
            (200, None, "", later("an answer with status 200 that is not CloudWatch's")),
            (413, None, "", never("an answer with status 413 that is not CloudWatch's")),
            (400, Some("InvalidParameterValue"), "Namespace", never("InvalidParameterValue (400): Namespace")),
            (404, Some("UnknownOperationException"), "", never("UnknownOperationException (404): ")),
        ];
        for (status, code, message, expected) in cases {
            assert_eq!(judge(status, code, message), expected, "{status} {code:?}");
        }
    }

    #[test]
    fn single_datums_are_named_by_their_place() {
        let message = "The value NaN for parameter MetricData.member.12.Value is invalid.\n\
                       The parameter MetricData.member.3.Timestamp must specify a time within the past two weeks.";
        let expected =
            Verdict::NeverThese { places: vec![12, 3], message: format!("InvalidParameterValue (400): {message}") };
        assert_eq!(judge(400, Some("InvalidParameterValue"), message), expected);
        assert!(matches!(judge(503, Some("ServiceUnavailable"), message), Verdict::Later(_)));
        let others = ["MetricData.member.", "MetricData.member.x", "The parameter MetricData is required.", ""];
        for message in others {
            assert!(places(message).is_empty(), "{message}");
        }
        let too_large_for_a_number = "MetricData.member.99999999999999999999999";
        assert!(places(too_large_for_a_number).is_empty());
    }
}
