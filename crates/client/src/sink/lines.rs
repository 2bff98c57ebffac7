//! Documents onto a stream of bytes, and how far they came.

use std::io::{self, ErrorKind, Write};

use crate::sink::{Documents, Rest, SendError};

/// What is at the end of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tail {
    /// The end of a line, or nothing.
    #[default]
    Line,
    /// A document without its newline.
    Unended,
    /// So many bytes of a document that will be written again.
    Torn(usize),
}

impl Tail {
    /// Writes documents. A line that an earlier call left unfinished is ended first, so that it costs no other.
    pub(super) fn write(&mut self, stream: &mut dyn Write, documents: &Documents) -> Result<(), SendError> {
        if *self != Tail::Line {
            write_all(stream, b"\n").map_err(|partial| SendError::retry(partial.error.to_string()))?;
            *self = Tail::Line;
        }
        write_all(stream, documents.text()).map_err(|partial| {
            *self = Tail::after(documents, partial.written);
            partial.of(documents)
        })
    }

    /// What is there when `written` bytes of documents are.
    fn after(documents: &Documents, written: usize) -> Self {
        match written - documents.line_end_within(written) {
            0 => Tail::Line,
            _ if documents.whole_within(written) > documents.whole_within(written - 1) => Tail::Unended,
            torn => Tail::Torn(torn),
        }
    }
}

/// A write that stopped on the way.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) written: usize,
    pub(super) error: io::Error,
}

impl Partial {
    /// What it means for the documents that were written: those that are whole are delivered.
    pub(super) fn of(&self, documents: &Documents) -> SendError {
        SendError {
            refused: Vec::new(),
            delivered: documents.whole_within(self.written),
            rest: Rest::Retry,
            message: self.error.to_string(),
        }
    }
}

/// Writes all of `bytes`, or says how many came through.
pub(super) fn write_all(stream: &mut dyn Write, bytes: &[u8]) -> Result<(), Partial> {
    let mut written = 0;
    while written < bytes.len() {
        match stream.write(&bytes[written..]) {
            Ok(0) => return Err(Partial { written, error: ErrorKind::WriteZero.into() }),
            // More than there is would be a bug of the writer, which is not ours.
            Ok(count) => written += count.min(bytes.len() - written),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Partial { written, error }),
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A disk that is full after so many bytes.
    #[derive(Debug, Default)]
    pub(in crate::sink) struct Full {
        pub(in crate::sink) held: Vec<u8>,
        pub(in crate::sink) bytes_max: usize,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Three bytes at a time, so that no write is whole.
            let room = (self.bytes_max - self.held.len()).min(3).min(bytes.len());
            self.held.extend_from_slice(&bytes[..room]);
            if room == 0 { Err(ErrorKind::StorageFull.into()) } else { Ok(room) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    pub(in crate::sink) fn documents(texts: &[&str]) -> Documents {
        let mut documents = Documents::default();
        texts.iter().for_each(|text| documents.push(1, |out| out.extend_from_slice(text.as_bytes())));
        documents
    }

    /// Writes `{"a":1}` and `{"b":2}` with room for so many bytes, then, with room, what was not delivered and `{"c":3}`.
    fn check(room: usize, delivered: usize, text: &str) {
        let (mut tail, mut stream) = (Tail::Line, Full { bytes_max: room, ..Full::default() });
        let sent = documents(&[r#"{"a":1}"#, r#"{"b":2}"#]);
        let error = tail.write(&mut stream, &sent).unwrap_err();
        assert_eq!((error.delivered, error.rest, error.message.as_str()), (delivered, Rest::Retry, "no storage space"));
        // Full still: nothing may change.
        assert_eq!(tail.write(&mut stream, &documents(&["x"])).unwrap_err().delivered, 0);
        stream.bytes_max = usize::MAX;
        let rest = [r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#];
        tail.write(&mut stream, &documents(&rest[delivered..])).unwrap();
        assert_eq!(String::from_utf8(stream.held).unwrap(), text, "room for {room}");
    }

    #[test]
    fn a_torn_line_costs_only_itself() {
        check(0, 0, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
        check(3, 0, "{\"a\n{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
        check(6, 0, "{\"a\":1\n{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
        check(7, 1, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
        check(8, 1, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
        check(9, 1, "{\"a\":1}\n{\n{\"b\":2}\n{\"c\":3}\n");
        check(15, 2, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    }

    #[test]
    fn interruptions_are_nothing_and_zero_is_an_error() {
        struct Odd(u8);
        impl Write for Odd {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 += 1;
                match self.0 {
                    1 => Err(ErrorKind::Interrupted.into()),
                    // A writer that claims more than it was given.
                    2 => Ok(bytes.len() + 5),
                    _ => Ok(0),
                }
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(write_all(&mut Odd(0), b"abc").is_ok());
        assert_eq!(write_all(&mut Odd(2), b"abc").unwrap_err().error.kind(), ErrorKind::WriteZero);
    }
}
