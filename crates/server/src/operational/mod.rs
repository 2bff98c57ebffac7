//! The bridge to operational metrics in PostgreSQL: the namespace `Operational`, read only.
//!
//! A store in front of another one. Reads of the namespace, in the scope that it is shown in, are answered from the
//! tables of `nepho-operational`; everything else goes to the store behind. What is shown, and what a period gives for
//! days of which only daily rows are left, is in `docs/decisions/operational.md`.

mod cells;
mod listing;
mod looked;
mod names;
mod tables;

use std::sync::Arc;

use nepho_model::{Batch, Metric, Numbers, Read, Run, Scope, Timestamp, UnitSeries};
use nepho_operational::Error;
use nepho_store::{Figures, Filter, Found, Listed, OnRun, Page, Receipt, Samples, SearchRequest, StoreError};

use tables::Tables;

/// The namespace that the tables are shown as.
pub const OPERATIONAL_NAMESPACE: &str = "Operational";

/// A store with the namespace `Operational` in front of it.
pub struct OperationalSamples {
    behind: Arc<dyn Samples>,
    scope: Scope,
    tables: Arc<Tables>,
}

impl OperationalSamples {
    /// Connects to a database (`postgres://user@host/name`) and shows its tables in one scope, in front of `behind`.
    ///
    /// Reads run on the runtime that this is called in, and block the thread that asks.
    ///
    /// # Errors
    /// When the address is none, nothing answers there, or the tables are missing.
    pub async fn connect(address: &str, scope: Scope, behind: Arc<dyn Samples>) -> Result<Self, Error> {
        Ok(OperationalSamples { behind, scope, tables: Arc::new(Tables::connect(address).await?) })
    }

    fn is_ours(&self, scope: &Scope, namespace: &str) -> bool {
        namespace == OPERATIONAL_NAMESPACE && *scope == self.scope
    }

    /// Splits reads by who answers them, and puts the answers back in their order.
    fn dispatch<T>(
        &self,
        scope: &Scope,
        reads: &[Read],
        ours: impl FnOnce(&[(usize, Read)]) -> Vec<T>,
        theirs: impl FnOnce(&[usize], &[Read]) -> Vec<T>,
    ) -> Vec<T> {
        let numbered = reads.iter().cloned().enumerate();
        let (to_us, to_them): (Vec<_>, Vec<_>) =
            numbered.partition(|(_, read)| self.is_ours(scope, read.metric.key().namespace()));
        let (numbers, others): (Vec<usize>, Vec<Read>) = to_them.into_iter().unzip();
        let ours: Vec<(usize, T)> = match to_us.is_empty() {
            true => Vec::new(),
            false => to_us.iter().map(|(number, _)| *number).zip(ours(&to_us)).collect(),
        };
        let mut all = ours;
        all.extend(numbers.iter().copied().zip(theirs(&numbers, &others)));
        all.sort_unstable_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, answer)| answer).collect()
    }

    fn read_ours(&self, reads: &[(usize, Read)]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
        self.tables.read(reads.iter().map(|(_, read)| read.clone()).collect())
    }
}

impl Samples for OperationalSamples {
    fn append(&self, scope: &Scope, batch: &Batch, now: Timestamp) -> Receipt {
        if *scope == self.scope && batch.iter().any(|sample| sample.metric.namespace() == OPERATIONAL_NAMESPACE) {
            let namespace = OPERATIONAL_NAMESPACE.to_owned();
            return Receipt::settled(Err(StoreError::ReadOnly { namespace }));
        }
        self.behind.append(scope, batch, now)
    }

    fn read(&self, scope: &Scope, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
        let theirs = |_: &[usize], reads: &[Read]| self.behind.read(scope, reads);
        self.dispatch(scope, reads, |reads| self.read_ours(reads), theirs)
    }

    fn each_run(
        &self,
        scope: &Scope,
        reads: &[Read],
        wanted: Numbers,
        sinks: &mut [&mut OnRun<'_>],
    ) -> Vec<Result<(), StoreError>> {
        let sinks = std::cell::RefCell::new(sinks);
        let ours = |reads: &[(usize, Read)]| {
            let answers = self.read_ours(reads).into_iter().zip(reads);
            let give = |(answer, (number, read)): (Result<Vec<UnitSeries>, StoreError>, &(usize, Read))| {
                let give_run = |run: &Run<'_>| sinks.borrow_mut()[0](*number, run);
                answer?.iter().for_each(|series| series.as_run(read.period_seconds, give_run));
                Ok(())
            };
            answers.map(give).collect()
        };
        let theirs = |numbers: &[usize], reads: &[Read]| {
            let mut sinks = sinks.borrow_mut();
            let renumbered =
                sinks.iter_mut().map(|sink| move |number: usize, run: &Run<'_>| sink(numbers[number], run));
            let mut renumbered: Vec<_> = renumbered.collect();
            let mut renumbered: Vec<_> = renumbered.iter_mut().map(|sink| sink as &mut OnRun<'_>).collect();
            self.behind.each_run(scope, reads, wanted, &mut renumbered)
        };
        self.dispatch(scope, reads, ours, theirs)
    }

    fn list(&self, scope: &Scope, filter: &Filter, page: &Page) -> Result<Listed, StoreError> {
        match filter.namespace.as_deref() {
            Some(namespace) if self.is_ours(scope, namespace) => Ok(listing::page(&self.metrics(filter)?, page)),
            None if *scope == self.scope => listing::both(
                page,
                |page| self.behind.list(scope, filter, page),
                |page| Ok(listing::page(&self.metrics(filter)?, page)),
            ),
            _ => self.behind.list(scope, filter, page),
        }
    }

    fn search(&self, scope: &Scope, request: &SearchRequest, limit: usize) -> Result<Found, StoreError> {
        let namespace = request.search.schema.as_ref().map(|schema| schema.namespace());
        let is_ours = *scope == self.scope && namespace.is_none_or(|namespace| namespace == OPERATIONAL_NAMESPACE);
        if !is_ours {
            return self.behind.search(scope, request, limit);
        }
        let mut found = match namespace {
            Some(_) => Found::default(),
            None => self.behind.search(scope, request, limit)?,
        };
        let filter = Filter { seen_since: request.seen_since, ..Filter::default() };
        let ours = self.metrics(&filter)?;
        let matching = ours.into_iter().filter(|metric| request.search.matches(scope, metric.key()));
        found.metrics.extend(matching);
        found.has_more |= found.metrics.len() > limit;
        found.metrics.truncate(limit);
        Ok(found)
    }

    fn read_only_namespace(&self, scope: &Scope) -> Option<&str> {
        (*scope == self.scope).then_some(OPERATIONAL_NAMESPACE)
    }

    fn maintain(&self, now: Timestamp) -> Result<(), StoreError> {
        self.behind.maintain(now)
    }

    fn figures(&self) -> Figures {
        let mut figures = self.behind.figures();
        figures.problems.extend(self.tables.problem());
        figures
    }

    fn close(&self) -> Result<(), StoreError> {
        self.tables.close();
        self.behind.close()
    }
}

impl OperationalSamples {
    /// The metrics of the tables that match, in the order of their keys.
    fn metrics(&self, filter: &Filter) -> Result<Vec<Metric>, StoreError> {
        let names = self.tables.names()?;
        let matching = names.metrics().iter().filter(|(metric, known)| filter.matches(metric.key(), known.seen));
        Ok(matching.map(|(metric, _)| metric.clone()).collect())
    }
}
