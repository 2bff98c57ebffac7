//! What every log can do.

use crate::error::StoreError;
use crate::receipt::Receipt;

/// What is called with each entry of a log, and the number of the file it is in. An entry that it refuses counts as
/// damaged.
pub type OnEntry<'a> = dyn FnMut(u64, &[u8]) -> Result<(), String> + 'a;

/// A log: entries that are appended, become durable in their order, and are read again from the first.
///
/// What an entry means is known to whoever writes it. Entries are in files, which are numbered upwards and given up from
/// the front. Whoever writes decides when a file is full, and whether an old one is still needed.
///
/// Entries are often consequences of those before. So once one could not be made durable, none is taken any more, until
/// the writer has [`replay`](Log::replay)ed what there is and [`resume`](Log::resume)d. A log that was just opened is in
/// that state too.
pub trait Log: Send + Sync {
    /// Appends an entry, and answers with the file it is in. The receipt says when it is durable; every entry before
    /// it is then, too.
    fn append(&self, entry: &[u8]) -> (u64, Receipt);

    /// Whether the file that is written to is full.
    fn is_full(&self) -> bool;

    /// Begins a new file, and answers with its number.
    fn begin_file(&self) -> u64;

    /// Gives up the files below `number`, once all that was appended before is durable.
    fn give_up_below(&self, number: u64);

    /// Whether entries are taken now.
    ///
    /// # Errors
    /// An entry could not be made durable, or too many wait.
    fn check(&self) -> Result<(), StoreError>;

    /// Whether it has to be [`replay`](Log::replay)ed and [`resume`](Log::resume)d before it takes entries.
    fn has_failed(&self) -> bool;

    /// Calls `on_entry` for every durable entry, in their order. Those that could not be made durable are gone.
    ///
    /// # Errors
    /// The files cannot be read.
    fn replay(&self, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError>;

    /// Takes entries again, if the disk does, and answers with the number of the new file that they go to.
    ///
    /// # Errors
    /// The disk does not.
    fn resume(&self) -> Result<u64, StoreError>;

    /// Sizes and speeds, and what is wrong.
    fn figures(&self) -> LogFigures;

    /// Waits until all that was appended is durable, and stops.
    fn close(&self);
}

/// Sizes and speeds of a log, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFigures {
    /// Bytes of all files.
    pub bytes: u64,
    /// How many files there are.
    pub files: u64,
    /// Bytes that are not durable yet.
    pub waiting_bytes: u64,
    /// How often something was made durable.
    pub syncs: u64,
    /// How long that took in all.
    pub sync_nanos: u64,
    /// One sentence for each thing that is wrong.
    pub problems: Vec<String>,
}
