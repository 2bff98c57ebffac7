//! Topics as they are kept: read from records, published to, and confirmed.

pub(crate) mod confirm;
pub(crate) mod error;
pub(crate) mod fifo;
pub(crate) mod known;
pub(crate) mod links;
pub(crate) mod outbox;
pub(crate) mod permission;
pub(crate) mod subscription;
pub(crate) mod tally;
pub(crate) mod tidy;
pub(crate) mod token;
pub(crate) mod topic;
