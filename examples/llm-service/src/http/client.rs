//! A small HTTP client.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Answer;

/// The most bytes of an answer.
pub const ANSWER_BYTES_MAX: usize = 4 << 20;

/// Asks servers.
#[derive(Debug, Clone)]
pub struct Client(hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection, one that broke, or more than [`ANSWER_BYTES_MAX`].
    #[error("no answer: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("no answer within {0:?}")]
    Late(Duration),
}

impl Default for Client {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Client(hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector))
    }
}

impl Client {
    /// Asks, and waits so long for the whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ask(&self, request: Request<Bytes>, time: Duration) -> Result<Answer, ClientError> {
        let asking = async {
            let answer = self.0.request(request.map(Full::new)).await.map_err(|error| unreachable(&error))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|error| unreachable(&*error))?;
            Ok(Answer::from_parts(head, body.to_bytes()))
        };
        tokio::time::timeout(time, asking).await.unwrap_or(Err(ClientError::Late(time)))
    }
}

/// What went wrong, with what it came from.
fn unreachable(error: &dyn std::error::Error) -> ClientError {
    let causes = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string);
    ClientError::Unreachable(causes.collect::<Vec<_>>().join(": "))
}
