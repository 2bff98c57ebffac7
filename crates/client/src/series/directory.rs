//! The directory: from the names of a call to a series.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use nepho_model::Unit;

use super::key::{Key, Kind, Scope};
use super::registry::{Caps, Place, Registry, Room};
use super::{Alias, Series, local};
use crate::account::{Cause, Ledger};
use crate::naming::Naming;
use crate::warnings::{Notice, Warnings};

/// The series of one client, with the rules by which they are named.
#[derive(Debug)]
pub(crate) struct Directory {
    /// Tells this directory's names from others' in the memory of a thread.
    id: u32,
    /// Random, so that nobody who chooses dimension values can make keys collide.
    seed: u64,
    pub(crate) naming: Naming,
    pub(crate) registry: Registry,
    pub(crate) warnings: Arc<Warnings>,
    /// What was dropped because it could not be named.
    pub(crate) front: Arc<Ledger>,
}

/// What a call names a metric by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) namespace: u16,
    pub(crate) name: &'a str,
    pub(crate) unit: Unit,
    pub(crate) kind: Kind,
    pub(crate) dimensions: &'a [(&'a str, &'a str)],
}

impl Directory {
    pub(crate) fn new(id: u32, naming: Naming, caps: Caps, warnings: Arc<Warnings>, front: Arc<Ledger>) -> Self {
        let seed = RandomState::new().hash_one(id);
        Directory { id, seed, naming, registry: Registry::new(caps), warnings, front }
    }

    /// Calls `with` for a series. When there is none to be had, the sample is dropped, counted and said.
    #[inline]
    pub(crate) fn with<R>(&self, named: &Named<'_>, with: impl FnOnce(&Series) -> R) -> Option<R> {
        let key = self.key(named);
        local::with(&key, |hash| self.find(&key, hash), |alias| with(&alias.series))
    }

    /// As [`Directory::with`], for the client's own metrics: they have what dimensions they need, and room beyond the caps.
    pub(crate) fn with_own(&self, named: &Named<'_>, with: impl FnOnce(&Series)) {
        let key = self.key(named);
        let place = || {
            let naming = Naming { allowed: None, ..self.naming.clone() };
            let identity = naming.identity(&key, false, &self.warnings)?;
            match self.registry.place(&key, key.hash(), &identity, Room::Own) {
                Place::Found(alias) => Some(alias),
                Place::Overflow { .. } | Place::Full => None,
            }
        };
        if let Some(alias) = self.registry.known(&key, key.hash()).or_else(place) {
            with(&alias.series);
        }
    }

    /// The series for a handle.
    pub(crate) fn series(&self, named: &Named<'_>) -> Option<Arc<Series>> {
        let key = self.key(named);
        let found = self.registry.known(&key, key.hash()).map_or_else(|| self.place(&key, key.hash()), Ok);
        found.ok().map(|alias| Arc::clone(&alias.series))
    }

    #[inline]
    fn key<'a>(&self, named: &Named<'a>) -> Key<'a> {
        let scope = Scope { directory: self.id, namespace: named.namespace, unit: named.unit.code(), kind: named.kind };
        Key::new(scope, named.name, named.dimensions, self.seed)
    }

    #[cold]
    fn find(&self, key: &Key<'_>, hash: u64) -> Option<Arc<Alias>> {
        let found = self.registry.known(key, hash).map_or_else(|| self.place(key, hash), Ok);
        found.inspect_err(|cause| self.front.drop_at_once(*cause, 1)).ok()
    }

    fn place(&self, key: &Key<'_>, hash: u64) -> Result<Arc<Alias>, Cause> {
        let identity = |is_overflow| self.naming.identity(key, is_overflow, &self.warnings).ok_or(Cause::InvalidName);
        let place = match self.registry.place(key, hash, &identity(false)?, Room::Capped) {
            Place::Overflow { of_metric, in_total } => {
                let detail = format_args!(
                    "{of_metric} series of it, {in_total} in total: a limit is reached, and what is new is added up in \
                     one whose dimensions are \"other\""
                );
                self.warnings.notice(Notice::SeriesOverflow, key.name, detail);
                self.registry.place(key, hash, &identity(true)?, Room::Overflow)
            }
            place => place,
        };
        match place {
            Place::Found(alias) => Ok(alias),
            Place::Overflow { .. } | Place::Full => {
                let detail = format_args!("{} series are the most there can be", self.registry.len());
                self.warnings.dropped(Cause::TooManySeries, key.name, detail);
                Err(Cause::TooManySeries)
            }
        }
    }
}
