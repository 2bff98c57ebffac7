//! The etcd lifecycle function: an instance of the control plane is about to be terminated, and leaves the cluster in
//! good order.
//!
//! Its Auto Scaling group asks with a lifecycle event. The node is drained, and its etcd member removed, unless that
//! would leave the members that remain without a quorum.

mod members;

use std::time::Duration;

use nepho::MetricsPort;
use serde::{Deserialize, Serialize};

use crate::command::{self, CommandError};
use crate::timed::Timed;
use members::Removal;

/// Its namespace.
pub const NAMESPACE: &str = "K8sCluster/EtcdLifecycle";

/// The transition that it is for.
const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";

/// A lifecycle event, as far as it matters here.
#[derive(Debug, Deserialize)]
pub struct Event {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
struct Detail {
    #[serde(rename = "LifecycleTransition")]
    transition: String,
    /// Also the name of the node, and of the etcd member on it.
    #[serde(rename = "EC2InstanceId")]
    instance: String,
}

/// What the function answers.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Outcome {
    /// An event that asks for nothing.
    Ignored,
    /// The node had no etcd member.
    NotAMember,
    /// The member stays: without it, too few healthy ones would be left.
    QuorumRisk {
        /// Healthy members that would be left.
        healthy: usize,
        /// Members that decide anything.
        quorum: usize,
    },
    /// The member is gone.
    Removed,
}

/// Why the function failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A command that it cannot do without.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// `etcdctl` wrote what it does not write.
    #[error("etcdctl {command} did not answer with its JSON: {source}")]
    Answer {
        /// Its subcommand.
        command: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// The programs it works with.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Kubernetes' command line.
    pub kubectl: String,
    /// etcd's.
    pub etcdctl: String,
    /// What each command may take.
    pub time: Duration,
}

/// Handles one event.
///
/// # Errors
/// When the members cannot be listed, or the member cannot be removed. A node that cannot be drained is counted and no
/// error: the instance goes away in any case.
pub async fn handle(event: &Event, tools: &Tools, metrics: &dyn MetricsPort) -> Result<Outcome, Error> {
    let _timed = Timed::start(metrics, "LifecycleHandlerDuration");
    let Detail { transition, instance } = &event.detail;
    if transition != TERMINATING {
        return Ok(Outcome::Ignored);
    }
    metrics.set_property("instance", instance.into());
    drain(instance, tools, metrics).await;
    let member = match removal(instance, tools).await? {
        Removal::NotAMember => return Ok(Outcome::NotAMember),
        Removal::QuorumRisk { healthy, quorum } => {
            metrics.increment("QuorumRiskDetected", &[]);
            tracing::warn!(%instance, healthy, quorum, "the member stays: without it the quorum would be lost");
            return Ok(Outcome::QuorumRisk { healthy, quorum });
        }
        Removal::Safe { member } => member,
    };
    let removed = command::run(&tools.etcdctl, &["member", "remove", &member], tools.time).await;
    metrics.increment(if removed.is_ok() { "EtcdMemberRemovalSuccess" } else { "EtcdMemberRemovalFailure" }, &[]);
    removed?;
    Ok(Outcome::Removed)
}

async fn drain(node: &str, tools: &Tools, metrics: &dyn MetricsPort) {
    let arguments = ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force"];
    match command::run(&tools.kubectl, &arguments, tools.time).await {
        Ok(_) => metrics.increment("NodeDrainSuccess", &[]),
        Err(error) => {
            tracing::warn!(%node, "not drained: {error}");
            metrics.increment("NodeDrainFailure", &[])
        }
    };
}

async fn removal(instance: &str, tools: &Tools) -> Result<Removal, Error> {
    let unreadable = |command| move |source| Error::Answer { command, source };
    let list = command::run(&tools.etcdctl, &["member", "list", "-w", "json"], tools.time).await?;
    let list = serde_json::from_str(&list).map_err(unreadable("member list"))?;
    let health = ["endpoint", "health", "--cluster", "-w", "json"];
    let health = command::answer(&tools.etcdctl, &health, tools.time).await?;
    let health: Vec<_> = serde_json::from_str(&health).map_err(unreadable("endpoint health"))?;
    Ok(members::removal(&list, &health, instance))
}
