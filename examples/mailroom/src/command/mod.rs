//! What the program can be told to do.

pub(crate) mod demo;
pub(crate) mod serve;
