//! What every store of metrics can do.

use nepho_model::{Batch, Metric, Numbers, Read, Run, Scope, Timestamp, UnitSeries};

use crate::error::StoreError;
use crate::receipt::Receipt;
use crate::search::{Found, SearchRequest, look_at_all};

/// A store of samples. Calls may block on the disk; none reads a clock.
///
/// Implementations merge: two samples of one metric, unit and time slot become one cell, whenever and in
/// whatever order they arrive.
pub trait Samples: Send + Sync {
    /// Stores a batch, all of it or nothing. A sample too old for every tier is left out.
    ///
    /// What is stored can be read when the receipt resolves, and survives the process from then on.
    fn append(&self, scope: &Scope, batch: &Batch, now: Timestamp) -> Receipt;

    /// Answers each read on its own, so that a damaged file spoils only what it holds. A metric that is not
    /// known has no series.
    fn read(&self, scope: &Scope, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>>;

    /// Gives the cells of each read to one of `sinks`, with the read's number: in runs, which are in no order and several
    /// for a period, of all units, with the `numbers` that are wanted. For whoever adds up many metrics and has no use for
    /// the points of each. A store may work for all sinks at the same time.
    ///
    /// A read that fails may have given some of its cells before.
    ///
    /// # Panics
    /// When there are no sinks.
    #[expect(unused_variables, reason = "points have all numbers")]
    fn each_run(
        &self,
        scope: &Scope,
        reads: &[Read],
        numbers: Numbers,
        sinks: &mut [&mut OnRun<'_>],
    ) -> Vec<Result<(), StoreError>> {
        let answers = self.read(scope, reads).into_iter().zip(reads).enumerate();
        let give = |(number, (answer, read)): (usize, (Result<Vec<UnitSeries>, StoreError>, &Read))| {
            answer?.iter().for_each(|series| series.as_run(read.period_seconds, |run| sinks[0](number, run)));
            Ok(())
        };
        answers.map(give).collect()
    }

    /// One page of the metrics that match, in an order that does not change between pages.
    ///
    /// # Errors
    /// [`StoreError::BadToken`].
    fn list(&self, scope: &Scope, filter: &Filter, page: &Page) -> Result<Listed, StoreError>;

    /// At most `limit` of the metrics that a search finds.
    ///
    /// What is answered is what [`Search::matches`](nepho_model::search::Search::matches) says of every metric that
    /// [`Samples::list`] has; a store with an index need not look at all of them.
    ///
    /// # Errors
    /// What keeps it from looking.
    fn search(&self, scope: &Scope, request: &SearchRequest, limit: usize) -> Result<Found, StoreError> {
        look_at_all(self, scope, request, limit)
    }

    /// A namespace of this scope that is read from elsewhere: nothing can be put into it, and a batch that tries is not
    /// stored at all.
    fn read_only_namespace(&self, _scope: &Scope) -> Option<&str> {
        None
    }

    /// Does what falls due by `now`: writes closed stretches of time to disk, rolls up what is too old for its
    /// tier, drops what is too old for any, forgets metrics without data.
    ///
    /// # Errors
    /// What could not be done; calling again tries again.
    fn maintain(&self, now: Timestamp) -> Result<(), StoreError>;

    /// What the store knows of itself.
    fn figures(&self) -> Figures;

    /// Waits until everything acknowledged is written in its final form, and stops. Later calls fail.
    ///
    /// # Errors
    /// What could not be written; it is still in the journal.
    fn close(&self) -> Result<(), StoreError>;
}

/// What [`Samples::each_run`] gives cells to, with the number of their read.
pub type OnRun<'a> = dyn FnMut(usize, &Run<'_>) + Send + 'a;

/// Which metrics are wanted. Empty means all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Exactly this namespace.
    pub namespace: Option<String>,
    /// Exactly this name.
    pub name: Option<String>,
    /// Every one of these dimensions, by name, or by name and value; others may be there as well.
    pub dimensions: Vec<(String, Option<String>)>,
    /// With data at this time or later.
    pub seen_since: Option<Timestamp>,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Where the page before ended: its [`Listed::next`].
    pub after: Option<String>,
    /// The most metrics on it.
    pub limit: usize,
}

/// A page of metrics.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listed {
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// What to ask the next page with; `None` on the last.
    pub next: Option<String>,
}

/// A store's own measurements. Totals count from its opening.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Metrics known.
    pub metrics: u64,
    /// Cells held in memory.
    pub head_cells: u64,
    /// Chunks on disk.
    pub chunks: u64,
    /// Bytes of journal that a start would replay.
    pub journal_bytes: u64,
    /// Bytes of segment files.
    pub segment_bytes: u64,
    /// Bytes that wait for the journal.
    pub waiting_bytes: u64,
    /// Journal syncs, and the time they took in all, in nanoseconds.
    pub syncs: u64,
    /// See `syncs`.
    pub sync_nanos: u64,
    /// Samples left out because they were older than every tier keeps.
    pub expired_samples: u64,
    /// What is wrong, in words; empty when all is well.
    pub problems: Vec<String>,
}
