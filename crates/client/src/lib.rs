//! Application metrics for people who think in CloudWatch: one line per metric, and the host never pays for it.
//!
//! An application counts, times and measures with this crate, which adds that up in the process and sends it once a
//! minute, in CloudWatch's Embedded Metric Format (EMF) or with PutMetricData: to Amazon CloudWatch, to `nepho serve`,
//! to an agent, to standard output, to a file.
//!
//! It is **no** store and answers no query; that is what it sends to. It is no log and no tracing system: a property
//! is context beside a metric. It is not scraped. And it is not the way to count money: with the receiver down for long
//! enough, samples are dropped, and counted.
//!
//! # From nothing to a metric in the store
//!
//! A store, at the root of the repository:
//!
//! ```sh
//! cargo run --release -- serve
//! ```
//!
//! A program, anywhere else; the path is that of the repository:
//!
//! ```sh
//! cargo new shop && cd shop
//! cargo add nepho --path ../nephoscope/crates/client
//! ```
//!
//! In its `src/main.rs`:
//!
//! ```
#![doc = include_str!("../examples/hello.rs")]
//! ```
//!
//! Without an endpoint, it would write EMF onto standard output. The store is an agent that takes EMF, among other
//! things:
//!
//! ```sh
//! AWS_EMF_AGENT_ENDPOINT=tcp://127.0.0.1:25888 cargo run
//! ```
//!
//! And what arrived, at the root of the repository again:
//!
//! ```sh
//! target/release/nepho get Shop Orders --dimension Service=web --stat Sum
//! target/release/nepho get Shop Items --dimension Service=web --dimension Method=card --stat Average
//! target/release/nepho list Shop
//! ```
//!
//! # Handles
//!
//! A handle is resolved once, and then costs a few nanoseconds, on any number of threads: [`Counter`], [`Gauge`],
//! [`Histogram`] and [`Timer`]. A counter's sample is 1, so that `Sum` and `SampleCount` are the number of events; a
//! gauge is sampled once an interval; a timer's guard records however its scope is left.
//!
//! ```
//! use nepho::{Metrics, Unit, sink::Capture};
//!
//! let capture = Capture::datums();
//! let metrics = Metrics::builder("Shop").sink(capture.clone()).build();
//! let orders = metrics.counter("Orders", &[("Method", "card")]);
//! let depth = metrics.gauge("QueueDepth", Unit::Count, &[]);
//! (0..1000).for_each(|_| orders.increment());
//! depth.set(7.0);
//! depth.add(-3.0);
//!
//! drop(metrics); // sends what is left
//! let data = capture.data();
//! let sum = |name: &str| data.iter().find(|(_, datum)| &*datum.metric.name == name).unwrap().1.statistics.sum;
//! assert_eq!((sum("Orders"), sum("QueueDepth")), (1000.0, 4.0));
//! ```
//!
//! # Dimensions at the call
//!
//! Where a dimension's value is known only at the call, name the metric there. A series that a thread has used before
//! is found without a lock and without allocating. The answer is whether the sample was taken; nobody has to look at
//! it.
//!
//! ```
//! # let metrics = nepho::Metrics::builder("Shop").sink(nepho::sink::Capture::datums()).build();
//! # let (method, elapsed) = ("card", std::time::Duration::from_millis(12));
//! use nepho::Unit;
//!
//! metrics.increment("Orders", &[("Method", method)]);
//! metrics.record_timing("Checkout", elapsed, &[("Method", method)]);
//! metrics.put_metric("Basket", 3.0, Unit::Count, &[("Method", method)]);
//! metrics.put_now("Closing", 1.0, Unit::Count, &[]); // does not wait for the interval
//! ```
//!
//! # A unit of work
//!
//! What belongs to one request, message or job goes into one EMF document, together with what is worth knowing about
//! it. It leaves when the [`UnitOfWork`] is dropped: at the end, on an early return, on an error, in a panic.
//!
//! ```
//! use nepho::{Metrics, Unit, sink::Capture};
//!
//! # let capture = Capture::documents();
//! # let metrics = Metrics::builder("Shop").dimension("Service", "web").sink(capture.clone()).build();
//! fn answer(metrics: &Metrics, request_id: &str) -> Result<(), std::fmt::Error> {
//!     let mut unit = metrics.unit_of_work();
//!     unit.dimension("Method", "GET").property("request_id", request_id).duration("Latency");
//!     unit.dimension_set(&["Service"]).dimension_set(&["Service", "Method"]);
//!     unit.metric("Size", 512.0, Unit::Bytes);
//!     Err(std::fmt::Error)
//! }
//! # let _ = answer(&metrics, "r-1");
//! # drop(metrics);
//! # let text = capture.texts().remove(0);
//! # assert!(text.contains(r#""Size":512"#) && text.contains(r#""request_id":"r-1""#), "{text}");
//! # assert!(text.contains(r#"[["Service"],["Service","Method"]]"#) && text.contains("Latency"), "{text}");
//! ```
//!
//! # The port, and tests
//!
//! A domain layer knows [`MetricsPort`] and nothing of where metrics go: [`Metrics`] is the real one, [`NoMetrics`]
//! takes everything and keeps nothing, [`Recorded`] answers a test's questions.
//!
//! ```
//! use nepho::{MetricsPort, Recorded};
//!
//! fn book(metrics: &dyn MetricsPort, seats: u32) {
//!     match seats {
//!         0 => metrics.increment("booking.failure", &[("error_type", "no_seats")]),
//!         _ => metrics.increment("booking.success", &[]),
//!     };
//! }
//!
//! let recorded = Recorded::default();
//! (0..3).for_each(|seats| book(&recorded, seats));
//! assert_eq!(recorded.counter("booking.success"), 2);
//! assert_eq!(recorded.counter("booking.failure").with("error_type", "no_seats"), 1);
//! ```
//!
//! A test of what leaves the process has a client with [`Capture`](sink::Capture) for a sink, and
//! [`build_stepped`](Builder::build_stepped) instead of a thread: time moves when the test moves it.
//!
//! # Where metrics go
//!
//! Without a sink, [`Environment`] decides: in Lambda EMF onto standard output, to an agent where
//! `AWS_EMF_AGENT_ENDPOINT` names one, else onto standard output; and nowhere where `ENVIRONMENT` is `development` or
//! `test`, unless `FORCE_CLOUDWATCH` is `true`. Or say it. Of several sinks each gets everything.
//!
//! ```
//! use nepho::{Metrics, Spill, sink};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("nepho-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let endpoint = format!("tcp://{}", listener.local_addr()?);
//! let metrics = Metrics::builder("Shop")
//!     .dimension("Service", "web")
//!     .sink(sink::File::append(folder.join("metrics.log")))
//!     .sink(sink::Agent::parse(&endpoint)?) // such as tcp://127.0.0.1:25888
//!     .spill(Spill::file(folder.join("agent.spill"))) // the agent's, for when it cannot be reached
//!     .build();
//! metrics.increment("Orders", &[]);
//! # assert!(metrics.shutdown(std::time::Duration::from_secs(60)));
//! # let arrived = std::io::read_to_string(listener.accept()?.0)?;
//! # assert!(arrived.contains("Orders"));
//! # assert_eq!(std::fs::read_to_string(folder.join("metrics.log"))?, arrived);
//! # std::fs::remove_dir_all(folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! [`install`](install()) makes a client that of the whole process: [`global`], [`increment`], [`unit_of_work`] and the
//! like then need none. Where nobody installs one, they do nothing.
//!
//! # What is promised
//!
//! - **The host wins.** No call that counts, times or measures waits for a sink, panics or fails, whatever the sink
//!   does; callers write into memory of their own, and threads of the client do the rest: one that collects, and one
//!   for each sink. Only these calls may wait, and each has a bound:
//!   [`flush_and_wait`](Metrics::flush_and_wait) and [`shutdown`](Metrics::shutdown) for the time they are given,
//!   dropping the last [`Metrics`] for [`SHUTDOWN_TIMEOUT`], and [`accounting`](Metrics::accounting) while the worker
//!   hands over what it collected, which is no longer than it takes to render it. Every buffer has a limit. What goes
//!   wrong is said with `tracing`, once for each cause, and for each outage of a sink.
//! - **Every sample is accounted for.** At any moment, [`accepted`](Accounting) = delivered + dropped + buffered, and
//!   what is dropped has a [`Cause`]. The client publishes that as metrics of its own, in the namespace
//!   `Nephoscope/Client`.
//! - **Fewer than ten calls a minute** of PutMetricData, whatever is counted: values leave with counts, once an
//!   interval, with exact number, sum, minimum and maximum. That is for each sink and client, so several processes add
//!   up; and what a flush asks for is sent at once, and not held to it.
//! - **A receiver that is down** is tried again with growing pauses, and left alone for a while after
//!   [five failures](Breaker) in a row. Meanwhile a bounded queue and, where there is one, a [`Spill`] keep what comes.
//! - **What CloudWatch would refuse is mended**, by these rules, with one warning that names the value and the limit:
//!
#![doc = include_str!("limits.md")]
//!
//! # Cardinality
//!
//! Each set of dimensions is a metric of its own, and costs what a metric costs. Beyond its caps a client adds up in
//! one series (`other`), so that totals stay right. Numbers belong into [buckets](bucket), ids into properties;
//! [`allow_dimensions`](Builder::allow_dimensions) holds everybody to it.
//!
//! ```
//! use nepho::{Metrics, Unit, bucket, sink::Capture};
//!
//! let capture = Capture::datums();
//! let builder = Metrics::builder("Shop").sink(capture.clone()).allow_dimensions(["Rows", "User"]);
//! let metrics = builder.series_per_metric_max(2).build();
//! metrics.put_metric("Import", 3.2, Unit::Seconds, &[("Rows", bucket::rows(25_000)), ("Trace", "4f1c")]);
//! for user in ["a", "b", "c", "d"] {
//!     metrics.increment("Logins", &[("User", user)]);
//! }
//! drop(metrics);
//!
//! let mut series: Vec<_> = capture.data().iter().map(|(_, datum)| datum.metric.dimensions.to_vec()).collect();
//! series.sort();
//! let expected = [("Rows", "10K-100K"), ("User", "a"), ("User", "b"), ("User", "other")];
//! assert_eq!(series, expected.map(|(name, value)| vec![(name.into(), value.into())]));
//! ```
//!
//! # Personal data
//!
//! What [`Personal`] names is hashed with a key before it leaves the caller's process, and is in no warning either: as
//! a dimension into one of 256 buckets, so that it is no series for each person.
//!
//! ```
//! use nepho::{Metrics, Personal, sink::Capture};
//!
//! let capture = Capture::datums();
//! let personal = Personal::new(b"from the secret store").dimension("UserId");
//! let metrics = Metrics::builder("Shop").sink(capture.clone()).personal(personal).build();
//! metrics.increment("Logins", &[("UserId", "ada@example.com")]);
//! drop(metrics);
//!
//! let (_, datum) = &capture.data()[0];
//! let (_, bucket) = &datum.metric.dimensions[0];
//! assert!(bucket.parse::<u32>().is_ok_and(|bucket| bucket < 256));
//! ```
//!
//! # The end of a process
//!
//! When the last [`Metrics`] is dropped, what is left is sent, for at most [`SHUTDOWN_TIMEOUT`] even when a sink hangs;
//! what has not left by then is counted as dropped, and a [`Spill`] file is there for the next process.
//! [`shutdown`](Metrics::shutdown) says whether all of it has left, [`flush_and_wait`](Metrics::flush_and_wait) does
//! the same and goes on. Statics are never dropped: of a client that is [installed](install()), keep the guard in
//! `main`. `std::process::exit` drops nothing at all.
//!
//! # Memory
//!
//! A histogram (and a timer, and a counter that is not counted in ones) has a cell for each series in each thread that
//! records into it, so that threads never wait for each other. A cell has two halves of 16 places of 16 bytes; a half
//! that gets more than 12 distinct values between two collections has 64 places more, and one with more than 48 has
//! 256 more; then values share buckets, and it grows no further. So a cell has about 1 KiB, 3 KiB or 11 KiB, and while
//! its thread pauses up to 4 KiB for a copy. Cells stay for later threads and series: what counts is the most threads at
//! a time. 100 histograms of widely spread values on 16 threads may take 24 MB, and 10 of few values 160 KiB. Beside them a
//! thread has 4 KiB of counters and 8 KiB of references for every 512 series.
//!
//! # Fork
//!
//! A client does not survive `fork`: the child has its memory and none of its threads, so that it would count without
//! ever sending, and a lock that another thread held stays locked. Build the client in the child, after the fork, as
//! servers with worker processes and programs that turn themselves into daemons have to. To start another program with
//! [`std::process::Command`] is no such fork.
//!
//! # Features
//!
//! Without any, there are no threads but the client's, and no asynchronous runtime.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `aws` | the sink `PutMetricData`, through the AWS SDK with its ordinary credentials, region and endpoint |
//! | `http` | the sink `Http`, for `POST /emf` of `nepho serve` |
//! | `https` | the same over TLS |
//! | `lambda` | a layer for `lambda_runtime`: a unit of work for each invocation, flushed before its answer leaves |
//! | `metrics` | a recorder of the `metrics` facade, for code that is instrumented already |
//! | `tracing-layer` | a layer of `tracing-subscriber` that times spans |

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
pub use handle::{Counter, Gauge, Histogram, Timer, TimerGuard};
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

/// The repository's page, for its example.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
