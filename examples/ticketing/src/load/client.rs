//! One connection to an HTTP server.

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpStream, ToSocketAddrs};

/// The most bytes of an answer.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Why a run ended before its time.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    /// A failure, in words.
    pub fn new(words: impl Into<String>) -> Self {
        Failure(words.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure(error.to_string())
    }
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Self {
        Failure(error.to_string())
    }
}

/// One connection, kept open, for requests with JSON.
#[derive(Debug)]
pub struct HttpClient {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl HttpClient {
    /// Connects to a server.
    ///
    /// # Errors
    /// It cannot be reached.
    pub async fn connect(address: impl ToSocketAddrs, host: impl Into<String>) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(HttpClient { sender, host: host.into() })
    }

    /// Asks for a path, and answers with the status and the JSON that came back.
    ///
    /// # Errors
    /// The connection failed.
    pub async fn get(&mut self, path: &str) -> Result<(StatusCode, Value), Failure> {
        self.send(Request::get(path), Bytes::new()).await
    }

    /// Posts JSON, and answers with the status and the JSON that came back.
    ///
    /// # Errors
    /// The connection failed.
    pub async fn post(&mut self, path: &str, body: Vec<u8>) -> Result<(StatusCode, Value), Failure> {
        self.send(Request::post(path).header("content-type", "application/json"), body.into()).await
    }

    pub(super) async fn send(
        &mut self,
        request: hyper::http::request::Builder,
        body: Bytes,
    ) -> Result<(StatusCode, Value), Failure> {
        let request = request.header("host", &self.host).body(Full::new(body));
        let request = request.map_err(|error| Failure::new(error.to_string()))?;
        self.sender.ready().await?;
        let (parts, body) = self.sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| Failure::new(error.to_string()))?.to_bytes();
        Ok((parts.status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}
