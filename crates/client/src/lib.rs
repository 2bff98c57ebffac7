//! Application metrics for people who think in CloudWatch: one line per metric, and the host never pays for it.

#[cfg_attr(not(test), expect(dead_code, reason = "the worker and the outlets are about to use it"))]
mod account;
#[cfg_attr(not(test), expect(dead_code, reason = "the outlets are about to use it"))]
mod backoff;
#[cfg_attr(not(test), expect(dead_code, reason = "the outlets are about to use it"))]
mod breaker;
mod port;
mod recorded;
pub mod sink;
#[expect(dead_code, reason = "the worker and the outlets are about to use it")]
mod warnings;

pub use account::{Accounting, CAUSES, Cause};
pub use backoff::Backoff;
pub use breaker::{Breaker, Circuit};
pub use nepho_model::{Resolution, Timestamp, Unit};
pub use port::{MetricsPort, NoMetrics, Property};
pub use recorded::{Recorded, RecordedPoint, Selected};
pub use sink::Sink;
