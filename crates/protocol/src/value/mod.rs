//! Scalars whose form differs between the protocols.

mod double;
mod text;
mod timestamp;

pub use double::Double;
pub use text::Text;
pub use timestamp::Timestamp;

pub(crate) use double::{DOUBLE, non_finite};
pub(crate) use timestamp::{TIMESTAMP, indefinite_list};
