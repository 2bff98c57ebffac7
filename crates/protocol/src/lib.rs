//! AWS's wire for Nephoscope: typed shapes, three codecs, errors, dispatch and signatures.
//!
//! A request goes through [`dispatch`](dispatch::dispatch), which finds the service, the protocol
//! and the operation; [`sigv4::verify`], where credentials are configured; and
//! [`Call::decode`](dispatch::Call::decode), which makes one of the [`shapes`] of it. The answer
//! goes back through [`Call::reply`](dispatch::Call::reply) or
//! [`Call::refuse`](dispatch::Call::refuse).
//!
//! The crate is **not** a server or a client: it does no I/O and reads no clock. Nor does it know
//! which values are legal: all members are optional here, and validation is the business of
//! whoever turns a shape into something that cannot hold a wrong value.
//!
//! ```
//! use nepho_protocol::shapes::NoOutput;
//! use nepho_protocol::shapes::put_metric_data::PutMetricDataInput;
//! use nepho_protocol::{RequestHead, dispatch};
//!
//! let request = http::Request::post("/")
//!     .header("content-type", "application/x-amz-json-1.0")
//!     .header("x-amz-target", "GraniteServiceVersion20100801.PutMetricData")
//!     .body(br#"{"Namespace":"Shop","MetricData":[{"MetricName":"Sales","Value":3}]}"#)?;
//! let (parts, body) = request.into_parts();
//!
//! let call = dispatch::dispatch(&RequestHead::from(&parts), body)?;
//! assert_eq!(call.operation, "PutMetricData");
//! let input: PutMetricDataInput<'_> = call.decode()?;
//! assert_eq!(input.namespace.as_deref(), Some("Shop"));
//!
//! let response = call.reply(&NoOutput, "4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4");
//! assert_eq!(response.status(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod codec;
pub mod dispatch;
pub mod error;
mod protocol;
mod request;
mod route;
mod service;
pub mod shapes;
pub mod sigv4;
pub mod value;

pub use error::ServiceError;
pub use protocol::Protocol;
pub use request::RequestHead;
pub use route::Route;
pub use service::Service;
