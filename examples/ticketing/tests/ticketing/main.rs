//! The service as a whole: over HTTP, with a real server of Nephoscope that stores its metrics and is asked for them
//! through CloudWatch's API.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod cost;
mod dashboard;
mod every_path;
mod load;
mod server;
mod standard_output;
mod table;
