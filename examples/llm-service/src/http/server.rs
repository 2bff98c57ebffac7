//! A small HTTP server.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use super::{Answer, error};

/// The most bytes of a request's body.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// How long a request's head, and then its body, may take to arrive.
const READ_TIME: Duration = Duration::from_secs(10);
/// How long requests may go on after the stop.
const STOP_TIME: Duration = Duration::from_secs(10);

/// Answers requests until `stop` resolves, then finishes those that have begun. `handle` gets each request with its
/// whole body; without an answer from it the connection breaks.
pub async fn serve<H, F>(listener: TcpListener, handle: H, stop: impl Future<Output = ()>)
where
    H: Fn(Request<Bytes>) -> F + Send + Sync + 'static,
    F: Future<Output = Option<Answer>> + Send,
{
    let handle = Arc::new(handle);
    let connections = GracefulShutdown::new();
    let mut protocol = hyper::server::conn::http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(READ_TIME);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        // What fails here is one connection, or all while the process has too many: the next may be taken.
        let Ok((stream, _)) = accepted else { continue };
        let handle = Arc::clone(&handle);
        let service = service_fn(move |request| one(request, Arc::clone(&handle)));
        let connection = protocol.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connections.watch(connection));
    }
    drop(listener);
    let _ = tokio::time::timeout(STOP_TIME, connections.shutdown()).await;
}

async fn one<H, F>(request: Request<Incoming>, handle: Arc<H>) -> Result<Response<Full<Bytes>>, Broken>
where
    H: Fn(Request<Bytes>) -> F,
    F: Future<Output = Option<Answer>>,
{
    let (head, body) = request.into_parts();
    let reading = Limited::new(body, BODY_BYTES_MAX).collect();
    let answer = match tokio::time::timeout(READ_TIME, reading).await {
        Ok(Ok(body)) => handle(Request::from_parts(head, body.to_bytes())).await.ok_or(Broken)?,
        Ok(Err(fault)) if fault.is::<LengthLimitError>() => {
            error(StatusCode::PAYLOAD_TOO_LARGE, &format!("the body exceeds the limit of {BODY_BYTES_MAX} bytes"))
        }
        Ok(Err(_)) => return Err(Broken),
        Err(_) => error(StatusCode::REQUEST_TIMEOUT, &format!("the body did not arrive within {READ_TIME:?}")),
    };
    Ok(answer.map(Full::new))
}

/// A connection that ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection breaks")]
struct Broken;
