//! `GET /health`: what is wrong, in words.

use serde::Serialize;

use crate::instance::Instance;

/// How long (in seconds of the clock) a fault that did not come back is still reported.
const FAULT_SECONDS: i64 = 300;

/// The answer of `/health`.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    /// `ok` or `degraded`.
    pub(crate) status: &'static str,
    /// One sentence for each thing that is wrong.
    pub(crate) problems: Vec<String>,
}

/// Looks at the store and at what went wrong lately. May block.
pub(crate) fn look(instance: &Instance) -> Health {
    let mut problems = instance.samples.figures().problems;
    problems.extend(instance.queues.figures().log.problems);
    if let Some((when, what)) = instance.counters.last_fault() {
        let age = instance.clock.now().seconds() - when.seconds();
        if (0..FAULT_SECONDS).contains(&age) {
            problems.push(format!("{what} ({age} s ago)"));
        }
    }
    let limits = &instance.config.limits;
    let open = instance.counters.http_connections.get();
    if open >= limits.http_connections as i64 {
        problems.push(format!("{open} HTTP connections are open, which is the limit: further ones are refused"));
    }
    let open = instance.counters.emf_connections.get();
    if open >= limits.emf_connections as i64 {
        problems.push(format!("{open} EMF connections are open, which is the limit: further ones are closed"));
    }
    Health { status: if problems.is_empty() { "ok" } else { "degraded" }, problems }
}
