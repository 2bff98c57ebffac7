//! What goes back to the client.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use serde::Serialize;

use crate::tail::Tail;

/// An answer with its body.
pub(crate) type Answer = Response<AnswerBody>;

/// The body of an answer: bytes, or lines without an end.
#[derive(Debug)]
pub(crate) enum AnswerBody {
    Full(Option<Bytes>),
    Tail(Tail),
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            AnswerBody::Full(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            AnswerBody::Tail(tail) => tail.poll_line(context).map(|line| line.map(|line| Ok(Frame::data(line)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, AnswerBody::Full(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            AnswerBody::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            AnswerBody::Tail(_) => SizeHint::default(),
        }
    }
}

/// A body of bytes; empty bytes are no body.
pub(crate) fn full(body: impl Into<Bytes>) -> AnswerBody {
    let body = body.into();
    AnswerBody::Full((!body.is_empty()).then_some(body))
}

/// Text of some type.
pub(crate) fn text(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(full(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// A value as JSON, with a line's end for whoever looks at it in a terminal.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    let mut body = serde_json::to_vec(value).expect("an answer has only strings and numbers");
    body.push(b'\n');
    text(status, "application/json", body)
}

/// An error of the server's own (not AWS's) interface.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Refusal { status, message: message.into() }
    }

    pub(crate) fn answer(&self) -> Answer {
        #[derive(Serialize)]
        struct Wrapped<'a> {
            error: &'a str,
        }
        json(self.status, &Wrapped { error: &self.message })
    }
}

/// The answer to a method that a path does not know.
pub(crate) fn method_not_allowed(path: &str, method: &Method, allowed: &'static str) -> Answer {
    let message = format!("{path} takes {allowed}, not {method}");
    let mut answer = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message).answer();
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}
