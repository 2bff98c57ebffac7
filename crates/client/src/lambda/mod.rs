//! The Lambda mode: one unit of work for each invocation, and nothing left behind when the process is frozen.
//!
//! A [`Layer`] around the handler gives every invocation an [`Invocation`], which takes metrics through the
//! [`MetricsPort`](crate::MetricsPort) and carries the request id as a property. When the handler is done, with a
//! result, with an error or in a panic, its metrics are emitted and flushed before the answer leaves; when its time
//! runs out, just before Lambda kills it. The answer of the function is the handler's, whatever becomes of its metrics.
//!
//! In Lambda, metrics go to standard output as EMF by themselves: [`Environment`](crate::Environment) sees where it is.
//!
//! ```no_run
//! use lambda_runtime::tower::Layer;
//! use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
//! use nepho::{Metrics, MetricsPort, lambda};
//!
//! async fn handler(event: LambdaEvent<String>) -> Result<String, Error> {
//!     let metrics = lambda::invocation();
//!     metrics.increment("Greetings", &[]);
//!     Ok(format!("Hello, {}!", event.payload))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let metrics = Metrics::builder("Shop").build();
//! lambda::flush_on_shutdown(&metrics).await;
//! Runtime::new(lambda::Layer::new(&metrics).layer(service_fn(handler))).run().await
//! # }
//! ```

mod attendant;
mod invocation;
mod layer;
#[cfg(unix)]
mod shutdown;

pub use invocation::{Invocation, invocation};
pub use layer::{Invocations, Layer, Request, Running};
#[cfg(unix)]
pub use shutdown::flush_on_shutdown;
