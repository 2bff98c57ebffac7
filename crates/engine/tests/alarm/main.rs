//! Metric alarms through the public interface: definitions, series and states as text.

#![expect(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod contributors;
mod definition;
mod effects;
mod history;
mod messages;
mod missing_data;
mod model;
mod naive;
mod reading;
mod reasons;
mod replay;
mod schedule;
mod store;
mod text;
mod turn;
