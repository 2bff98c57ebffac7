//! What happens to the control plane, and what the functions measure of it: every path of every function.

use std::time::Duration;

use serde_json::{Value, json};

use super::cluster::Cluster;
use crate::{cluster_health, etcd_backup, etcd_lifecycle};

/// One of the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Takes instances out of the cluster.
    EtcdLifecycle,
    /// Saves etcd's data.
    EtcdBackup,
    /// Counts what is healthy.
    ClusterHealth,
}

impl Name {
    /// All of them.
    pub const ALL: [Name; 3] = [Name::EtcdLifecycle, Name::EtcdBackup, Name::ClusterHealth];

    /// Its program.
    pub fn program(self) -> &'static str {
        match self {
            Name::EtcdLifecycle => "etcd-lifecycle",
            Name::EtcdBackup => "etcd-backup",
            Name::ClusterHealth => "cluster-health",
        }
    }

    /// The namespace of its metrics.
    pub fn namespace(self) -> &'static str {
        match self {
            Name::EtcdLifecycle => etcd_lifecycle::NAMESPACE,
            Name::EtcdBackup => etcd_backup::NAMESPACE,
            Name::ClusterHealth => cluster_health::NAMESPACE,
        }
    }

    /// The metric of how long it took.
    pub fn duration(self) -> &'static str {
        match self {
            Name::EtcdLifecycle => "LifecycleHandlerDuration",
            Name::EtcdBackup => "BackupDuration",
            Name::ClusterHealth => "HealthCheckDuration",
        }
    }
}

/// How an invocation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With a result that has this in it.
    Result(&'static str),
    /// With an error that has this in its message.
    Error(&'static str),
    /// Not within its time: Lambda kills the process.
    TimedOut,
}

/// An invocation.
#[derive(Debug)]
pub struct Act {
    /// What happens, in words.
    pub what: &'static str,
    /// Who is invoked.
    pub function: Name,
    /// What happened to the cluster before.
    pub prepare: fn(&Cluster),
    /// With which event.
    pub event: fn() -> Value,
    /// How long it may take.
    pub timeout: Duration,
    /// How it ends.
    pub end: End,
    /// What it measures, beside how long it took.
    pub measures: &'static [(&'static str, f64)],
    /// Whether it measures how long it took.
    pub is_timed: bool,
}

/// What an invocation may take that has nothing to wait for.
const TIMEOUT: Duration = Duration::from_secs(60);
/// What one may take that waits for ever.
const TIMEOUT_OF_HANGING: Duration = Duration::from_secs(3);

/// Size of the stand-in's database, and so of every backup.
const BACKUP_BYTES: f64 = 1_048_576.0;

const fn lifecycle(what: &'static str, prepare: fn(&Cluster), event: fn() -> Value, end: End) -> Act {
    Act { what, function: Name::EtcdLifecycle, prepare, event, timeout: TIMEOUT, end, measures: &[], is_timed: true }
}

const fn backup(what: &'static str, prepare: fn(&Cluster), end: End) -> Act {
    Act {
        what,
        function: Name::EtcdBackup,
        prepare,
        event: scheduled,
        timeout: TIMEOUT,
        end,
        measures: &[],
        is_timed: true,
    }
}

const fn health(what: &'static str, prepare: fn(&Cluster), end: End) -> Act {
    Act {
        what,
        function: Name::ClusterHealth,
        prepare,
        event: scheduled,
        timeout: TIMEOUT,
        end,
        measures: &[],
        is_timed: true,
    }
}

impl Act {
    const fn measures(self, measures: &'static [(&'static str, f64)]) -> Self {
        Act { measures, ..self }
    }

    const fn hanging(self) -> Self {
        Act { timeout: TIMEOUT_OF_HANGING, ..self }
    }

    const fn untimed(self) -> Self {
        Act { is_timed: false, ..self }
    }
}

fn scheduled() -> Value {
    json!({"detail-type": "Scheduled Event", "detail": {}})
}

fn transition(transition: &str, instance: &str) -> Value {
    let detail = json!({"LifecycleTransition": transition, "EC2InstanceId": instance});
    json!({"detail-type": "EC2 Auto Scaling lifecycle action", "detail": detail})
}

fn terminating() -> Value {
    transition("autoscaling:EC2_INSTANCE_TERMINATING", "i-0a")
}

fn nothing(_: &Cluster) {}

/// Everything that happens, in order.
pub const ACTS: [Act; 25] = [
    lifecycle("an instance leaves", nothing, terminating, End::Result("removed"))
        .measures(&[("NodeDrainSuccess", 1.0), ("EtcdMemberRemovalSuccess", 1.0)]),
    lifecycle(
        "an instance is launched",
        nothing,
        || transition("autoscaling:EC2_INSTANCE_LAUNCHING", "i-0d"),
        End::Result("ignored"),
    ),
    lifecycle("its node cannot be drained", |cluster| cluster.undrainable("i-0a"), terminating, End::Result("removed"))
        .measures(&[("NodeDrainFailure", 1.0), ("EtcdMemberRemovalSuccess", 1.0)]),
    lifecycle(
        "an instance without etcd leaves",
        |cluster| cluster.clear("undrainable"),
        || transition("autoscaling:EC2_INSTANCE_TERMINATING", "i-0d"),
        End::Result("not_a_member"),
    )
    .measures(&[("NodeDrainSuccess", 1.0)]),
    lifecycle("another member is down", |cluster| cluster.healthy(2), terminating, End::Result("quorum_risk"))
        .measures(&[("NodeDrainSuccess", 1.0), ("QuorumRiskDetected", 1.0)]),
    lifecycle(
        "etcd takes no changes",
        |cluster| {
            cluster.healthy(3);
            cluster.set("read-only");
        },
        terminating,
        End::Error("request timed out"),
    )
    .measures(&[("NodeDrainSuccess", 1.0), ("EtcdMemberRemovalFailure", 1.0)]),
    lifecycle("etcd does not answer", |cluster| cluster.set("no-leader"), terminating, End::TimedOut)
        .measures(&[("NodeDrainSuccess", 1.0)])
        .hanging()
        .untimed(),
    lifecycle("an event that is none", nothing, || json!({"detail": 7}), End::Error("invalid type")).untimed(),
    lifecycle(
        "all is well again",
        |cluster| {
            cluster.clear("no-leader");
            cluster.clear("read-only");
        },
        terminating,
        End::Result("removed"),
    )
    .measures(&[("NodeDrainSuccess", 1.0), ("EtcdMemberRemovalSuccess", 1.0)]),
    backup("a backup is taken", nothing, End::Result("backups/etcd-0.db"))
        .measures(&[("BackupSuccess", 1.0), ("BackupSizeBytes", BACKUP_BYTES)]),
    backup("the disk is full", |cluster| cluster.set("no-space"), End::Error("no space left"))
        .measures(&[("BackupFailure", 1.0)]),
    backup(
        "the command says nothing of a backup",
        |cluster| {
            cluster.clear("no-space");
            cluster.set("silent");
        },
        End::Error("without a line BACKUP_SUCCESS"),
    )
    .measures(&[("BackupFailure", 1.0)]),
    backup(
        "the command hangs",
        |cluster| {
            cluster.clear("silent");
            cluster.set("no-network");
        },
        End::Error("was not done within"),
    )
    .measures(&[("BackupFailure", 1.0)])
    .hanging(),
    backup("another backup is taken", |cluster| cluster.clear("no-network"), End::Result("1048576"))
        .measures(&[("BackupSuccess", 1.0), ("BackupSizeBytes", BACKUP_BYTES)]),
    health("all are healthy", nothing, End::Result(r#""consecutive_failures":0"#))
        .measures(&[("HealthyControlPlaneInstances", 3.0), ("ConsecutiveHealthFailures", 0.0)]),
    health("one is down", |cluster| cluster.healthy(2), End::Result(r#""healthy":2"#))
        .measures(&[("HealthyControlPlaneInstances", 2.0), ("ConsecutiveHealthFailures", 0.0)]),
    health("the majority is down", |cluster| cluster.healthy(1), End::Result(r#""consecutive_failures":1"#))
        .measures(&[("HealthyControlPlaneInstances", 1.0), ("ConsecutiveHealthFailures", 1.0)]),
    health("it stays down", nothing, End::Result(r#""consecutive_failures":2"#))
        .measures(&[("HealthyControlPlaneInstances", 1.0), ("ConsecutiveHealthFailures", 2.0)]),
    health(
        "there is nothing to recover it with",
        |cluster| {
            cluster.healthy(0);
            cluster.set("no-capacity");
        },
        End::Error("insufficient capacity"),
    )
    .measures(&[("HealthyControlPlaneInstances", 0.0), ("ConsecutiveHealthFailures", 3.0)]),
    health("a recovery begins", |cluster| cluster.clear("no-capacity"), End::Result(r#""consecutive_failures":4"#))
        .measures(&[
            ("HealthyControlPlaneInstances", 0.0),
            ("ConsecutiveHealthFailures", 4.0),
            ("AutoRecoveryTriggered", 1.0),
        ]),
    health("it takes its time", nothing, End::Result(r#""consecutive_failures":5"#))
        .measures(&[("HealthyControlPlaneInstances", 0.0), ("ConsecutiveHealthFailures", 5.0)]),
    health("the cluster is back", |cluster| cluster.healthy(2), End::Result(r#""consecutive_failures":0"#)).measures(
        &[("HealthyControlPlaneInstances", 2.0), ("ConsecutiveHealthFailures", 0.0), ("ClusterRecovered", 1.0)],
    ),
    health("nothing can be remembered", |cluster| cluster.parameter_lost(true), End::Error("503"))
        .measures(&[("HealthyControlPlaneInstances", 2.0), ("ConsecutiveHealthFailures", 0.0)]),
    health("nothing can be remembered, and the majority is down", |cluster| cluster.healthy(1), End::Error("503"))
        .measures(&[("HealthyControlPlaneInstances", 1.0), ("ConsecutiveHealthFailures", 1.0)]),
    health(
        "all is well again",
        |cluster| {
            cluster.parameter_lost(false);
            cluster.healthy(3);
        },
        End::Result(r#""healthy":3"#),
    )
    .measures(&[("HealthyControlPlaneInstances", 3.0), ("ConsecutiveHealthFailures", 0.0)]),
];
