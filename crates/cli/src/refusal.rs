//! What it means for a command that CloudWatch's API did not answer as hoped.

use aws_sdk_cloudwatch::config::http::HttpResponse;
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};

use crate::endpoint::{self, Endpoint, causes};
use crate::exit::Failure;

/// Codes of requests that are wrong in themselves begin so.
const WRONG_USE: [&str; 6] =
    ["InvalidParameter", "MissingParameter", "ValidationError", "InvalidFormat", "InvalidNextToken", "MissingRequired"];

/// Codes of requests from somebody who is not known begin so.
const STRANGER: [&str; 4] = ["UnrecognizedClient", "InvalidClientTokenId", "InvalidSignature", "SignatureDoesNotMatch"];

/// Says why there is no answer, and what can be done about it.
pub(crate) fn failure<E>(arguments: &endpoint::Arguments, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let endpoint = arguments.endpoint();
    match error {
        SdkError::ServiceError(refused) => match refused.err().code() {
            Some(code) => {
                refused_because(endpoint, &format!("{code}: {}", refused.err().message().unwrap_or_default()))
            }
            None => not_cloudwatch(endpoint, &format!("HTTP status {}", refused.raw().status())),
        },
        SdkError::TimeoutError(_) => Failure::unreachable(format!("{endpoint} does not answer in time")),
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => match causes(error) {
            cause if cause.contains("credentials") => no_credentials(&cause),
            cause => unreachable(endpoint, &cause),
        },
        _ => not_cloudwatch(endpoint, &causes(error)),
    }
}

fn not_cloudwatch(endpoint: &Endpoint, what: &str) -> Failure {
    Failure::unreachable(format!("{endpoint} gives an answer that is not CloudWatch's: {what}"))
}

/// Says what to do about a reason, which begins with the code of an error.
pub(crate) fn refused_because(endpoint: &Endpoint, reason: &str) -> Failure {
    let message = format!("{endpoint} refuses: {reason}");
    if WRONG_USE.iter().any(|code| reason.starts_with(code)) {
        return Failure::usage(message);
    }
    if STRANGER.iter().any(|code| reason.starts_with(code)) {
        let hint = "it asks for credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile NAME";
        return Failure::unreachable(format!("{message}\n{hint}"));
    }
    Failure::unreachable(message)
}

/// Nobody knows as whom to ask Amazon.
pub(crate) fn no_credentials(cause: &str) -> Failure {
    Failure::unreachable(format!(
        "no AWS credentials were found ({cause})\n\
         set AWS_PROFILE or give --profile NAME, run `aws configure` or `aws sso login`, or leave out --endpoint aws \
         to use the local server"
    ))
}

/// Nobody is there.
pub(crate) fn unreachable(endpoint: &Endpoint, cause: &str) -> Failure {
    let what = if cause.contains("refused") {
        format!("nothing listens at {endpoint} (connection refused)")
    } else {
        format!("cannot reach {endpoint}: {cause}")
    };
    let hint = match endpoint {
        Endpoint::Aws => "without a way to Amazon, leave out --endpoint aws to use the local server",
        Endpoint::At(_) => {
            "start the server with `nepho serve`, or name another with --endpoint URL (or NEPHO_ENDPOINT); \
             --endpoint aws is Amazon CloudWatch"
        }
    };
    Failure::unreachable(format!("{what}\n{hint}"))
}
