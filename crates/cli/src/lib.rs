//! What the binary `nepho` is made of, as far as it is of use without it.
//!
//! [`artefacts`] reads definitions of alarms, and of what belongs to them, from the files in which
//! people keep them.

pub mod artefacts;
