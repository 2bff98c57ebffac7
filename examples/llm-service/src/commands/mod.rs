//! The commands.

mod failure;
mod sent;
mod setting;

pub(crate) mod demo;
pub(crate) mod measure;
pub(crate) mod model;
pub(crate) mod serve;

pub(crate) use failure::Failure;
