//! The HTTP edge: connections, bodies, and which request goes where.

pub(crate) mod accept;
pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod clock;
pub(crate) mod deliveries;
pub(crate) mod emf;
pub(crate) mod explain;
pub(crate) mod foreign;
pub(crate) mod links;
pub(crate) mod own;
pub(crate) mod query;
pub(crate) mod replay;
pub(crate) mod route;
mod stall;
pub(crate) mod tail;
