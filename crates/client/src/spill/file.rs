//! The spill file: appended to at its end, and sent from its beginning.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::sink::{Form, Payload};
use crate::spill::batch::Batch;
use crate::spill::record::{self, Record};

const MAGIC: &[u8] = b"nepho-spill 1 ";
const OFFSET_DIGITS: usize = 19;
/// The size of the header, and so where the first record begins.
const HEADER_BYTES: u64 = (MAGIC.len() + OFFSET_DIGITS + 1) as u64;

/// An open spill file.
#[derive(Debug)]
pub(crate) struct SpillFile {
    file: fs::File,
    form: Form,
    bytes_max: u64,
    /// Where the first record begins that was not sent.
    cursor: u64,
    /// Where the last record ends.
    end: u64,
    /// How many samples are in between.
    samples: u64,
    skipped: u64,
    batch: Option<Batch>,
}

/// Whether a payload was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appended {
    /// All of it.
    All,
    /// Nothing: the file would become larger than it may.
    Full,
}

impl SpillFile {
    /// Opens the file at `path`, or creates it. What is in it is of `form`, or is skipped.
    pub(crate) fn open(path: &Path, bytes_max: u64, form: Form) -> io::Result<Self> {
        let file = open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                io::Error::new(ErrorKind::WouldBlock, "another process, or another sink, uses it")
            }
            TryLockError::Error(error) => error,
        })?;
        let end = file.metadata()?.len();
        let (cursor, samples, skipped) = (HEADER_BYTES, 0, 0);
        let mut spill = SpillFile { file, form, bytes_max, cursor, end, samples, skipped, batch: None };
        spill.read_header()?;
        spill.scan()?;
        Ok(spill)
    }

    /// How many samples are in it.
    pub(crate) fn samples(&self) -> u64 {
        self.samples
    }

    /// How many lines were skipped when it was opened, because they were damaged or of another form.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Appends a payload, if there is room.
    pub(crate) fn append(&mut self, payload: &Payload) -> io::Result<Appended> {
        let lines = record::write(payload);
        if self.end + lines.len() as u64 > self.bytes_max {
            return Ok(Appended::Full);
        }
        let written = self.write_at(self.end, &lines);
        if written.is_err() {
            // The piece that came through is past the end: it is written over, or cut off when the file is opened.
            drop(self.file.set_len(self.end));
            return written.map(|()| Appended::All);
        }
        self.end += lines.len() as u64;
        self.samples += payload.samples(payload.len());
        Ok(Appended::All)
    }

    /// The oldest records, to be sent. None when there is nothing in the file.
    pub(crate) fn first(&mut self) -> io::Result<Option<&Payload>> {
        if self.batch.is_none() {
            self.batch = self.read_batch()?;
        }
        Ok(self.batch.as_ref().map(Batch::payload))
    }

    /// Forgets those of the oldest records that are done with: first these, then so many from the beginning of what is
    /// left. Their samples are `samples`. They are forgotten here also when the file cannot be told.
    pub(crate) fn remove(&mut self, refused: &[usize], delivered: usize, samples: u64) -> io::Result<()> {
        let Some(mut batch) = self.batch.take() else { return Ok(()) };
        batch.remove(refused, delivered);
        self.samples = self.samples.saturating_sub(samples);
        self.cursor = batch.start();
        if !batch.payload().is_empty() {
            self.batch = Some(batch);
        }
        self.forget()
    }

    /// Samples that were counted and are not in the file any more, because it was changed by somebody else.
    pub(crate) fn take_lost(&mut self) -> u64 {
        let is_drained = self.batch.is_none() && self.cursor >= self.end;
        if is_drained { std::mem::take(&mut self.samples) } else { 0 }
    }

    /// Writes down what was sent, and gives the space back when that is everything.
    fn forget(&mut self) -> io::Result<()> {
        if self.cursor >= self.end {
            (self.cursor, self.end) = (HEADER_BYTES, HEADER_BYTES);
            self.file.set_len(HEADER_BYTES)?;
        }
        self.write_header()
    }

    fn write_header(&mut self) -> io::Result<()> {
        let mut header = MAGIC.to_vec();
        writeln!(header, "{:0OFFSET_DIGITS$}", self.cursor)?;
        self.write_at(0, &header)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)
    }

    fn read_header(&mut self) -> io::Result<()> {
        let mut header = Vec::new();
        (&self.file).take(HEADER_BYTES).read_to_end(&mut header)?;
        let known = header.len().min(MAGIC.len());
        if header[..known] != MAGIC[..known] {
            return Err(io::Error::new(ErrorKind::InvalidData, "it is no spill file of version 1, and left alone"));
        }
        if (header.len() as u64) < HEADER_BYTES {
            // New, or its process ended while it was.
            self.end = HEADER_BYTES;
            return self.write_header();
        }
        let digits = str::from_utf8(&header[MAGIC.len()..MAGIC.len() + OFFSET_DIGITS]).ok();
        let offset = digits.and_then(|digits| digits.parse().ok());
        self.cursor = offset.filter(|offset| (HEADER_BYTES..=self.end).contains(offset)).unwrap_or(HEADER_BYTES);
        Ok(())
    }

    /// Counts what is to be sent, and cuts off a last line that has no end.
    fn scan(&mut self) -> io::Result<()> {
        let (form, mut whole) = (self.form, self.cursor);
        let (mut samples, mut skipped) = (0, 0);
        self.lines(|line| {
            whole = line.end;
            match line.record.filter(|record| record.form() == form) {
                Some(record) => samples += record.samples(),
                None => skipped += 1,
            }
            true
        })?;
        if whole < self.end {
            skipped += 1;
            self.end = whole;
            self.file.set_len(whole)?;
        }
        (self.samples, self.skipped) = (samples, skipped);
        Ok(())
    }

    /// Reads as many of the oldest records as make a payload.
    fn read_batch(&mut self) -> io::Result<Option<Batch>> {
        let mut batch = Batch::new(self.form, self.cursor);
        self.lines(|line| batch.add(line.record, line.start, line.end))?;
        if !batch.payload().is_empty() {
            return Ok(Some(batch));
        }
        // There is none, or none that can be read.
        if self.end > HEADER_BYTES {
            self.cursor = self.end;
            self.forget()?;
        }
        Ok(None)
    }

    /// Hands out the lines that were not sent, until `each` wants no more.
    fn lines(&mut self, mut each: impl FnMut(Line) -> bool) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.cursor))?;
        let mut reader = BufReader::new((&self.file).take(self.end - self.cursor));
        let (mut start, mut text) = (self.cursor, Vec::new());
        loop {
            text.clear();
            let end = start + reader.read_until(b'\n', &mut text)? as u64;
            let Some(line) = text.strip_suffix(b"\n") else { return Ok(()) };
            if !each(Line { start, end, record: record::read(line) }) {
                return Ok(());
            }
            start = end;
        }
    }
}

/// A line of the file, newline included.
struct Line {
    start: u64,
    end: u64,
    /// What it holds, if it is whole.
    record: Option<Record>,
}

fn open(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests;
