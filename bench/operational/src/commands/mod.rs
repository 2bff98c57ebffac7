//! What is measured, a file for each.

pub(crate) mod batch;
pub(crate) mod machine;
pub(crate) mod record;
pub(crate) mod retention;
pub(crate) mod roll_up;
