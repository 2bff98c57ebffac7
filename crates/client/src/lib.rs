//! Application metrics for people who think in CloudWatch: one line per metric, and the host never pays for it.

mod port;
mod recorded;
pub mod sink;

pub use nepho_model::{Resolution, Timestamp, Unit};
pub use port::{MetricsPort, NoMetrics, Property};
pub use recorded::{Recorded, RecordedPoint, Selected};
pub use sink::Sink;
