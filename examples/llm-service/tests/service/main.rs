//! The service between a stand-in of its model and a real server in this process: what is measured is read back through
//! CloudWatch's API.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod back_end;
mod commands;
mod edge;
mod expected;
mod methods;
mod process;
mod stage;
mod webhooks;
