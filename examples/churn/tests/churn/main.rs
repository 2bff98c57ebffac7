//! The pipeline between a real server in this process and users that make mistakes.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod answers;
mod dashboards;
mod journey;
mod processes;
mod receivers;
mod server;
mod stage;
mod story;
