//! Queries through the public interface: from a request to reads, from what was read to results.

#![expect(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod aggregates;
mod differential;
mod fuzz;
mod insights;
mod math_bands;
mod math_labels;
mod math_limits;
mod math_periods;
mod math_refusals;
mod math_stages;
mod metric_data;
mod metric_math;
mod metric_statistics;
mod naive;
mod text;
