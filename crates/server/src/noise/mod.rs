//! What subscriptions are spared: notifications of alarms that are kept, folded and told later.
//!
//! What becomes of a message is decided by `nepho_notify::noise`. Here it is [written down](folding), in the transaction in
//! which the message is published, and [done](reach) when it is due.

mod due;
pub(crate) mod folding;
mod reach;
mod record;

pub(crate) use due::Noise;
pub(crate) use reach::reach;
pub(crate) use record::prefix;
