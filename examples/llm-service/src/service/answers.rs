//! What callers are told.

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::billing::{Outcome, Refusal};
use crate::http::{Answer, ClientError, answer, error};
use crate::methods::Method;
use crate::model::ModelError;

/// A call for which the model has no answer.
pub(super) fn of_model_error(method: &Method, fault: &ModelError) -> Answer {
    tracing::warn!(method = method.name, "{fault}");
    let (status, retry_after) = match fault {
        ModelError::Refused { status: StatusCode::TOO_MANY_REQUESTS, retry_after } => {
            (StatusCode::SERVICE_UNAVAILABLE, retry_after.as_deref())
        }
        ModelError::Unreachable(ClientError::Late(_)) => (StatusCode::GATEWAY_TIMEOUT, None),
        ModelError::Unreachable(_) | ModelError::Refused { .. } | ModelError::Invalid(_) => {
            (StatusCode::BAD_GATEWAY, None)
        }
    };
    let mut answer = error(status, &fault.to_string());
    if let Some(value) = retry_after.and_then(|value| HeaderValue::from_str(value).ok()) {
        answer.headers_mut().insert(RETRY_AFTER, value);
    }
    answer
}

/// A webhook. What was accepted is not delivered again, whether there was anything to do or not.
pub(super) fn of_webhook(received: Result<Outcome, Refusal>) -> Answer {
    match received {
        Ok(outcome) => {
            let outcome = match outcome {
                Outcome::Activated => "activated",
                Outcome::Cancelled => "cancelled",
                Outcome::Duplicate => "duplicate",
                Outcome::Ignored(_) => "ignored",
            };
            answer(StatusCode::OK, &json!({ "outcome": outcome }))
        }
        Err(refusal) => {
            tracing::warn!("webhook refused: {refusal}");
            error(StatusCode::BAD_REQUEST, &refusal.to_string())
        }
    }
}
