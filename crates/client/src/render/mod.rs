//! From what was collected to what sinks take: units of work to documents, series to documents and datums.

mod aggregate;
mod fold;
mod members;
mod mended;
mod plan;
mod unit;

pub(crate) use aggregate::{Frame, Gathered, datums, documents};
pub(crate) use fold::fold;
pub(crate) use unit::Renderer;
