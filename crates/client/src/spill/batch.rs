//! Records of the spill file on their way to the receiver.

use crate::sink::{DATUM_BYTES_MAX, DATUMS_MAX, Datums, Documents, Form, Payload};
use crate::spill::record::Record;

/// The most records that are read for one payload.
pub(super) const RECORDS_MAX: usize = DATUMS_MAX;
/// The most bytes of documents or datums that are read for one payload, unless one alone is larger.
pub(super) const BYTES_MAX: usize = DATUM_BYTES_MAX;

/// Records that are sent together, and where each begins in the file.
#[derive(Debug)]
pub(crate) struct Batch {
    payload: Payload,
    starts: Vec<u64>,
    /// Where the next record begins that is not in the batch.
    end: u64,
}

impl Batch {
    /// An empty one that begins at an offset.
    pub(super) fn new(form: Form, start: u64) -> Self {
        let payload = match form {
            Form::Documents => Payload::Documents(Documents::default()),
            Form::Datums => Payload::Datums(Datums { namespace: "".into(), datums: Vec::new() }),
        };
        Batch { payload, starts: Vec::new(), end: start }
    }

    /// What is sent.
    pub(crate) fn payload(&self) -> &Payload {
        &self.payload
    }

    /// Where the first record begins that is left.
    pub(super) fn start(&self) -> u64 {
        self.starts.first().copied().unwrap_or(self.end)
    }

    /// Takes the line from `start` to `end` in, with its record if it is one of the batch's form. Answers whether there
    /// was room.
    pub(super) fn add(&mut self, record: Option<Record>, start: u64, end: u64) -> bool {
        if let Some(record) = record.filter(|record| record.form() == self.payload.form()) {
            if !self.payload.is_empty() && !self.has_room(&record) {
                return false;
            }
            self.push(record);
            self.starts.push(start);
        }
        self.end = end;
        true
    }

    fn has_room(&self, record: &Record) -> bool {
        let is_alike = match (&self.payload, record) {
            (Payload::Datums(datums), Record::Datum { namespace, .. }) => datums.namespace == *namespace,
            _ => true,
        };
        is_alike && self.payload.len() < RECORDS_MAX && self.payload.bytes() + record.bytes() <= BYTES_MAX
    }

    fn push(&mut self, record: Record) {
        match (&mut self.payload, record) {
            (Payload::Documents(documents), Record::Document { samples, text }) => {
                documents.push(samples, |out| out.extend_from_slice(&text));
            }
            (Payload::Datums(datums), Record::Datum { namespace, datum }) => {
                datums.namespace = namespace;
                datums.datums.push(*datum);
            }
            _ => unreachable!("only records of the batch's form come here"),
        }
    }

    /// Takes out those that are done with: first these, then so many from the beginning of what is left.
    pub(super) fn remove(&mut self, refused: &[usize], delivered: usize) {
        self.payload.remove_each(refused);
        self.payload.remove_first(delivered);
        let mut index = 0..;
        self.starts.retain(|_| index.next().is_some_and(|index| refused.binary_search(&index).is_err()));
        self.starts.drain(..delivered);
    }
}

impl Record {
    pub(super) fn form(&self) -> Form {
        match self {
            Record::Document { .. } => Form::Documents,
            Record::Datum { .. } => Form::Datums,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Record::Document { text, .. } => text.len() + 1,
            Record::Datum { datum, .. } => datum.bytes(),
        }
    }
}
