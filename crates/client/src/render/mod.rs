//! From what was collected to what sinks take: units of work to documents, series to documents and datums.

mod aggregate;
mod fold;
mod plan;
mod unit;

pub(crate) use aggregate::{Gathered, datums, documents};
pub(crate) use fold::fold;
pub(crate) use unit::Renderer;
