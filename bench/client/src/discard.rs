//! Where everything ends: it counts what it gets and throws it away, or, while its gate is shut, it hangs.

use std::io::{self, IoSlice, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// What everybody's output is written to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Discard(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    documents: AtomicU64,
    bytes: AtomicU64,
    gate: Gate,
}

/// A door that holds whoever comes while it is shut.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    shut: Mutex<bool>,
    opened: Condvar,
    held: AtomicU64,
}

impl Gate {
    pub(crate) fn shut(&self) {
        *self.shut.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    pub(crate) fn open(&self) {
        *self.shut.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.opened.notify_all();
    }

    /// Returns when the gate is open.
    pub(crate) fn pass(&self) {
        let mut shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
        if *shut {
            self.held.fetch_add(1, Ordering::Release);
        }
        while *shut {
            shut = self.opened.wait(shut).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether anybody has been held so far.
    pub(crate) fn has_held(&self) -> bool {
        self.held.load(Ordering::Acquire) > 0
    }
}

impl Discard {
    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// How many documents have arrived.
    pub(crate) fn documents(&self) -> u64 {
        self.0.documents.load(Ordering::Acquire)
    }

    /// How many bytes have arrived.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Takes some documents at once.
    pub(crate) fn take(&self, documents: usize, bytes: usize) {
        self.0.gate.pass();
        self.0.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.0.documents.fetch_add(documents as u64, Ordering::Release);
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// A document ends with a newline.
impl Write for Discard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(newlines(bytes), bytes.len());
        Ok(bytes.len())
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes = parts.iter().map(|part| part.len()).sum();
        self.take(parts.iter().map(|part| newlines(part)).sum(), bytes);
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
