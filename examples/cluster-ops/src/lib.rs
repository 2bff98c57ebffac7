//! Three Lambda functions that look after a Kubernetes control plane.

pub mod client;
pub mod cluster_health;
mod command;
pub mod etcd_backup;
pub mod etcd_lifecycle;
mod timed;
