//! Deliveries: from the outbox, in which whoever publishes leaves them, to where they end.

mod attempt;
mod authorities;
pub(crate) mod config;
pub(crate) mod lanes;
pub(crate) mod listing;
pub(crate) mod message;
pub(crate) mod parcel;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod signing;
pub(crate) mod transport;
