//! One file for each line of the speed table.

pub(crate) mod alarms;
pub(crate) mod backtest;
pub(crate) mod disk;
pub(crate) mod emf;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod null;
pub(crate) mod put_batch;
pub(crate) mod put_small;
pub(crate) mod queries;
pub(crate) mod queues;
pub(crate) mod reads;
pub(crate) mod start;
