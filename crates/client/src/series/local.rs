//! The series a thread has named lately: found again without a lock.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use hashbrown::HashTable;

use super::Alias;
use super::graveyard::Graveyard;
use super::key::Key;

/// The most a thread remembers; then it forgets all and begins again.
pub(super) const ALIASES_MAX: usize = 2048;

/// Moves on when threads are to forget: series may have been retired, or their client is gone.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Names that threads have forgotten, for a worker to drop.
static GRAVEYARD: Graveyard = Graveyard::new();

thread_local! {
    static LOCAL: RefCell<Local> = const { RefCell::new(Local { generation: 0, aliases: HashTable::new() }) };
}

struct Local {
    generation: u64,
    aliases: HashTable<Arc<Alias>>,
}

/// Makes every thread forget at its next call.
pub(crate) fn forget() {
    GENERATION.fetch_add(1, Relaxed);
}

/// What a thread remembers is out of date when this has moved on.
#[cfg(feature = "metrics")]
pub(crate) fn generation() -> u64 {
    GENERATION.load(Relaxed)
}

/// Calls `with` for the series of `key`; a thread that has not named it lately asks `find`. `None` when there is no such
/// series.
#[inline]
pub(crate) fn with<R>(
    key: &Key<'_>,
    find: impl FnOnce(u64) -> Option<Arc<Alias>>,
    with: impl FnOnce(&Alias) -> R,
) -> Option<R> {
    let hash = key.hash();
    let generation = GENERATION.load(Relaxed);
    let mut with = Some(with);
    let found = LOCAL.try_with(|local| {
        let local = local.try_borrow().ok()?;
        let alias = local.aliases.find(hash, |alias| alias.hash == hash && alias.key.is(key))?;
        (local.generation == generation).then(|| with.take().map(|with| with(alias)))?
    });
    match found {
        Ok(Some(result)) => Some(result),
        _ => {
            let alias = find(hash)?;
            if key.is_rememberable() {
                remember(&GRAVEYARD, Arc::clone(&alias), generation, hash);
            }
            with.map(|with| with(&alias))
        }
    }
}

/// Drops the names that threads have forgotten.
pub(super) fn bury() {
    GRAVEYARD.bury();
}

#[cold]
pub(super) fn remember(graveyard: &Graveyard, alias: Arc<Alias>, generation: u64, hash: u64) {
    // A thread that is ending remembers nothing more.
    let _ = LOCAL.try_with(|local| {
        let Ok(mut local) = local.try_borrow_mut() else { return };
        let is_full = local.generation != generation || local.aliases.len() >= ALIASES_MAX;
        // While what is known cannot be put away, nothing new is remembered; what is out of date is not used either.
        if is_full && !graveyard.take(&mut local.aliases) {
            return;
        }
        local.generation = generation;
        local.aliases.insert_unique(hash, alias, |alias| alias.hash);
    });
}

/// How many names this thread remembers.
#[cfg(test)]
pub(super) fn len() -> usize {
    LOCAL.with(|local| local.borrow().aliases.len())
}
