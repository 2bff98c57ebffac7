//! The thread of a log: groups entries, makes them durable with one sync, and says so.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};

use super::files::{Condition, Files, MAGIC, WRITING};
use crate::disk::Append;
use crate::embedded::frame;
use crate::error::StoreError;
use crate::receipt::Acknowledge;

/// The most bytes that one sync makes durable; what waits beyond joins the next group.
const GROUP_BYTES_MAX: usize = 8 << 20;
/// Where the entries of a file begin.
const HEADER: u64 = frame::FILE_HEADER as u64;
/// What a disk has to take before entries are taken again.
const TRIAL_BYTES: usize = 64 << 10;

/// An entry on its way.
pub(super) struct Write {
    pub(super) file: u64,
    pub(super) frame: Vec<u8>,
    pub(super) acknowledge: Acknowledge,
}

/// What the thread is asked.
pub(super) enum Command {
    Write(Write),
    GiveUp { below: u64 },
    Resume { done: Sender<Result<u64, StoreError>> },
}

/// The state of the thread.
pub(super) struct Writer {
    files: Arc<Files>,
    /// The file that was last written to, and its number.
    file: Option<(u64, Box<dyn Append>)>,
    /// Something may be behind the durable end of that file, and has to be cut off first.
    is_broken: bool,
    group: Vec<u8>,
}

impl Writer {
    pub(super) fn new(files: Arc<Files>) -> Self {
        Writer { files, file: None, is_broken: false, group: Vec::new() }
    }

    /// Works until every sender is gone.
    pub(super) fn run(mut self, commands: &Receiver<Command>) {
        let mut next = commands.recv().ok();
        while let Some(command) = next.take() {
            next = match command {
                Command::Write(first) => self.take(first, commands),
                Command::GiveUp { below } => {
                    // What the files are given up for may not be durable.
                    if self.files.failure().is_none() {
                        self.files.give_up(below);
                    }
                    None
                }
                Command::Resume { done } => {
                    drop(done.send(self.resume()));
                    None
                }
            };
            next = next.or_else(|| commands.recv().ok());
        }
    }

    /// Writes an entry and those that wait behind it. Answers with the first command that is none of them.
    fn take(&mut self, first: Write, commands: &Receiver<Command>) -> Option<Command> {
        let (number, mut bytes) = (first.file, first.frame.len());
        let mut writes = vec![first];
        let mut next = None;
        while bytes < GROUP_BYTES_MAX && next.is_none() {
            match commands.try_recv() {
                Ok(Command::Write(write)) if write.file == number => {
                    bytes += write.frame.len();
                    writes.push(write);
                }
                Ok(command) => next = Some(command),
                Err(_) => break,
            }
        }
        let outcome = match self.files.failure() {
            Some(failure) => Err(failure),
            None => self.write(number, &writes),
        };
        if let Err(error) = &outcome
            && self.files.failure().is_none()
        {
            // Before anybody hears of it, so that nothing is taken that follows from what is not durable.
            self.files.set_condition(Condition::Failed(error.clone()));
            self.files.problem(WRITING, error.to_string());
        }
        self.files.waiting_bytes.fetch_sub(bytes as u64, Ordering::Relaxed);
        writes.into_iter().for_each(|write| write.acknowledge.settle(outcome.clone()));
        next
    }

    fn write(&mut self, number: u64, writes: &[Write]) -> Result<(), StoreError> {
        if self.file.as_ref().is_none_or(|(open, _)| *open != number) {
            self.create(number)?;
        }
        self.group.clear();
        writes.iter().for_each(|write| self.group.extend_from_slice(&write.frame));
        let Some((_, file)) = &mut self.file else { return Err(StoreError::Closed) };
        let path = self.files.path(number);
        let started = (self.files.options.monotonic)();
        self.is_broken = true;
        file.append(&self.group).map_err(|source| StoreError::io("append to", &path, source))?;
        file.sync().map_err(|source| StoreError::io("sync", &path, source))?;
        self.is_broken = false;
        let took = (self.files.options.monotonic)().saturating_sub(started);
        self.files.count_sync(took.as_nanos() as u64);
        let length = self.files.length(number).unwrap_or(HEADER);
        self.files.extend(number, length + self.group.len() as u64);
        Ok(())
    }

    /// Begins a file.
    fn create(&mut self, number: u64) -> Result<(), StoreError> {
        let path = self.files.path(number);
        let disk = &self.files.disk;
        let create = || {
            // What an attempt that failed has left.
            match disk.remove(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = disk.create(&path)?;
            file.append(MAGIC)?;
            file.sync()?;
            disk.sync_folder(&self.files.options.folder)?;
            Ok(file)
        };
        let file = create().map_err(|source| StoreError::io("create", &path, source))?;
        self.file = Some((number, file));
        self.files.extend(number, HEADER);
        Ok(())
    }

    /// Cuts off what is not durable, and begins a new file once the disk has shown that it takes something.
    fn resume(&mut self) -> Result<u64, StoreError> {
        if self.is_broken {
            self.cut_back()?;
        }
        let number = match &self.file {
            // It was begun in vain.
            Some((number, _)) if self.durable_end() == HEADER => *number,
            _ => self.files.last() + 1,
        };
        if self.file.as_ref().is_none_or(|(open, _)| *open != number) {
            self.create(number)?;
        }
        let Some((_, file)) = &mut self.file else { return Err(StoreError::Closed) };
        self.is_broken = true;
        let trial = file.append(&[0; TRIAL_BYTES]).and_then(|()| file.sync());
        trial.map_err(|source| StoreError::io("write to", &self.files.path(number), source))?;
        self.cut_back()?;
        self.files.set_condition(Condition::Taking);
        self.files.resolved(WRITING);
        Ok(number)
    }

    /// How far the file that was last written to is durable.
    fn durable_end(&self) -> u64 {
        self.file.as_ref().and_then(|(number, _)| self.files.length(*number)).unwrap_or(HEADER)
    }

    fn cut_back(&mut self) -> Result<(), StoreError> {
        let end = self.durable_end();
        if let Some((number, file)) = &mut self.file {
            let path = self.files.path(*number);
            file.cut(end).map_err(|source| StoreError::io("cut back", &path, source))?;
        }
        self.is_broken = false;
        Ok(())
    }
}
