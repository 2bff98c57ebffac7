//! The journal thread: groups what writers hand in, makes it durable with one sync, passes it on to the head.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, SyncSender};

use crate::disk::Append;
use crate::embedded::apply::ApplyCommand;
use crate::embedded::entry::{Definitions, Entry, put_definitions};
use crate::embedded::frame;
use crate::embedded::state::State;
use crate::error::StoreError;
use crate::receipt::Acknowledge;

/// Begins every journal.
pub(crate) const JOURNAL_MAGIC: &[u8; frame::FILE_HEADER] = b"NEPHOJ01";
/// The most bytes that one sync makes durable; what waits beyond joins the next group.
const GROUP_BYTES_MAX: usize = 8 << 20;
/// Definitions in one frame.
const DEFINITIONS_PER_FRAME: usize = 10_000;
/// While this many heads wait for their segments, the journal is not closed: the flush is behind.
const FROZEN_HEADS_MAX: usize = 2;

/// One append on its way.
pub(crate) struct Write {
    /// The frame for the journal.
    pub(crate) frame: Vec<u8>,
    /// The same samples for the head.
    pub(crate) entries: Vec<Entry>,
    pub(crate) acknowledge: Acknowledge,
}

impl Write {
    /// What it counts for among the bytes that wait.
    pub(crate) fn footprint(&self) -> usize {
        self.frame.len() + self.entries.len() * size_of::<Entry>()
    }
}

/// What the journal thread is asked.
pub(crate) enum JournalCommand {
    Write(Write),
    /// Close the journal and bring what it holds to a segment.
    Rotate {
        done: Sender<Result<(), StoreError>>,
    },
}

/// A journal that was closed: what has to be in segments and the metrics file before it can go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closed {
    /// Journals up to this one.
    pub(crate) through: u64,
    /// Metrics below this id are defined in them or before.
    pub(crate) metrics_end: u32,
}

/// The state of the thread.
pub(crate) struct Journal {
    state: Arc<State>,
    /// `None` while it could not be created.
    file: Option<Box<dyn Append>>,
    number: u64,
    /// Bytes that are durable.
    length: u64,
    /// Something after `length` may be in the file and has to be cut off first.
    is_broken: bool,
    defined: Closed,
    apply: SyncSender<ApplyCommand>,
    group: Vec<u8>,
}

impl Journal {
    /// A new journal file after all that are there. Everything the index knows is defined before it. When the file
    /// cannot be created, what is stored can still be read, and each write tries again.
    pub(crate) fn create(state: Arc<State>, number: u64, apply: SyncSender<ApplyCommand>) -> Self {
        let defined = Closed { through: number, metrics_end: state.index().end() };
        let length = frame::FILE_HEADER as u64;
        let mut journal =
            Journal { state, file: None, number, length, is_broken: false, defined, apply, group: Vec::new() };
        if let Err(error) = journal.repaired() {
            journal.state.problem("journal", error.to_string());
        }
        journal
    }

    /// Works until every sender is gone.
    pub(crate) fn run(mut self, commands: &Receiver<JournalCommand>) {
        while let Ok(first) = commands.recv() {
            let mut writes = Vec::new();
            let mut rotations = Vec::new();
            let mut bytes = 0;
            let mut next = Some(first);
            while let Some(command) = next {
                match command {
                    JournalCommand::Write(write) => {
                        bytes += write.frame.len();
                        writes.push(write);
                    }
                    JournalCommand::Rotate { done } => rotations.push(done),
                }
                next = if bytes < GROUP_BYTES_MAX && rotations.is_empty() { commands.try_recv().ok() } else { None };
            }
            self.take(writes);
            if !rotations.is_empty() {
                self.rotate(rotations);
            } else if self.is_full() {
                self.rotate(Vec::new());
            }
        }
    }

    fn is_full(&self) -> bool {
        let options = &self.state.options;
        let head = self.state.counts.head_bytes.load(Ordering::Relaxed);
        let is_behind = self.state.view().heads.len() > FROZEN_HEADS_MAX;
        (self.length >= options.journal_bytes_max || head >= options.head_bytes_max) && !is_behind
    }

    /// Makes writes durable and passes them on, or refuses all of them.
    fn take(&mut self, writes: Vec<Write>) {
        if writes.is_empty() {
            return;
        }
        match self.write(&writes) {
            Ok(()) => {
                self.state.resolved("journal");
                // The apply thread ends only after this one.
                drop(self.apply.send(ApplyCommand::Apply(writes)));
            }
            Err(error) => {
                self.state.problem("journal", error.to_string());
                let footprint: usize = writes.iter().map(Write::footprint).sum();
                self.state.counts.waiting_bytes.fetch_sub(footprint, Ordering::Relaxed);
                writes.into_iter().for_each(|write| write.acknowledge.settle(Err(error.clone())));
            }
        }
    }

    fn write(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        let mut group = std::mem::take(&mut self.group);
        group.clear();
        let defined = self.put_new_definitions(&mut group);
        writes.iter().for_each(|write| group.extend_from_slice(&write.frame));
        let path = self.state.journal_path(self.number);
        let started = (self.state.options.monotonic)();
        let file = self.repaired()?;
        let appended = file.append(&group).map_err(|source| StoreError::io("append to", &path, source));
        let synced = appended.and_then(|()| file.sync().map_err(|source| StoreError::io("sync", &path, source)));
        self.group = group;
        self.is_broken = synced.is_err();
        synced?;
        let took = (self.state.options.monotonic)().saturating_sub(started);
        let counts = &self.state.counts;
        counts.syncs.fetch_add(1, Ordering::Relaxed);
        counts.sync_nanos.fetch_add(took.as_nanos() as u64, Ordering::Relaxed);
        counts.journal_bytes.fetch_add(self.group.len() as u64, Ordering::Relaxed);
        self.length += self.group.len() as u64;
        self.defined = defined;
        Ok(())
    }

    /// The file, created if it is not there yet, and without what a write that failed may have left.
    fn repaired(&mut self) -> Result<&mut Box<dyn Append>, StoreError> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => create_file(&self.state, self.number)?,
        };
        let cut = if self.is_broken { file.cut(self.length) } else { Ok(()) };
        let file = self.file.insert(file);
        let path = self.state.journal_path(self.number);
        cut.map_err(|source| StoreError::io("cut back", &path, source))?;
        self.is_broken = false;
        Ok(file)
    }

    /// Writes what was defined since the last group, before its first use.
    fn put_new_definitions(&self, group: &mut Vec<u8>) -> Closed {
        let index = self.state.index();
        let metrics_end = index.end();
        if metrics_end > self.defined.metrics_end {
            put_definition_frames(group, &index.definitions(self.defined.metrics_end));
        }
        Closed { metrics_end, ..self.defined }
    }

    /// Begins a new file and hands the head over to be flushed.
    fn rotate(&mut self, done: Vec<Sender<Result<(), StoreError>>>) {
        let repaired = self.repaired().map(|_| ());
        match repaired.and_then(|()| create_file(&self.state, self.number + 1)) {
            Ok(file) => {
                self.state.resolved("journal");
                self.file = Some(file);
                let closed = self.defined;
                self.number += 1;
                self.length = frame::FILE_HEADER as u64;
                self.defined.through = self.number;
                drop(self.apply.send(ApplyCommand::Freeze { closed, done }));
            }
            Err(error) => {
                self.state.problem("journal", error.to_string());
                done.into_iter().for_each(|done| drop(done.send(Err(error.clone()))));
            }
        }
    }
}

/// Appends definitions as frames of a bounded size, each with all it refers to, and each twice: what is lost with a
/// definition is every sample of a metric, so one damaged byte must not cost one.
pub(crate) fn put_definition_frames(out: &mut Vec<u8>, definitions: &Definitions) {
    for _ in 0..2 {
        for some in definitions.metrics.chunks(DEFINITIONS_PER_FRAME) {
            frame::put(out, |out| put_definitions(out, &definitions.scopes, some));
        }
    }
}

fn create_file(state: &State, number: u64) -> Result<Box<dyn Append>, StoreError> {
    let path = state.journal_path(number);
    let create = || {
        match state.disk.remove(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = state.disk.create(&path)?;
        file.append(JOURNAL_MAGIC)?;
        file.sync()?;
        state.disk.sync_folder(&state.folder("journal"))?;
        Ok(file)
    };
    create().map_err(|source| StoreError::io("create", &path, source))
}
