//! Three Lambda functions that look after a Kubernetes control plane.
//!
//! What they decide is in [`etcd_lifecycle`], [`etcd_backup`] and [`cluster_health`]; it knows metrics as a port. The
//! functions themselves are in `src/bin`, and add Lambda: [`start`] makes the metrics, a layer flushes them before every
//! answer. [`stand_in`] has what they talk to when there is neither AWS nor Kubernetes.

pub mod client;
pub mod cluster_health;
mod command;
pub mod etcd_backup;
pub mod etcd_lifecycle;
pub mod setting;
pub mod stand_in;
mod start;
mod timed;

pub use start::start;
