//! A small HTTP client.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Bytes of an answer that are read. What is asked for here is short.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Asks servers on the network.
#[derive(Debug, Clone)]
pub struct Client(hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>);

/// What a server said.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Bytes,
}

/// Why there is no answer, or not the one that was needed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection, or one that broke.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// A status that is no success.
    #[error("answered with {0}")]
    Status(StatusCode),
}

impl Default for Client {
    fn default() -> Self {
        Client(hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http())
    }
}

impl Client {
    /// Asks, and waits so long for the whole answer.
    ///
    /// # Errors
    /// When there is none. A status that is no success is an answer.
    pub async fn ask(&self, method: Method, uri: &Uri, body: Vec<u8>, time: Duration) -> Result<Answer, ClientError> {
        let unreachable = |error: &dyn std::error::Error| ClientError::Unreachable(error.to_string());
        let request = Request::builder().method(method).uri(uri).body(Full::from(body));
        let request = request.map_err(|error| unreachable(&error))?;
        let asking = async {
            let (head, body) = self.0.request(request).await.map_err(|error| unreachable(&error))?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|error| unreachable(&*error))?;
            Ok(Answer { status: head.status, body: body.to_bytes() })
        };
        tokio::time::timeout(time, asking).await.unwrap_or(Err(ClientError::Late(time)))
    }
}
