//! Reading a request's body within its bounds.

use std::io::Read;
use std::time::Duration;

use bytes::Buf;
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use hyper::body::Body;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

/// The bounds of one body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds<'a> {
    /// Bytes on the wire.
    pub(crate) bytes: usize,
    /// Bytes beyond that which are thrown away before the body is refused.
    pub(crate) discard: usize,
    /// Until the last byte.
    pub(crate) time: Duration,
    /// What all bodies share: a permit for each byte that is held.
    pub(crate) room: &'a Semaphore,
}

/// A body as it was sent, and its place among all that are held.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) bytes: Vec<u8>,
    /// Given back when the request is answered.
    pub(crate) place: Option<SemaphorePermit<'a>>,
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
    #[error("other requests' bodies left no room for this one within {seconds} s")]
    Crowded { seconds: u64 },
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
/// read the answer. What would be more than all bodies together may be waits until others are answered.
pub(crate) async fn read<'a, B>(mut body: B, bounds: &Bounds<'a>) -> Result<Held<'a>, BodyError>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let deadline = Instant::now() + bounds.time;
    let seconds = bounds.time.as_secs();
    let announced = body.size_hint().exact().unwrap_or(0);
    let mut is_over = announced > bounds.bytes as u64;
    if announced > bounds.bytes.saturating_add(bounds.discard) as u64 {
        return Err(BodyError::TooLarge { limit: bounds.bytes });
    }
    let mut held = Held { bytes: Vec::new(), place: None };
    let mut discarded = 0_usize;
    loop {
        let frame = std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context));
        let frame = timeout_at(deadline, frame).await.map_err(|_| BodyError::TooSlow { seconds })?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| BodyError::CutOff(error.to_string()))?;
        let Ok(data) = frame.into_data() else { continue };
        is_over |= held.bytes.len() + data.remaining() > bounds.bytes;
        if is_over {
            held = Held { bytes: Vec::new(), place: None };
            discarded += data.remaining();
            if discarded > bounds.discard {
                break;
            }
            continue;
        }
        let place = bounds.room.acquire_many(u32::try_from(data.remaining()).unwrap_or(u32::MAX));
        let place = timeout_at(deadline, place).await.map_err(|_| BodyError::Crowded { seconds })?;
        held.take(data, place.expect("the semaphore is never closed"), announced);
    }
    if is_over { Err(BodyError::TooLarge { limit: bounds.bytes }) } else { Ok(held) }
}

impl<'a> Held<'a> {
    fn take(&mut self, mut data: impl Buf, place: SemaphorePermit<'a>, announced: u64) {
        if self.bytes.is_empty() {
            self.bytes.reserve_exact(announced as usize);
        }
        match &mut self.place {
            Some(held) => held.merge(place),
            None => self.place = Some(place),
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            self.bytes.extend_from_slice(chunk);
            let length = chunk.len();
            data.advance(length);
        }
    }
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

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http_body_util::Full;

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

    #[tokio::test(start_paused = true)]
    async fn bodies_share_the_room_there_is() {
        let room = Semaphore::new(5);
        let bounds = Bounds { bytes: 5, discard: 0, time: Duration::from_secs(30), room: &room };
        let body = |text: &'static str| Full::new(Bytes::from_static(text.as_bytes()));
        let first = read(body("1234"), &bounds).await.unwrap();
        let second = read(body("5"), &bounds).await.unwrap();
        assert_eq!((first.bytes.as_slice(), second.bytes.as_slice()), (b"1234".as_slice(), b"5".as_slice()));
        let start = Instant::now();
        assert_eq!(read(body("6"), &bounds).await.unwrap_err(), BodyError::Crowded { seconds: 30 });
        assert_eq!(start.elapsed().as_secs(), 30, "it waits as long as a body may take");
        drop(second);
        assert_eq!(read(body("6"), &bounds).await.unwrap().bytes, b"6");
        assert_eq!(read(body("123456"), &bounds).await.unwrap_err(), BodyError::TooLarge { limit: 5 });
        drop(first);
        assert_eq!(room.available_permits(), 5);
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
