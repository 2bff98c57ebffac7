//! What is counted while the server works.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nepho_model::Timestamp;

/// A way into the store. What it counts are its items: datums of PutMetricData, documents of EMF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Intake {
    PutMetricData,
    EmfTcp,
    EmfUdp,
    EmfHttp,
    Logs,
    /// The server's own metrics.
    Own,
}

impl Intake {
    pub(crate) const ALL: [Intake; 6] =
        [Intake::PutMetricData, Intake::EmfTcp, Intake::EmfUdp, Intake::EmfHttp, Intake::Logs, Intake::Own];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Intake::PutMetricData => "PutMetricData",
            Intake::EmfTcp => "EmfTcp",
            Intake::EmfUdp => "EmfUdp",
            Intake::EmfHttp => "EmfHttp",
            Intake::Logs => "PutLogEvents",
            Intake::Own => "Own",
        }
    }
}

/// The cause under which items are counted that the store could not keep.
pub(crate) const CAUSE_STORE: &str = "store";

/// The flow through one intake: received = stored + rejected by cause, once nothing is on its way.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    received: AtomicU64,
    stored: AtomicU64,
    samples: AtomicU64,
    rejected: Mutex<BTreeMap<&'static str, u64>>,
}

impl Flow {
    pub(crate) fn receive(&self, items: usize) {
        self.received.fetch_add(items as u64, Ordering::Relaxed);
    }

    /// Counts items as stored, and the samples they were made of.
    pub(crate) fn store(&self, items: usize, samples: usize) {
        self.stored.fetch_add(items as u64, Ordering::Relaxed);
        self.samples.fetch_add(samples as u64, Ordering::Relaxed);
    }

    pub(crate) fn reject(&self, cause: &'static str, items: usize) {
        if items > 0 {
            *self.rejected.lock().unwrap_or_else(PoisonError::into_inner).entry(cause).or_default() += items as u64;
        }
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(crate) fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    pub(crate) fn samples(&self) -> u64 {
        self.samples.load(Ordering::Relaxed)
    }

    pub(crate) fn rejected(&self) -> Vec<(&'static str, u64)> {
        let rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        rejected.iter().map(|(cause, count)| (*cause, *count)).collect()
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub(crate) struct Gauge(AtomicI64);

impl Gauge {
    /// Adds one until the answer is dropped.
    pub(crate) fn enter(&self) -> Entered<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Entered(self)
    }

    pub(crate) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One in a [`Gauge`].
#[derive(Debug)]
pub(crate) struct Entered<'a>(&'a Gauge);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Requests of one operation with one status.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Requests {
    pub(crate) count: u64,
    pub(crate) nanos: u64,
}

/// Every count of the server.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    flows: [Flow; Intake::ALL.len()],
    requests: Mutex<BTreeMap<(&'static str, u16), Requests>>,
    /// Metrics of EMF documents that were left out while the rest of the document was stored.
    emf_left_out: Mutex<BTreeMap<&'static str, u64>>,
    pub(crate) http_connections: Gauge,
    pub(crate) emf_connections: Gauge,
    pub(crate) http_refused: AtomicU64,
    pub(crate) emf_refused: AtomicU64,
    /// Appends that wait for their receipt.
    pub(crate) appends: Gauge,
    last_fault: Mutex<Option<(Timestamp, String)>>,
}

impl Counters {
    pub(crate) fn flow(&self, intake: Intake) -> &Flow {
        &self.flows[intake as usize]
    }

    pub(crate) fn request(&self, operation: &'static str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = requests.entry((operation, status)).or_default();
        counted.count += 1;
        counted.nanos += took.as_nanos() as u64;
    }

    pub(crate) fn requests(&self) -> Vec<((&'static str, u16), Requests)> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().map(|(key, counted)| (*key, *counted)).collect()
    }

    pub(crate) fn leave_out(&self, cause: &'static str, metrics: u64) {
        *self.emf_left_out.lock().unwrap_or_else(PoisonError::into_inner).entry(cause).or_default() += metrics;
    }

    pub(crate) fn emf_left_out(&self) -> Vec<(&'static str, u64)> {
        let left_out = self.emf_left_out.lock().unwrap_or_else(PoisonError::into_inner);
        left_out.iter().map(|(cause, count)| (*cause, *count)).collect()
    }

    /// Remembers the last thing that went wrong inside the server. Answers whether it is news: another thing than
    /// before, or the first for a minute.
    pub(crate) fn fault(&self, now: Timestamp, what: &str) -> bool {
        let mut last = self.last_fault.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = last.as_ref().is_some_and(|(when, known)| known == what && now.seconds() - when.seconds() < 60);
        if !is_known {
            *last = Some((now, what.to_owned()));
        }
        !is_known
    }

    pub(crate) fn last_fault(&self) -> Option<(Timestamp, String)> {
        self.last_fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
