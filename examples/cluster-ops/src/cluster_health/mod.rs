//! The cluster health function: counts the healthy instances of the control plane, and has the cluster recovered when
//! it has been without a majority for too long.

mod outage;

use std::time::Duration;

use http::{Method, Uri};
use nepho::{MetricsPort, Unit};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::client::{Client, ClientError};
use crate::command::{self, CommandError};
use crate::timed::Timed;
use outage::Outage;

/// Its namespace.
pub const NAMESPACE: &str = "K8sCluster/Health";

/// What it looks after, and with what.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Where each instance of the control plane says how it is.
    pub instances: Vec<Uri>,
    /// Where the outage is remembered from one invocation to the next: a parameter that is read with GET and written
    /// with PUT.
    pub memory: Uri,
    /// The command that begins a recovery.
    pub recovery: String,
    /// What each request may take.
    pub request_time: Duration,
    /// What the command may take.
    pub recovery_time: Duration,
}

/// Why the function failed. What it saw is measured all the same.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The recovery did not begin; the next invocation tries again.
    #[error("the recovery did not begin: {0}")]
    Recovery(#[from] CommandError),
    /// The outage could not be written down.
    #[error("the outage could not be remembered: {0}")]
    Memory(#[from] ClientError),
}

/// What the function answers.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct Seen {
    healthy: usize,
    instances: usize,
    consecutive_failures: u32,
}

/// Looks once.
///
/// # Errors
/// When a recovery is due and does not begin, or what was seen cannot be remembered.
pub async fn handle(surroundings: &Surroundings, client: &Client, metrics: &dyn MetricsPort) -> Result<Seen, Error> {
    let _timed = Timed::start(metrics, "HealthCheckDuration");
    let instances = surroundings.instances.len();
    let healthy = healthy(surroundings, client).await;
    metrics.put_metric("HealthyControlPlaneInstances", healthy as f64, Unit::Count, &[]);
    let step = remembered(surroundings, client).await.step(healthy, instances);
    let failures = step.outage.consecutive_failures;
    metrics.put_metric("ConsecutiveHealthFailures", f64::from(failures), Unit::Count, &[]);
    if step.is_over {
        metrics.increment("ClusterRecovered", &[]);
    }
    let begun = match step.is_recovery_due {
        true => recover(surroundings, metrics).await.map(|()| step.outage.with_recovery()),
        false => Ok(step.outage),
    };
    remember(surroundings, client, begun.as_ref().unwrap_or(&step.outage)).await?;
    begun?;
    Ok(Seen { healthy, instances, consecutive_failures: failures })
}

async fn healthy(surroundings: &Surroundings, client: &Client) -> usize {
    let ask = |instance: &Uri| {
        let (client, instance, time) = (client.clone(), instance.clone(), surroundings.request_time);
        async move { client.ask(Method::GET, &instance, Vec::new(), time).await }
    };
    let asked: JoinSet<_> = surroundings.instances.iter().map(ask).collect();
    let answers = asked.join_all().await;
    answers.iter().filter(|answer| answer.as_ref().is_ok_and(|answer| answer.status.is_success())).count()
}

async fn recover(surroundings: &Surroundings, metrics: &dyn MetricsPort) -> Result<(), CommandError> {
    command::run(&surroundings.recovery, &[], surroundings.recovery_time).await?;
    metrics.increment("AutoRecoveryTriggered", &[]);
    Ok(())
}

/// The outage so far. Without a memory there is none: a look at the cluster is worth more than a perfect count.
async fn remembered(surroundings: &Surroundings, client: &Client) -> Outage {
    let asked = client.ask(Method::GET, &surroundings.memory, Vec::new(), surroundings.request_time).await;
    match asked {
        Ok(answer) if answer.status.is_success() => serde_json::from_slice(&answer.body).unwrap_or_else(|error| {
            tracing::warn!("what was remembered cannot be read, and is forgotten: {error}");
            Outage::default()
        }),
        Ok(_) => Outage::default(),
        Err(error) => {
            tracing::warn!("nothing is remembered: {error}");
            Outage::default()
        }
    }
}

async fn remember(surroundings: &Surroundings, client: &Client, outage: &Outage) -> Result<(), ClientError> {
    let body = serde_json::to_vec(outage).expect("an outage is two plain numbers");
    let answer = client.ask(Method::PUT, &surroundings.memory, body, surroundings.request_time).await?;
    if answer.status.is_success() { Ok(()) } else { Err(ClientError::Status(answer.status)) }
}
