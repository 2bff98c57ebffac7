//! The worker: takes what callers left in cells and lanes, and brings it to the sinks.

mod exit;
mod own;
mod pump;
mod run;
mod schedule;
mod signal;

pub(crate) use exit::{Account, Exit};
#[cfg(feature = "tracing-layer")]
pub(crate) use own::is_own_thread;
pub(crate) use pump::{Pump, PumpParts, Round};
pub(crate) use run::spawn;
pub(crate) use schedule::Schedule;
pub(crate) use signal::Signal;
