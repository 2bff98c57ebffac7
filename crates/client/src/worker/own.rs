//! The threads that are the client's own.

use std::cell::Cell;

thread_local! {
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// Says that this thread is a client's.
pub(super) fn claim() {
    IS_OWN.set(true);
}

/// Whether this thread is a client's: what happens on it is not the host's work.
#[cfg(feature = "tracing-layer")]
pub(crate) fn is_own_thread() -> bool {
    IS_OWN.try_with(Cell::get).unwrap_or(true)
}
