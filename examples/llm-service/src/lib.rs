//! A service in front of a language model, with billing webhooks, and the metrics of both.
//!
//! It measures with the client library `nepho`, which brings metrics to CloudWatch, or to a Nephoscope server, by
//! PutMetricData. No request waits for that.

pub mod artifacts;
pub mod billing;
pub mod clock;
pub mod events;
pub mod http;
pub mod methods;
pub mod model;
pub mod process;
pub mod read_back;
pub mod service;
pub mod stand_in;
pub mod visitor;
