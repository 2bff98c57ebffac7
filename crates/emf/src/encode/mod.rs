//! From samples to the text of a document.
//!
//! Documents of one kind differ in their numbers and texts only. A [`Shape`] says what they have in common, a
//! [`Skeleton`] is that, rendered once, and [`Skeleton::write`] puts the rest between its parts.

mod number;
mod shape;
mod skeleton;
mod text;
mod value;

pub use shape::{MetricDefinition, Shape, ShapeError};
pub use skeleton::Skeleton;
pub use value::{Member, Statistics, Target};
