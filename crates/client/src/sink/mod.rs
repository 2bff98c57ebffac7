//! Sinks: where metrics go when they leave the process.
//!
//! | sink | what it sends | where |
//! | --- | --- | --- |
//! | [`Stream`] | EMF documents | standard output, standard error, any writer |
//! | [`File`] | EMF documents | a file, also one that is rotated |
//! | [`Agent`] | EMF documents | an agent, such as `nepho serve`, over TCP or UDP |
//! | `Http` (feature `http`) | EMF documents | `POST /emf` of `nepho serve`, which answers when they are durable |
//! | `PutMetricData` (feature `aws`) | data of PutMetricData | Amazon CloudWatch, or whatever speaks its API |
//! | [`Capture`] | either | a test |
//! | [`Discard`] | either | nowhere |
//!
//! A unit of work keeps its properties only in documents. Another receiver is one more [`Sink`]: a name, a form, and one
//! function that tries once.

mod agent;
mod capture;
mod discard;
mod endpoint;
mod file;
#[cfg(feature = "http")]
mod http;
mod lines;
#[cfg(feature = "aws")]
mod put_metric_data;
mod stream;
mod tcp;
mod udp;

pub use agent::Agent;
pub use capture::{Act, Capture};
pub use discard::Discard;
pub use endpoint::EndpointError;
pub use file::File;
#[cfg(feature = "http")]
pub use http::Http;
#[cfg(feature = "aws")]
pub use put_metric_data::PutMetricData;
pub use stream::Stream;

use std::ops::Range;
use std::sync::Arc;

use nepho_model::{Resolution, Timestamp, Unit};

/// Where metrics go.
///
/// The worker thread hands over one [`Payload`] at a time and waits; whatever a sink does (fail, hang, panic), callers
/// of the library do not wait with it. Retries, back-off, the breaker and the accounting are the worker's: a sink
/// tries once, within a time of its own.
pub trait Sink: Send {
    /// Its name in warnings and in the client's own metrics, such as `stdout` or `tcp://127.0.0.1:25888`.
    fn name(&self) -> &str;

    /// What it can send.
    fn form(&self) -> Form;

    /// The largest document it can send, in bytes.
    fn document_bytes_max(&self) -> usize {
        DOCUMENT_BYTES_MAX
    }

    /// Sends a payload of its form, once.
    ///
    /// # Errors
    /// What was not sent, and whether trying again can help.
    fn send(&mut self, payload: &Payload) -> Result<(), SendError>;
}

/// The largest document, in bytes: with what CloudWatch Logs counts beside it (26 bytes), an event of 1 MiB.
pub const DOCUMENT_BYTES_MAX: usize = nepho_emf::MAX_DOCUMENT_BYTES - 26;

/// What a sink can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// EMF documents, one on a line.
    Documents,
    /// Data of PutMetricData.
    Datums,
}

/// What is handed to a sink at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// EMF documents.
    Documents(Documents),
    /// Data of one namespace.
    Datums(Datums),
}

impl Payload {
    /// What it holds.
    pub fn form(&self) -> Form {
        match self {
            Payload::Documents(_) => Form::Documents,
            Payload::Datums(_) => Form::Datums,
        }
    }

    /// How many documents or datums it holds.
    pub fn len(&self) -> usize {
        match self {
            Payload::Documents(documents) => documents.ends.len(),
            Payload::Datums(datums) => datums.datums.len(),
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many samples its first `count` documents or datums hold.
    pub fn samples(&self, count: usize) -> u64 {
        match self {
            Payload::Documents(documents) => documents.ends[..count].iter().map(|end| end.samples).sum(),
            Payload::Datums(datums) => datums.datums[..count].iter().map(|datum| datum.samples).sum(),
        }
    }

    /// About how many bytes it keeps in memory and puts on the wire.
    pub fn bytes(&self) -> usize {
        match self {
            Payload::Documents(documents) => documents.text.len(),
            Payload::Datums(datums) => datums.datums.iter().map(Datum::bytes).sum(),
        }
    }

    /// Its documents, for a sink that sends only those.
    ///
    /// # Errors
    /// It holds datums: they are refused.
    pub fn documents(&self) -> Result<&Documents, SendError> {
        match self {
            Payload::Documents(documents) => Ok(documents),
            Payload::Datums(_) => Err(SendError::refused("the sink takes EMF documents, not datums")),
        }
    }

    /// Takes the first `count` documents or datums away, because they are delivered.
    pub fn remove_first(&mut self, count: usize) {
        match self {
            Payload::Documents(documents) => documents.remove_first(count),
            Payload::Datums(datums) => drop(datums.datums.drain(..count)),
        }
    }

    /// Takes single documents or datums out, because they are refused, and says how many samples they hold.
    ///
    /// `indexes` are in ascending order, each once.
    pub fn remove_each(&mut self, indexes: &[usize]) -> u64 {
        let mut gone = Gone::new(indexes);
        match self {
            Payload::Documents(documents) => documents.retain(|samples| !gone.takes(samples)),
            Payload::Datums(datums) => datums.datums.retain(|datum| !gone.takes(datum.samples)),
        }
        gone.samples
    }

    /// How many samples each document or datum holds.
    pub(crate) fn samples_of_each(&self) -> Vec<u64> {
        match self {
            Payload::Documents(documents) => documents.samples().collect(),
            Payload::Datums(datums) => datums.datums.iter().map(|datum| datum.samples).collect(),
        }
    }
}

/// Which of a sequence are to be taken out, and what they held.
struct Gone<'a> {
    indexes: &'a [usize],
    next: usize,
    samples: u64,
}

impl<'a> Gone<'a> {
    fn new(indexes: &'a [usize]) -> Self {
        Gone { indexes, next: 0, samples: 0 }
    }

    /// Whether the next one of the sequence is.
    fn takes(&mut self, samples: u64) -> bool {
        let is_gone = self.indexes.first() == Some(&self.next);
        self.next += 1;
        if is_gone {
            self.indexes = &self.indexes[1..];
            self.samples += samples;
        }
        is_gone
    }
}

/// EMF documents, each with a newline at its end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Documents {
    text: Vec<u8>,
    ends: Vec<End>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct End {
    /// Where the document ends in the text, newline included.
    at: usize,
    samples: u64,
}

impl Documents {
    /// All of them, one on a line.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Each document, without its newline.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end.at));
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..end.at - 1])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The lines of these documents, by index.
    ///
    /// # Panics
    /// There are not so many.
    pub fn lines(&self, range: Range<usize>) -> &[u8] {
        let start_of = |index: usize| index.checked_sub(1).map_or(0, |before| self.ends[before].at);
        &self.text[start_of(range.start)..start_of(range.end)]
    }

    /// How many documents are whole within the first `bytes` of the text: what a stream that took so much has got. A
    /// document without its newline is whole: who reads the stream to its end takes it.
    pub fn whole_within(&self, bytes: usize) -> usize {
        self.ends.partition_point(|end| end.at - 1 <= bytes)
    }

    /// Where the last line ends, newline included, within the first `bytes` of the text. 0 when there is none.
    pub fn line_end_within(&self, bytes: usize) -> usize {
        let lines = self.ends.partition_point(|end| end.at <= bytes);
        lines.checked_sub(1).map_or(0, |last| self.ends[last].at)
    }

    /// How many samples each document holds.
    pub fn samples(&self) -> impl Iterator<Item = u64> {
        self.ends.iter().map(|end| end.samples)
    }

    /// Appends a document of so many samples: `write` appends its text, which has no newline in it.
    pub fn push(&mut self, samples: u64, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.text);
        self.text.push(b'\n');
        self.ends.push(End { at: self.text.len(), samples });
    }

    /// As [`push`](Documents::push), unless the document has more than `bytes_max` bytes: then nothing is appended, and
    /// the answer is `false`.
    pub(crate) fn push_within(&mut self, bytes_max: usize, samples: u64, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let before = self.text.len();
        self.push(samples, write);
        let is_within = self.text.len() - before - 1 <= bytes_max;
        if !is_within {
            self.pop(1);
        }
        is_within
    }

    /// Takes the last `count` documents away.
    pub(crate) fn pop(&mut self, count: usize) {
        self.ends.truncate(self.ends.len().saturating_sub(count));
        self.text.truncate(self.ends.last().map_or(0, |end| end.at));
    }

    /// Keeps those of which `keeps` is so; it is asked with the samples of one after the other.
    fn retain(&mut self, mut keeps: impl FnMut(u64) -> bool) {
        let Documents { text, ends } = self;
        let (mut start, mut kept) = (0, 0);
        ends.retain_mut(|end| {
            let range = start..end.at;
            start = end.at;
            if !keeps(end.samples) {
                return false;
            }
            text.copy_within(range.clone(), kept);
            kept += range.len();
            end.at = kept;
            true
        });
        text.truncate(kept);
    }

    fn remove_first(&mut self, count: usize) {
        let Some(last) = count.checked_sub(1) else { return };
        let bytes = self.ends[last].at;
        self.text.drain(..bytes);
        self.ends.drain(..count);
        self.ends.iter_mut().for_each(|end| end.at -= bytes);
    }
}

/// Data of one namespace: the body of one PutMetricData, at most [`DATUMS_MAX`] of them and about
/// [`DATUM_BYTES_MAX`] bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Datums {
    /// The namespace.
    pub namespace: Arc<str>,
    /// What goes into it.
    pub datums: Vec<Datum>,
}

/// The most datums in one PutMetricData.
pub const DATUMS_MAX: usize = 1000;
/// The most bytes of datums in one PutMetricData (AWS's limit is 1 MB on the wire, compressed or not).
pub const DATUM_BYTES_MAX: usize = 1_000_000;
/// The most distinct values in one datum.
pub const VALUES_MAX: usize = 150;

/// What one metric had in one stretch of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// Name and dimensions.
    pub metric: Arc<MetricName>,
    /// The unit.
    pub unit: Unit,
    /// How finely the service is to keep its time.
    pub resolution: Resolution,
    /// When.
    pub timestamp: Timestamp,
    /// At most [`VALUES_MAX`] distinct values with their counts, in ascending order.
    pub values: Vec<(f64, f64)>,
    /// Exact, also where the values are rounded.
    pub statistics: Statistics,
    /// How many calls it stands for.
    pub samples: u64,
}

/// A value with its count, uncompressed.
const VALUE: usize = 18;

impl Datum {
    /// About its size in memory.
    pub fn bytes(&self) -> usize {
        const FRAME: usize = 160;
        let dimensions: usize = self.metric.dimensions.iter().map(|(name, value)| name.len() + value.len() + 20).sum();
        FRAME + self.metric.name.len() + dimensions + self.values.len() * VALUE
    }

    /// About its size on the wire, compressed, rather too much: long mantissas do not compress, names and counts do.
    pub(crate) fn wire_bytes(&self) -> usize {
        const COUNT: usize = 3;
        let zeros = |value: f64| value.to_bits().trailing_zeros() as usize / 8;
        let values: usize = self.values.iter().map(|(value, _)| COUNT + 8 - zeros(*value).min(8)).sum();
        self.bytes() - self.values.len() * VALUE + values
    }
}

/// What a datum's metric is called within its namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MetricName {
    /// The metric's name.
    pub name: Box<str>,
    /// Its dimensions, by name.
    pub dimensions: Box<[(Box<str>, Box<str>)]>,
}

/// A statistic set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many samples.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The lowest.
    pub minimum: f64,
    /// The highest.
    pub maximum: f64,
}

/// Why a payload was not sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct SendError {
    /// These documents or datums (indexes in ascending order) the receiver will never take, whatever becomes of the
    /// others: they are taken out first, and counted as refused.
    pub refused: Vec<usize>,
    /// So many from the beginning of what is left then are with the receiver all the same.
    pub delivered: usize,
    /// What to do with the rest.
    pub rest: Rest,
    /// What happened, with the peer's own words.
    pub message: String,
}

/// What to do with what was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Trying again can help: it could not be reached, or is overloaded.
    Retry,
    /// The receiver will never take it: dropped, and counted as refused. It does not count as a failure of the receiver.
    Refused,
}

impl SendError {
    /// Nothing was sent; it may be tried again.
    pub fn retry(message: impl Into<String>) -> Self {
        SendError { refused: Vec::new(), delivered: 0, rest: Rest::Retry, message: message.into() }
    }

    /// The receiver refused all of it.
    pub fn refused(message: impl Into<String>) -> Self {
        SendError { refused: Vec::new(), delivered: 0, rest: Rest::Refused, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(count: u64) -> Documents {
        let mut documents = Documents::default();
        (1..=count)
            .for_each(|n| documents.push(n, |text| text.extend(std::iter::repeat_n(b'0' + n as u8, n as usize))));
        documents
    }

    #[test]
    fn refused_documents_are_taken_out_wherever_they_are() {
        let cases: [(&[usize], u64, &[&str]); 5] = [
            (&[], 0, &["1", "22", "333", "4444"]),
            (&[0], 1, &["22", "333", "4444"]),
            (&[1, 2], 5, &["1", "4444"]),
            (&[0, 3], 5, &["22", "333"]),
            (&[0, 1, 2, 3], 10, &[]),
        ];
        for (indexes, samples, left) in cases {
            let mut payload = Payload::Documents(documents(4));
            assert_eq!(payload.remove_each(indexes), samples, "{indexes:?}");
            let Payload::Documents(documents) = &payload else { panic!("they stay documents") };
            let texts: Vec<_> = documents.iter().map(|text| str::from_utf8(text).unwrap()).collect();
            assert_eq!(texts, left, "{indexes:?}");
            assert_eq!(payload.samples(left.len()), 10 - samples, "{indexes:?}");
        }
    }
}
