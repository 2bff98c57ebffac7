//! What can be measured.

pub(crate) mod calls;
pub(crate) mod counter;
pub(crate) mod dimensions;
pub(crate) mod documents;
pub(crate) mod hang;
pub(crate) mod histogram;
pub(crate) mod losses;
pub(crate) mod machine;
pub(crate) mod stop;
pub(crate) mod unit;
