//! Predictions of churn from CSV files: an upload API, a queue, a worker with a model, and their metrics.
//!
//! It measures with the client library `nepho`, which brings metrics to CloudWatch, or to a Nephoscope server, by
//! PutMetricData.

pub mod api;
pub mod clock;
pub mod columns;
pub mod customers;
pub mod faults;
pub mod features;
pub mod http;
pub mod measures;
pub mod model;
pub mod pipeline;
pub mod queue;
pub mod records;
pub mod sheet;
pub mod storage;
pub mod template;
pub mod worker;
