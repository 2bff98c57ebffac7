//! The Lambda mode, as a layer in this process and in processes under a runtime API.

#![cfg(feature = "lambda")]
#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod bounds;
mod events;
mod paths;
mod process;
#[expect(dead_code, reason = "of what it can answer, the runtime API needs a part")]
#[path = "../put_metric_data/recorded_server.rs"]
mod recorded_server;
