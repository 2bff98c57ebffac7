//! Reading a request's body within its bounds.

use std::io::Read;
use std::time::Duration;

use bytes::Buf;
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use hyper::body::Body;

/// The bounds of one body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes on the wire.
    pub(crate) bytes: usize,
    /// Bytes beyond that which are thrown away before the body is refused.
    pub(crate) discard: usize,
    /// Until the last byte.
    pub(crate) time: Duration,
}

/// Why a body cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than the limit of {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body is larger than the limit of {limit} bytes after decompression")]
    TooLargeDecompressed { limit: usize },
    #[error("the body did not arrive within {seconds} s")]
    TooSlow { seconds: u64 },
    #[error("the body ended early: {0}")]
    CutOff(String),
    #[error("the body is not gzip: {0}")]
    NotGzip(String),
    #[error("content encoding {0:?} is not supported: send gzip, or none")]
    Encoding(String),
}

/// Reads a body as it was sent.
///
/// What is over the limit is read on and thrown away for a while: a client that is still sending would not get to
/// read the answer.
pub(crate) async fn read<B>(body: B, bounds: &Bounds) -> Result<Vec<u8>, BodyError>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let late = BodyError::TooSlow { seconds: bounds.time.as_secs() };
    tokio::time::timeout(bounds.time, collect(body, bounds)).await.unwrap_or(Err(late))
}

async fn collect<B>(mut body: B, bounds: &Bounds) -> Result<Vec<u8>, BodyError>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let announced = body.size_hint().exact().unwrap_or(0);
    let mut is_over = announced > bounds.bytes as u64;
    if announced > bounds.bytes.saturating_add(bounds.discard) as u64 {
        return Err(BodyError::TooLarge { limit: bounds.bytes });
    }
    let mut read = Vec::with_capacity(if is_over { 0 } else { announced as usize });
    let mut discarded = 0_usize;
    while let Some(frame) = std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| BodyError::CutOff(error.to_string()))?;
        let Ok(mut data) = frame.into_data() else { continue };
        is_over |= read.len() + data.remaining() > bounds.bytes;
        if is_over {
            read = Vec::new();
            discarded += data.remaining();
            if discarded > bounds.discard {
                break;
            }
            continue;
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            read.extend_from_slice(chunk);
            let length = chunk.len();
            data.advance(length);
        }
    }
    if is_over { Err(BodyError::TooLarge { limit: bounds.bytes }) } else { Ok(read) }
}

/// Undoes the content encoding, if there is one, up to `limit` bytes.
pub(crate) fn decompress(sent: Vec<u8>, headers: &HeaderMap, limit: usize) -> Result<Vec<u8>, BodyError> {
    let Some(encoding) = headers.get(CONTENT_ENCODING) else { return Ok(sent) };
    let encoding = encoding.to_str().unwrap_or_default().trim();
    if encoding.is_empty() || encoding.eq_ignore_ascii_case("identity") {
        return Ok(sent);
    }
    if !encoding.eq_ignore_ascii_case("gzip") && !encoding.eq_ignore_ascii_case("x-gzip") {
        return Err(BodyError::Encoding(encoding.to_owned()));
    }
    gunzip(&sent, limit)
}

fn gunzip(sent: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut plain = Vec::with_capacity((sent.len() * 8).min(limit));
    let mut decoder = MultiGzDecoder::new(sent).take(limit as u64 + 1);
    decoder.read_to_end(&mut plain).map_err(|error| BodyError::NotGzip(error.to_string()))?;
    if plain.len() > limit { Err(BodyError::TooLargeDecompressed { limit }) } else { Ok(plain) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn encoded(sent: Vec<u8>, encoding: &str, limit: usize) -> Result<Vec<u8>, BodyError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, encoding.parse().unwrap());
        decompress(sent, &headers, limit)
    }

    #[test]
    fn gzip_is_undone_however_it_is_spelt() {
        for encoding in ["gzip", "GZIP", "x-gzip", " gzip"] {
            assert_eq!(encoded(gzip(b"hello"), encoding, 5).as_deref(), Ok(b"hello".as_slice()), "{encoding}");
        }
        assert_eq!(encoded(b"hello".to_vec(), "identity", 1).as_deref(), Ok(b"hello".as_slice()));
        assert_eq!(encoded(b"hello".to_vec(), "br", 5), Err(BodyError::Encoding("br".to_owned())));
        assert!(matches!(encoded(b"hello".to_vec(), "gzip", 5), Err(BodyError::NotGzip(_))));
        let cut = gzip(b"hello")[..12].to_vec();
        assert!(matches!(encoded(cut, "gzip", 5), Err(BodyError::NotGzip(_))));
    }

    #[test]
    fn a_bomb_is_stopped_one_byte_past_the_limit() {
        let bomb = gzip(&vec![0; 10_000_000]);
        assert!(bomb.len() < 50_000);
        assert_eq!(encoded(bomb.clone(), "gzip", 10_000_000).map(|plain| plain.len()), Ok(10_000_000));
        let limit = 9_999_999;
        assert_eq!(encoded(bomb, "gzip", limit), Err(BodyError::TooLargeDecompressed { limit }));
    }
}
