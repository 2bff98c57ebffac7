//! Anomaly detection as a caller sees it: how much a band contains, how it is configured, its bytes, and what must hold
//! for any data.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod bytes;
mod configured;
mod coverage;
mod made;
mod measure;
mod property;
mod series;
