//! The [`metrics`](https://docs.rs/metrics) facade: what is instrumented with its macros needs no change.
//!
//! ```
//! use nepho::{Metrics, sink::Capture};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let capture = Capture::datums();
//!     let client = Metrics::builder("Shop").sink(capture.clone()).build();
//!     client.recorder().install()?;
//!
//!     // In a library that has never heard of CloudWatch:
//!     metrics::describe_histogram!("http.duration", metrics::Unit::Seconds, "Time to answer");
//!     metrics::counter!("http.requests", "method" => "GET").increment(1);
//!     metrics::histogram!("http.duration").record(0.25);
//!     metrics::gauge!("http.connections").set(3.0);
//!
//!     drop(client); // sends what is left
//!     let (_, requests) = &capture.data()[0];
//!     assert_eq!((&*requests.metric.name, requests.statistics.sum), ("http.requests", 1.0));
//!     Ok(())
//! }
//! ```
//!
//! | of the facade | in CloudWatch |
//! | --- | --- |
//! | name | the metric's name, as it is; the client's rules for illegal ones apply |
//! | label | dimension; a blank one is left out |
//! | metadata of a key (level, target, module) | nothing |
//! | `counter!(..).increment(n)` | one sample of value `n`; of 0, none |
//! | `counter!(..).absolute(n)` | one sample of what it is more than the highest value so far; see below |
//! | `gauge!(..)` | sampled once an interval, from when it is first set for as long as the recorder lives |
//! | `histogram!(..).record(v)` | one sample |
//! | `histogram!(..).record_many(v, n)` | `n` samples |
//! | `describe_*!(.., unit, ..)` | the unit; the text goes nowhere |
//!
//! **Units.** Without a description, counters are in Count, and gauges and histograms in None. A description counts
//! from the next call of a macro; a handle that is kept has the unit it began with. Nanoseconds become Microseconds,
//! divided by 1000; Kibibytes to Tebibytes become Bytes, multiplied by the power of 1024. Every other unit has the same
//! name on both sides.
//!
//! **Absolute values.** The first one of a counter is where counting begins and records nothing: it may have counted
//! since long before this process, and a peak at each start would be an alarm at each deployment. Where it began in
//! this process, set it to 0 first. A value that is not above the highest so far changes nothing. So many as 10,000
//! counters can be set this way; what is set in further ones is counted as dropped.
//!
//! **Cost.** A thread finds the handle of a macro that it has called before without a lock; a handle that is kept is
//! faster.

mod handles;
mod local;
mod shared;
mod units;

use std::fmt;
use std::sync::Arc;

use ::metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SetRecorderError, SharedString, Unit};

use crate::metrics::Metrics;
use shared::{Described, Shared};

/// A recorder of the `metrics` facade that records with a client; see the [module](self).
///
/// It does not keep the client: when the last [`Metrics`] is dropped, what is left is sent, and what is recorded later
/// is counted as dropped. Keep the client, or the guard of [`install`](crate::install()), in `main`.
#[derive(Clone)]
pub struct Recorder(Arc<Shared>);

impl Recorder {
    /// A recorder for this client, in its namespace.
    pub fn new(metrics: &Metrics) -> Self {
        Recorder(Arc::new(Shared::new(metrics)))
    }

    /// Makes it the recorder of the whole process.
    ///
    /// # Errors
    /// There is one already.
    pub fn install(self) -> Result<(), SetRecorderError<Recorder>> {
        ::metrics::set_global_recorder(self)
    }
}

impl Metrics {
    /// A recorder for the `metrics` facade. It does not keep the client; see [`Recorder`].
    pub fn recorder(&self) -> Recorder {
        Recorder::new(self)
    }
}

impl ::metrics::Recorder for Recorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.0.describe(Described::Counter, name, unit);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.0.describe(Described::Gauge, name, unit);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.0.describe(Described::Histogram, name, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let make = || Counter::from_arc(Arc::new(self.0.counter(key)));
        local::handle(self.0.id, key, |local| &mut local.counters, make)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let make = || Gauge::from_arc(Arc::new(self.0.gauge(key)));
        local::handle(self.0.id, key, |local| &mut local.gauges, make)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let make = || Histogram::from_arc(Arc::new(self.0.histogram(key)));
        local::handle(self.0.id, key, |local| &mut local.histograms, make)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}
