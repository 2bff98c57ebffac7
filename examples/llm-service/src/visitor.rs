//! Somebody who uses the service: a caller of its methods, and the billing service.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use crate::billing;
use crate::http::{Answer, Client, ClientError};
use crate::methods::Method;
use crate::service::{METHODS_PATH, SIGNATURE_HEADER, TIMING_HEADER, USER_HEADER, WEBHOOKS_PATH};

/// How long the service may take.
const TIME: Duration = Duration::from_secs(30);

/// Uses a service.
#[derive(Debug, Clone)]
pub struct Visitor {
    origin: String,
    secret: String,
    client: Client,
}

impl Visitor {
    /// Uses the service at `http://HOST:PORT`, and knows the secret of its webhooks.
    pub fn new(origin: &str, secret: &str) -> Self {
        Visitor { origin: origin.to_owned(), secret: secret.to_owned(), client: Client::default() }
    }

    /// The same with another secret.
    #[must_use]
    pub fn with_secret(mut self, secret: &str) -> Self {
        secret.clone_into(&mut self.secret);
        self
    }

    /// Where something of the service is.
    pub fn uri(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Calls a method with its example.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn call(&self, method: &Method, user: Option<&str>) -> Result<Answer, ClientError> {
        let request = Request::post(self.uri(&format!("{METHODS_PATH}{}", method.name)));
        let request = user.into_iter().fold(request, |request, user| request.header(USER_HEADER, user));
        self.send(request, method.example.to_owned().into()).await
    }

    /// Delivers an event that was signed at a time, in seconds since 1970.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn deliver(&self, event: &Value, signed_at: u64) -> Result<Answer, ClientError> {
        let body = event.to_string();
        let signature = billing::sign(body.as_bytes(), &self.secret, signed_at);
        let request = Request::post(self.uri(WEBHOOKS_PATH)).header(SIGNATURE_HEADER, signature);
        self.send(request, body.into()).await
    }

    async fn send(&self, request: http::request::Builder, body: Bytes) -> Result<Answer, ClientError> {
        let request = request.body(body).map_err(|error| ClientError::Unreachable(error.to_string()))?;
        self.client.ask(request, TIME).await
    }
}

/// How long the model took for an answer, in milliseconds, as the service says.
pub fn model_time(answer: &Answer) -> Option<f64> {
    answer.headers().get(TIMING_HEADER)?.to_str().ok()?.strip_prefix("model;dur=")?.parse().ok()
}
