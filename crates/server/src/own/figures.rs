//! Every figure of the server in one list, from which `/metrics` and the namespace `Nephoscope` are written.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use nepho_model::Unit;

use crate::instance::Instance;
use crate::own::counters::Intake;

/// One number with its name.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// Its MetricName; Prometheus' name is made from it.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    pub(crate) dimensions: Vec<(&'static str, String)>,
    pub(crate) value: f64,
}

/// How a figure moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It only grows, from the start of the server on.
    Counter,
    /// It goes up and down.
    Gauge,
}

fn counter(name: &'static str, help: &'static str, value: u64) -> Figure {
    Figure { name, help, kind: Kind::Counter, unit: Unit::Count, dimensions: Vec::new(), value: value as f64 }
}

fn gauge(name: &'static str, help: &'static str, value: f64) -> Figure {
    Figure { name, help, kind: Kind::Gauge, unit: Unit::Count, dimensions: Vec::new(), value }
}

impl Figure {
    fn unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    fn of(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.dimensions.push((name, value.into()));
        self
    }
}

/// Collects all figures. Reads `/proc`, and asks the store, which may block.
pub(crate) fn collect(instance: &Instance) -> Vec<Figure> {
    let mut figures = Vec::new();
    flows(instance, &mut figures);
    requests(instance, &mut figures);
    edge(instance, &mut figures);
    store(instance, &mut figures);
    queues(instance, &mut figures);
    figures
}

fn flows(instance: &Instance, figures: &mut Vec<Figure>) {
    for intake in Intake::ALL {
        let flow = instance.counters.flow(intake);
        let name = intake.name();
        let received = "Items received: datums of PutMetricData, documents of EMF, events of PutLogEvents.";
        figures.push(counter("ReceivedItems", received, flow.received()).of("Intake", name));
        figures.push(counter("StoredItems", "Items stored.", flow.stored()).of("Intake", name));
        figures.push(counter("StoredSamples", "Samples stored.", flow.samples()).of("Intake", name));
        for (cause, count) in flow.rejected() {
            let rejected = counter("RejectedItems", "Items rejected, by cause.", count);
            figures.push(rejected.of("Intake", name).of("Cause", cause));
        }
    }
    for (cause, count) in instance.counters.emf_left_out() {
        let help = "Metrics left out of EMF documents that were stored otherwise, by cause.";
        figures.push(counter("LeftOutMetrics", help, count).of("Cause", cause));
    }
}

fn requests(instance: &Instance, figures: &mut Vec<Figure>) {
    for ((operation, status), counted) in instance.counters.requests() {
        let status = status.to_string();
        let requests = counter("Requests", "Requests answered.", counted.count);
        figures.push(requests.of("Operation", operation).of("Status", &status));
        let mut time = counter("RequestTime", "Time from a request's head to its answer.", 0).unit(Unit::Seconds);
        time.value = counted.nanos as f64 / 1e9;
        figures.push(time.of("Operation", operation).of("Status", status));
    }
}

fn edge(instance: &Instance, figures: &mut Vec<Figure>) {
    let counters = &instance.counters;
    figures.push(gauge("HttpConnections", "Open HTTP connections.", counters.http_connections.get() as f64));
    figures.push(gauge("EmfConnections", "Open EMF connections.", counters.emf_connections.get() as f64));
    let refused = counters.http_refused.load(Ordering::Relaxed);
    figures.push(counter("RefusedConnections", "Connections over the limit.", refused).of("Listener", "Http"));
    let refused = counters.emf_refused.load(Ordering::Relaxed);
    figures.push(counter("RefusedConnections", "Connections over the limit.", refused).of("Listener", "Emf"));
    figures.push(gauge("WaitingAppends", "Writes that wait for the store.", counters.appends.get() as f64));
    figures.push(gauge("Tails", "Clients that follow arrivals.", instance.tails.count() as f64));
    let (in_flight, waiting) = instance.deliveries.figures();
    figures.push(gauge("DeliveriesInFlight", "Deliveries that are on their way.", in_flight as f64));
    figures.push(gauge("DeliveriesWaiting", "Deliveries that wait for their time.", waiting as f64));
    if let Some(dropped) = instance.emf_udp.and_then(dropped_datagrams) {
        let help = "Datagrams that the system dropped because more arrived than were read.";
        figures.push(counter("DroppedDatagrams", help, dropped));
    }
    if let Some(bytes) = resident_bytes() {
        figures.push(gauge("ResidentMemory", "Resident memory of the process.", bytes).unit(Unit::Bytes));
    }
}

fn store(instance: &Instance, figures: &mut Vec<Figure>) {
    let known = instance.samples.figures();
    let problems = known.problems.len() + instance.queues.figures().log.problems.len();
    figures.push(gauge("Metrics", "Metrics known.", known.metrics as f64));
    figures.push(gauge("HeadCells", "Cells held in memory.", known.head_cells as f64));
    figures.push(gauge("Chunks", "Chunks on disk.", known.chunks as f64));
    let journal = gauge("JournalSize", "Journal that a start would replay.", known.journal_bytes as f64);
    figures.push(journal.unit(Unit::Bytes));
    figures.push(gauge("SegmentSize", "Segment files.", known.segment_bytes as f64).unit(Unit::Bytes));
    figures
        .push(gauge("WaitingSize", "Bytes that wait for the journal.", known.waiting_bytes as f64).unit(Unit::Bytes));
    figures.push(counter("JournalSyncs", "Syncs of the journal.", known.syncs));
    let mut time = counter("JournalSyncTime", "Time spent in syncs of the journal.", 0).unit(Unit::Seconds);
    time.value = known.sync_nanos as f64 / 1e9;
    figures.push(time);
    let expired = "Samples left out because they were older than every tier keeps.";
    figures.push(counter("ExpiredSamples", expired, known.expired_samples));
    figures.push(gauge("Problems", "Things that are wrong with the store.", problems as f64));
}

fn queues(instance: &Instance, figures: &mut Vec<Figure>) {
    let known = instance.queues.figures();
    figures.push(gauge("Queues", "Queues.", known.queues as f64));
    figures.push(gauge("QueuedMessages", "Messages in queues.", known.messages as f64));
    figures.push(gauge("QueuedSize", "Memory of the messages in queues.", known.bytes as f64).unit(Unit::Bytes));
    figures.push(gauge("QueueWaits", "Receives that wait for messages.", known.waits as f64));
    figures.push(gauge("QueueLogSize", "Log of the queues.", known.log.bytes as f64).unit(Unit::Bytes));
    figures.push(gauge("QueueLogFiles", "Files of the log of the queues.", known.log.files as f64));
    let waiting =
        gauge("QueueLogWaitingSize", "Bytes that wait for the log of the queues.", known.log.waiting_bytes as f64);
    figures.push(waiting.unit(Unit::Bytes));
    figures.push(counter("QueueLogSyncs", "Syncs of the log of the queues.", known.log.syncs));
    let mut time = counter("QueueLogSyncTime", "Time spent in syncs of the log of the queues.", 0).unit(Unit::Seconds);
    time.value = known.log.sync_nanos as f64 / 1e9;
    figures.push(time);
}

/// Resident memory, where the system has `/proc`.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// What the system dropped of the datagrams to this address, where it has `/proc`.
fn dropped_datagrams(address: SocketAddr) -> Option<u64> {
    let SocketAddr::V4(address) = address else { return None };
    let local = format!("{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port());
    let sockets = std::fs::read_to_string("/proc/net/udp").ok()?;
    let line = sockets.lines().find(|line| line.split_whitespace().nth(1) == Some(local.as_str()))?;
    line.split_whitespace().last()?.parse().ok()
}
