//! A small HTTP server.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::sheet::FILE_BYTES_MAX;

/// How long a request's head may take to arrive.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(120);
/// How long requests may go on after the stop.
const STOP_TIME: Duration = Duration::from_secs(10);

/// An answer with its whole body.
pub type Answer = Response<Bytes>;

/// Why a request has no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is too long.
    #[error("the file exceeds the limit of {FILE_BYTES_MAX} bytes")]
    Long,
    /// It took too long.
    #[error("the file did not arrive within {BODY_TIME:?}")]
    Late,
    /// The connection broke.
    #[error("the file did not arrive: {0}")]
    Broken(String),
}

/// An answer in JSON.
pub fn json(status: StatusCode, body: &Value) -> Answer {
    answer(status, "application/json", body.to_string().into())
}

/// An answer of any kind.
pub fn answer(status: StatusCode, kind: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// Answers requests until `stop` resolves, then finishes those that have begun. `handle` gets each request with its whole
/// body, or why there is none.
pub async fn serve<H, F>(listener: TcpListener, handle: H, stop: impl Future<Output = ()>)
where
    H: Fn(Parts, Result<Bytes, BodyError>) -> F + Send + Sync + 'static,
    F: Future<Output = Answer> + Send,
{
    let handle = Arc::new(handle);
    let connections = GracefulShutdown::new();
    let mut protocol = hyper::server::conn::http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        // What fails here is one connection, or all while the process has too many: the next may be taken.
        let Ok((stream, _)) = accepted else { continue };
        let handle = Arc::clone(&handle);
        let service = service_fn(move |request: Request<Incoming>| {
            let handle = Arc::clone(&handle);
            // A task of its own goes on when the caller does not wait: what has happened is measured.
            let answering = tokio::spawn(async move {
                let (head, body) = request.into_parts();
                let body = read(body).await;
                handle(head, body).await
            });
            async { answering.await.map(|answer| answer.map(Full::new)) }
        });
        let connection = protocol.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connections.watch(connection));
    }
    drop(listener);
    let _ = tokio::time::timeout(STOP_TIME, connections.shutdown()).await;
}

async fn read(body: Incoming) -> Result<Bytes, BodyError> {
    let reading = Limited::new(body, FILE_BYTES_MAX).collect();
    match tokio::time::timeout(BODY_TIME, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(fault)) if fault.is::<LengthLimitError>() => Err(BodyError::Long),
        Ok(Err(fault)) => Err(BodyError::Broken(fault.to_string())),
        Err(_) => Err(BodyError::Late),
    }
}
