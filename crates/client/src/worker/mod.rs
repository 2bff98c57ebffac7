//! The worker: takes what callers left in cells and lanes, and brings it to the sinks.

mod exit;
mod pump;
mod run;
mod schedule;
mod signal;

pub(crate) use exit::{Account, Exit};
pub(crate) use pump::{Pump, PumpParts, Round};
pub(crate) use run::spawn;
pub(crate) use schedule::Schedule;
pub(crate) use signal::Signal;
