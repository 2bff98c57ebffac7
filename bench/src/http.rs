//! As much of an HTTP/1.1 client as a load generator needs: one request at a time, on a connection that is kept.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A connection that is opened again when the server closes it.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    filled: usize,
    body: std::ops::Range<usize>,
    is_chunked: bool,
}

/// What the head of an answer says.
struct Head {
    status: u16,
    /// Where the body begins.
    length: usize,
    content_length: Option<usize>,
    is_chunked: bool,
    closes: bool,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let buffer = vec![0; 16 * 1024];
        let mut connection = Connection { address, stream: None, buffer, filled: 0, body: 0..0, is_chunked: false };
        connection.stream()?;
        Ok(connection)
    }

    /// Sends a whole request and reads the whole answer. Gives the status.
    pub(crate) fn call(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream()?.write_all(request)?;
        self.filled = 0;
        let head = loop {
            if let Some(head) = parse(&self.buffer[..self.filled]) {
                break head;
            }
            if self.read()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        match head.content_length {
            _ if head.is_chunked => while !self.buffer[..self.filled].ends_with(b"0\r\n\r\n") && self.read()? > 0 {},
            Some(length) => {
                let end = head.length + length;
                self.buffer.resize(self.buffer.len().max(end), 0);
                while self.filled < end && self.read()? > 0 {}
            }
            None if head.status == 204 => {}
            None => while self.read()? > 0 {},
        }
        self.body = head.length..self.filled;
        self.is_chunked = head.is_chunked;
        if head.closes || (head.content_length.is_none() && !head.is_chunked && head.status != 204) {
            self.stream = None;
        }
        Ok(head.status)
    }

    /// The body of the last answer, in chunks if it came so.
    pub(crate) fn body(&self) -> &[u8] {
        &self.buffer[self.body.clone()]
    }

    /// The body of the last answer, its chunks put together.
    pub(crate) fn whole_body(&self) -> Cow<'_, [u8]> {
        match self.is_chunked {
            true => Cow::Owned(joined(self.body())),
            false => Cow::Borrowed(self.body()),
        }
    }

    fn read(&mut self) -> io::Result<usize> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let length = stream.read(&mut self.buffer[self.filled..])?;
        self.filled += length;
        Ok(length)
    }

    fn stream(&mut self) -> io::Result<&mut TcpStream> {
        match self.stream.take() {
            Some(stream) => Ok(self.stream.insert(stream)),
            None => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                Ok(self.stream.insert(stream))
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Head> {
    let length = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..length]).ok()?;
    let status = text.split(' ').nth(1)?.parse().ok()?;
    let mut head = Head { status, length, content_length: None, is_chunked: false, closes: false };
    for line in text.split("\r\n").skip(1) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            head.content_length = value.parse().ok();
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            head.is_chunked = value.eq_ignore_ascii_case("chunked");
        } else if name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        }
    }
    Some(head)
}

/// What is in chunks, up to the first that is none.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(at) = chunks.windows(2).position(|two| two == b"\r\n") {
        let length = std::str::from_utf8(&chunks[..at]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(chunk) = length.and_then(|length| chunks.get(at + 2..at + 2 + length)) else { break };
        whole.extend_from_slice(chunk);
        chunks = chunks.get(at + 4 + chunk.len()..).unwrap_or_default();
    }
    whole
}

/// A request that a CloudWatch client would send, with credentials that nobody checks.
pub(crate) fn aws_request(headers: &str, path: &str, body: &[u8]) -> Vec<u8> {
    request_of("monitoring", headers, path, body)
}

/// The same for a service.
fn request_of(service: &str, headers: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDBENCH/20260101/us-east-1/{service}/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=0000"
    );
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}X-Amz-Date: 20260101T000000Z\r\n\
         Authorization: {authorization}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The headers of an operation in JSON.
pub(crate) fn json_headers(operation: &str) -> String {
    format!("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: GraniteServiceVersion20100801.{operation}\r\n")
}

/// A request for an operation of SQS in JSON.
pub(crate) fn sqs_request(operation: &str, body: &str) -> Vec<u8> {
    let headers = format!("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.{operation}\r\n");
    request_of("sqs", &headers, "/", body.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together() {
        for (chunks, whole) in [
            ("0\r\n\r\n", ""),
            ("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", "abc0123456789"),
            ("2\r\n\r\n\r\n1\r\nx\r\n0\r\n\r\n", "\r\nx"),
        ] {
            assert_eq!(joined(chunks.as_bytes()), whole.as_bytes(), "{chunks:?}");
        }
    }
}
