//! HTTP: a server, a client, and answers in JSON.

mod client;
mod server;

pub use client::{ANSWER_BYTES_MAX, Client, ClientError};
pub use server::{BODY_BYTES_MAX, serve};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// An answer with its whole body.
pub type Answer = Response<Bytes>;

/// An answer in JSON.
pub fn answer(status: StatusCode, body: &Value) -> Answer {
    let mut answer = Response::new(Bytes::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// An answer that says what is wrong.
pub fn error(status: StatusCode, message: &str) -> Answer {
    answer(status, &json!({ "error": message }))
}
