//! A line of the spill file.

use std::io::Write;
use std::sync::Arc;

use crate::sink::{Datum, Payload};
use crate::spill::datum;

/// What a line holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    /// An EMF document.
    Document { samples: u64, text: Vec<u8> },
    /// A datum, and its namespace.
    Datum { namespace: Arc<str>, datum: Box<Datum> },
}

impl Record {
    pub(super) fn samples(&self) -> u64 {
        match self {
            Record::Document { samples, .. } => *samples,
            Record::Datum { datum, .. } => datum.samples,
        }
    }
}

const DOCUMENT: u8 = b'D';
const DATUM: u8 = b'M';
/// The digits of a checksum.
const CHECKSUM: usize = 8;

/// The lines of a payload.
pub(super) fn write(payload: &Payload) -> Vec<u8> {
    let mut lines = Vec::with_capacity(payload.bytes() + 32 * payload.len());
    match payload {
        Payload::Documents(documents) => {
            for (text, samples) in documents.iter().zip(documents.samples()) {
                line(&mut lines, DOCUMENT, samples, text);
            }
        }
        Payload::Datums(datums) => {
            for each in &datums.datums {
                line(&mut lines, DATUM, each.samples, datum::write(&datums.namespace, each).as_bytes());
            }
        }
    }
    lines
}

fn line(lines: &mut Vec<u8>, kind: u8, samples: u64, body: &[u8]) {
    let start = lines.len();
    lines.resize(start + CHECKSUM, b'0');
    lines.extend_from_slice(&[b' ', kind, b' ']);
    lines.extend_from_slice(samples.to_string().as_bytes());
    lines.push(b' ');
    lines.extend_from_slice(body);
    let checksum = crc32fast::hash(&lines[start + CHECKSUM + 1..]);
    write!(&mut lines[start..start + CHECKSUM], "{checksum:08x}").expect("there is room for eight digits");
    lines.push(b'\n');
}

/// Reads a line without its newline. None when it is not what was written.
pub(super) fn read(line: &[u8]) -> Option<Record> {
    let (checksum, rest) = line.split_at_checked(CHECKSUM)?;
    let rest = rest.strip_prefix(b" ")?;
    if format!("{:08x}", crc32fast::hash(rest)).as_bytes() != checksum {
        return None;
    }
    let mut parts = rest.splitn(3, |byte| *byte == b' ');
    let (kind, samples, body) = (parts.next()?, parts.next()?, parts.next()?);
    let samples = str::from_utf8(samples).ok()?.parse().ok()?;
    match kind {
        [DOCUMENT] => Some(Record::Document { samples, text: body.to_vec() }),
        [DATUM] => {
            let (namespace, datum) = datum::read(body, samples)?;
            Some(Record::Datum { namespace, datum: Box::new(datum) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Documents;

    fn document(text: &str) -> Payload {
        let mut documents = Documents::default();
        documents.push(3, |out| out.extend_from_slice(text.as_bytes()));
        Payload::Documents(documents)
    }

    #[test]
    fn a_document_is_a_line_of_its_own() {
        let lines = write(&document(r#"{"a b":1}"#));
        // The checksum of `D 3 {"a b":1}`, by another implementation (Python's zlib).
        assert_eq!(str::from_utf8(&lines), Ok("5fb01b23 D 3 {\"a b\":1}\n"));
        let expected = Record::Document { samples: 3, text: br#"{"a b":1}"#.to_vec() };
        assert_eq!(read(lines.trim_ascii_end()), Some(expected));
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let lines = write(&document(r#"{"a":1}"#));
        let line = lines.trim_ascii_end();
        for bit in 0..line.len() * 8 {
            let mut damaged = line.to_vec();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&damaged), None, "bit {bit}");
        }
        (0..line.len()).for_each(|end| assert_eq!(read(&line[..end]), None, "cut at {end}"));
    }

    #[test]
    fn what_is_whole_and_means_nothing_is_no_record() {
        for rest in ["X 1 {}", "D x {}", "D 1", "D", "M 1 {}", "M 1 []", "D -1 {}"] {
            let line = format!("{:08x} {rest}", crc32fast::hash(rest.as_bytes()));
            assert_eq!(read(line.as_bytes()), None, "{rest}");
        }
    }
}
