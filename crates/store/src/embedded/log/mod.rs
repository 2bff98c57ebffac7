//! The embedded log: files of frames, written by one thread that makes many entries durable with one sync.
//!
//! `docs/format/queues.md` describes what is on disk.

mod files;
#[cfg(test)]
mod tests;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::disk::{Disk, SystemDisk};
use crate::embedded::frame;
use crate::embedded::open::{lock, spawn};
use crate::error::StoreError;
use crate::log::{Log, LogFigures, OnEntry};
use crate::receipt::Receipt;
use files::{Condition, Files};
use writer::{Command, Write, Writer};

/// Settings of an embedded log.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// The folder; made when it is missing.
    pub folder: PathBuf,
    /// A file this long is full.
    pub file_bytes_max: u64,
    /// Entries are refused while more than this waits for the disk.
    pub waiting_bytes_max: u64,
    /// Time since some fixed moment, to measure how long a sync takes.
    pub monotonic: fn() -> Duration,
}

impl LogOptions {
    /// The defaults, for a log in `folder`. Without a clock, sync times count as zero.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        LogOptions {
            folder: folder.into(),
            file_bytes_max: 32 << 20,
            waiting_bytes_max: 64 << 20,
            monotonic: || Duration::ZERO,
        }
    }
}

/// A log in a folder.
pub struct EmbeddedLog {
    files: Arc<Files>,
    tail: Mutex<Tail>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Held as long as the folder is in use.
    _lock: std::fs::File,
}

/// Where the next entry goes.
struct Tail {
    file: u64,
    length: u64,
    /// `None` once closed.
    commands: Option<Sender<Command>>,
}

impl EmbeddedLog {
    /// Opens the log in a folder, and makes a new one where there is none.
    ///
    /// # Errors
    /// The folder is in use, or cannot be read or written.
    pub fn open(options: LogOptions) -> Result<Self, StoreError> {
        Self::open_on(Arc::new(SystemDisk), options)
    }

    fn open_on(disk: Arc<dyn Disk>, options: LogOptions) -> Result<Self, StoreError> {
        for folder in [options.folder.clone(), options.folder.join("damaged")] {
            disk.create_folder(&folder).map_err(|source| StoreError::io("create", &folder, source))?;
        }
        let lock = lock(&options.folder)?;
        let files = Arc::new(Files::find(disk, options)?);
        let (commands, received) = channel();
        let writer = Writer::new(files.clone());
        let thread = spawn("store-log", move || writer.run(&received))?;
        let tail = Tail { file: files.last(), length: 0, commands: Some(commands) };
        Ok(EmbeddedLog { files, tail: Mutex::new(tail), thread: Mutex::new(Some(thread)), _lock: lock })
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for EmbeddedLog {
    fn append(&self, entry: &[u8]) -> (u64, Receipt) {
        let mut bytes = Vec::with_capacity(entry.len() + frame::FRAME_HEADER);
        frame::put(&mut bytes, |out| out.extend_from_slice(entry));
        let mut tail = self.tail();
        if let Some(failure) = self.files.failure() {
            return (tail.file, Receipt::settled(Err(failure)));
        }
        let length = bytes.len() as u64;
        tail.length += length;
        self.files.waiting_bytes.fetch_add(length, Ordering::Relaxed);
        let (acknowledge, receipt) = Receipt::open();
        let write = Write { file: tail.file, frame: bytes, acknowledge };
        if let Some(commands) = &tail.commands {
            // The thread ends only when the commands do.
            drop(commands.send(Command::Write(write)));
        }
        (tail.file, receipt)
    }

    fn is_full(&self) -> bool {
        self.tail().length >= self.files.options.file_bytes_max
    }

    fn begin_file(&self) -> u64 {
        let mut tail = self.tail();
        tail.file += 1;
        tail.length = frame::FILE_HEADER as u64;
        tail.file
    }

    fn give_up_below(&self, number: u64) {
        if let Some(commands) = &self.tail().commands {
            drop(commands.send(Command::GiveUp { below: number }));
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        if let Some(failure) = self.files.failure() {
            return Err(failure);
        }
        let waiting = self.files.waiting_bytes.load(Ordering::Relaxed);
        let limit = self.files.options.waiting_bytes_max;
        match waiting > limit {
            true => Err(StoreError::Busy { waiting: waiting as usize, limit: limit as usize }),
            false => Ok(()),
        }
    }

    fn has_failed(&self) -> bool {
        self.files.failure().is_some()
    }

    fn replay(&self, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError> {
        self.files.replay(on_entry)
    }

    fn resume(&self) -> Result<u64, StoreError> {
        let mut tail = self.tail();
        let commands = tail.commands.as_ref().ok_or(StoreError::Closed)?;
        let (done, outcome) = channel();
        commands.send(Command::Resume { done }).map_err(|_| StoreError::Closed)?;
        let file = outcome.recv().map_err(|_| StoreError::Closed)??;
        tail.file = file;
        tail.length = frame::FILE_HEADER as u64;
        Ok(file)
    }

    fn figures(&self) -> LogFigures {
        self.files.figures()
    }

    fn close(&self) {
        drop(self.tail().commands.take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the log panicked");
        }
        self.files.set_condition(Condition::Failed(StoreError::Closed));
    }
}

impl Drop for EmbeddedLog {
    fn drop(&mut self) {
        self.close();
    }
}
