//! Metric alarms through the public interface: definitions, series and states as text.

#![expect(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod definition;
mod missing_data;
mod reasons;
mod text;
