//! Values whose form differs between the protocols.

mod blob;
mod double;
mod flat;
mod text;
mod timestamp;

pub use blob::Blob;
pub use double::Double;
pub use flat::{Flat, FlatList, FlatMap};
pub use text::Text;
pub use timestamp::Timestamp;

pub(crate) use double::{DOUBLE, non_finite};
pub(crate) use flat::FlatNames;
pub(crate) use timestamp::{TIMESTAMP, indefinite_list};
