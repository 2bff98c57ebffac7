//! The binary as its users meet it: its texts, its commands, the AWS SDK against its server, and what is left of its data
//! after it was killed.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod alarm;
mod alarm_checks;
mod alarm_history;
mod churn_week;
mod clock;
mod commands;
#[cfg(target_os = "linux")]
mod completion;
mod crash;
mod deliveries;
mod delivery_crash;
mod http;
mod operational;
mod permissions;
mod query;
mod queue_crash;
mod sdk;
mod server;
mod texts;
