//! Application metrics for people who think in CloudWatch: one line per metric, and the host never pays for it.

mod account;
mod backoff;
mod breaker;
pub mod bucket;
mod builder;
mod cells;
mod clock;
mod core;
mod environment;
#[cfg(feature = "metrics")]
pub mod facade;
mod global;
mod handle;
#[cfg(feature = "lambda")]
pub mod lambda;
mod mend;
mod metrics;
mod naming;
mod outlet;
mod personal;
mod port;
mod recorded;
mod render;
mod series;
pub mod sink;
#[cfg(feature = "tracing-layer")]
pub mod span;
mod spill;
mod steps;
mod unit_of_work;
mod warnings;
mod worker;

pub use self::metrics::Metrics;
pub use account::{Accounting, CAUSES, Cause};
pub use backoff::Backoff;
pub use breaker::{Breaker, Circuit};
pub use builder::{
    Builder, CALLS_PER_MINUTE_MAX, INTERVAL, SERIES_MAX, SERIES_PER_METRIC_MAX, SHUTDOWN_TIMEOUT, UNIT_BYTES_MAX,
};
pub use clock::{Clock, ManualClock};
pub use environment::Environment;
pub use global::{Installed, global, increment, install, put_metric, record_timing, unit_of_work};
pub use handle::{Counter, Gauge, Histogram, MANY_MAX, Timer, TimerGuard};
pub use mend::DIMENSION_NAME_MAX;
pub use nepho_model::{Resolution, Timestamp, Unit};
pub use outlet::QUEUE_BYTES_MAX;
pub use personal::{BUCKETS, Personal};
pub use port::{MetricsPort, NoMetrics, Property};
pub use recorded::{Recorded, RecordedPoint, Selected};
pub use sink::Sink;
pub use spill::{SPILL_BYTES_MAX, Spill};
pub use steps::Steps;
pub use unit_of_work::{SharedUnit, UnitOfWork};
