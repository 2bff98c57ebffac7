//! The server's own paths, which no AWS client knows: a GET over plain HTTP, signed as AWS requests are.

use std::time::Duration;

use http::header::{HOST, HeaderValue};
use http::uri::Scheme;
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use nepho_protocol::sigv4::{PayloadHash, Signer, sign};
use nepho_protocol::value::Timestamp as WireTimestamp;
use nepho_server::system_time;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::endpoint::{self, Endpoint};
use crate::exit::Failure;

/// How long the answer's head may take.
const HEAD_TIME: Duration = Duration::from_secs(3);
/// The longest answer that is read whole.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The longest answer that is read whole where long ones are expected.
const LONG_ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;
/// How long an answer may take that has to be computed.
const LONG_TIME: Duration = Duration::from_secs(600);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GetError {
    #[error("{0}")]
    Connect(std::io::Error),
    #[error("no answer in time")]
    Slow,
    #[error("{0}")]
    Http(hyper::Error),
    #[error("{0}")]
    Request(String),
}

/// Asks for a path with its query string, such as `/tail?name=Orders`. The body may go on without end.
pub(crate) async fn get(arguments: &endpoint::Arguments, path: &str) -> Result<Response<Incoming>, GetError> {
    let Endpoint::At(base) = arguments.endpoint() else {
        return Err(GetError::Request("Amazon has no such path".to_owned()));
    };
    let request = signed(arguments, base, Method::GET, path, Bytes::new()).await?;
    timeout(HEAD_TIME, send(base, request)).await.map_err(|_| GetError::Slow)?
}

/// Sends a body to a path whose answer may take long.
pub(crate) async fn post(
    arguments: &endpoint::Arguments,
    path: &str,
    body: Vec<u8>,
) -> Result<Response<Incoming>, GetError> {
    let Endpoint::At(base) = arguments.endpoint() else {
        return Err(GetError::Request("Amazon has no such path".to_owned()));
    };
    let request = signed(arguments, base, Method::POST, path, Bytes::from(body)).await?;
    timeout(LONG_TIME, send(base, request)).await.map_err(|_| GetError::Slow)?
}

async fn send(base: &Uri, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, GetError> {
    let host = base.host().unwrap_or_default().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, base.port_u16().unwrap_or(80))).await.map_err(GetError::Connect)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(GetError::Http)?;
    // Its errors come out of the answer's body.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(GetError::Http)
}

async fn signed(
    arguments: &endpoint::Arguments,
    base: &Uri,
    method: Method,
    path: &str,
    content: Bytes,
) -> Result<Request<Full<Bytes>>, GetError> {
    if base.scheme() != Some(&Scheme::HTTP) {
        return Err(GetError::Request("only plain HTTP is spoken here, as in --endpoint http://127.0.0.1:4582".into()));
    }
    let bad = |error: String| GetError::Request(error);
    let host = base.authority().map(|authority| authority.as_str()).unwrap_or_default();
    let host = HeaderValue::from_str(host).map_err(|error| bad(error.to_string()))?;
    let request = Request::builder().method(method).uri(path).header(HOST, host).body(Full::new(content.clone()));
    let (mut parts, body) = request.map_err(|error| bad(error.to_string()))?.into_parts();
    let credentials = arguments.credentials().await.map_err(|failure| bad(failure.to_string()))?;
    let signer = Signer {
        access_key: credentials.access_key_id(),
        secret_key: credentials.secret_access_key(),
        session_token: credentials.session_token(),
        region: arguments.region(),
        service: "monitoring",
    };
    let now = WireTimestamp::from_ms(system_time().millis());
    sign(&mut parts, PayloadHash::of(&content), &signer, now).map_err(|error| bad(error.to_string()))?;
    Ok(Request::from_parts(parts, body))
}

#[derive(Deserialize)]
struct ClockReading {
    now: String,
}

/// The time: the server's if it tells, because its clock may be one that is moved by hand; otherwise the machine's.
pub(crate) async fn now(arguments: &endpoint::Arguments) -> jiff::Timestamp {
    match server_time(arguments).await {
        Some(time) => time,
        None => jiff::Timestamp::from_millisecond(system_time().millis()).unwrap_or(jiff::Timestamp::MAX),
    }
}

async fn server_time(arguments: &endpoint::Arguments) -> Option<jiff::Timestamp> {
    let answer = get(arguments, "/clock").await.ok()?;
    let body = text(answer).await?;
    serde_json::from_str::<ClockReading>(&body).ok()?.now.parse().ok()
}

/// The whole of a short answer, when it can be read.
pub(crate) async fn text(answer: Response<Incoming>) -> Option<String> {
    let body = timeout(HEAD_TIME, Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect()).await.ok()?.ok()?;
    String::from_utf8(body.to_bytes().to_vec()).ok()
}

/// The whole of an answer that may be long, when it can be read.
pub(crate) async fn long_text(answer: Response<Incoming>) -> Option<String> {
    let collect = Limited::new(answer.into_body(), LONG_ANSWER_BYTES_MAX).collect();
    let body = timeout(LONG_TIME, collect).await.ok()?.ok()?;
    String::from_utf8(body.to_bytes().to_vec()).ok()
}

/// A failure to reach the server on one of its own paths.
pub(crate) fn failure(arguments: &endpoint::Arguments, error: &GetError) -> Failure {
    match error {
        GetError::Request(message) => Failure::usage(message),
        error => crate::refusal::unreachable(arguments.endpoint(), &error.to_string()),
    }
}
