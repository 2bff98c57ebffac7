//! What leaves the client in one interval.

use std::collections::BTreeSet;
use std::sync::Arc;

use nepho::sink::{Capture, Payload};
use nepho::{Clock, INTERVAL, ManualClock, Metrics, MetricsPort, SharedUnit, Timestamp};
use serde_json::Value;

use super::price::EVENT_BYTES;
use crate::adapters::metrics::builder;
use crate::adapters::queue::Inbox;
use crate::app::App;
use crate::domain::ports::{Hall, TicketQueue};
use crate::load::visit::{BOX_OFFICE, CYCLE, NO_BOOKING, Visit, seats};

/// A way to emit metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// EMF, added up for an interval: what this service does.
    Aggregated,
    /// PutMetricData, added up for an interval.
    PutMetricData,
    /// EMF, a document for each booking: a unit of work.
    EachBooking,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 3] = [Way::Aggregated, Way::PutMetricData, Way::EachBooking];
}

/// What leaves the client in one interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Emitted {
    /// Distinct metrics: a name with its dimensions in a namespace.
    pub metrics: u64,
    /// EMF documents. Each is one log event.
    pub documents: f64,
    /// Bytes of log events, with what each costs on top.
    pub log_bytes: f64,
    /// Requests of PutMetricData.
    pub requests: f64,
}

/// How many cycles of visits are measured when each booking has its documents: more do not change the average.
const SAMPLED_CYCLES: u64 = 20;
/// When it all happens: a time like any other, at the beginning of a minute, so that an interval is one minute.
const START: Timestamp = Timestamp::from_seconds(1_777_896_000);

/// Emits what so many bookings in a second come to in an interval, and counts it.
pub fn emit(way: Way, rate: u32) -> Emitted {
    let bookings = u64::from(rate) * INTERVAL.as_secs();
    match way {
        Way::Aggregated => counted(&visited(Capture::documents(), bookings)),
        Way::PutMetricData => counted(&visited(Capture::datums(), bookings)),
        Way::EachBooking => each_booking(bookings),
    }
}

/// Puts everything into one client, and lets an interval end.
fn visited(capture: Capture, bookings: u64) -> Capture {
    let (metrics, mut steps) = emitter(&capture).build_stepped();
    let port: Arc<dyn MetricsPort> = Arc::new(metrics);
    let (app, mut inbox) = App::open(Arc::clone(&port), seats(u32::try_from(bookings).unwrap_or(u32::MAX)));
    (0..bookings).for_each(|number| visit(&app, &mut inbox, number));
    steps.run(INTERVAL);
    capture
}

/// Gives each booking a unit of work, for some cycles of visits, and takes that for all.
fn each_booking(bookings: u64) -> Emitted {
    let sampled = SAMPLED_CYCLES * CYCLE;
    let capture = Capture::documents();
    let (metrics, mut steps) = emitter(&capture).without_own_metrics().build_stepped();
    let (app, mut inbox) = App::open(Arc::new(Metrics::off()), seats(sampled as u32));
    for number in 0..sampled {
        let unit: Arc<dyn MetricsPort> = Arc::new(SharedUnit::new(metrics.unit_of_work_owned()));
        visit(&app.with_metrics(&unit), &mut inbox, number);
    }
    steps.flush();
    let of_sample = counted(&capture);
    let times = bookings as f64 / sampled as f64;
    Emitted { documents: of_sample.documents * times, log_bytes: of_sample.log_bytes * times, ..of_sample }
}

fn emitter(capture: &Capture) -> nepho::Builder {
    builder("production").sink(capture.clone()).clock(Clock::Manual(ManualClock::at(START)))
}

/// What one customer does, without HTTP.
fn visit(app: &App, inbox: &mut Inbox, number: u64) {
    let visit = Visit::of(number);
    let held = (visit.seat == BOX_OFFICE).then(|| app.hall.try_lock(BOX_OFFICE));
    if visit.is_disturbed
        && let Some(place) = app.queue.place()
    {
        place.put(b"no message of ours".to_vec());
    }
    // Refusals are part of the mix: what they leave behind is their metrics.
    if let Ok(booking) = app.reserve.run(visit.seat, "Ada") {
        let _ = app.pay.run(booking.id, visit.card);
    }
    if visit.pays_nothing {
        let _ = app.pay.run(NO_BOOKING, visit.card);
    }
    drop(held);
    inbox.consume_waiting(&app.consume);
}

fn counted(capture: &Capture) -> Emitted {
    let texts = capture.texts();
    let mut metrics = BTreeSet::new();
    texts.iter().for_each(|text| identities(text, &mut metrics));
    metrics.extend(capture.data().iter().map(|(namespace, datum)| {
        let dimensions = datum.metric.dimensions.iter().map(|(name, value)| format!("{name}={value}"));
        identity(namespace, &datum.metric.name, dimensions)
    }));
    let is_request = |payload: &&Payload| matches!(payload, Payload::Datums(_));
    Emitted {
        metrics: metrics.len() as u64,
        documents: texts.len() as f64,
        log_bytes: texts.iter().map(|text| text.len() + EVENT_BYTES).sum::<usize>() as f64,
        requests: capture.payloads().iter().filter(is_request).count() as f64,
    }
}

/// The metrics that an EMF document defines.
fn identities(text: &str, metrics: &mut BTreeSet<String>) {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for directive in list(&document["_aws"]["CloudWatchMetrics"]) {
        for set in list(&directive["Dimensions"]) {
            let names: Vec<String> = list(&set).iter().map(word).collect();
            for metric in list(&directive["Metrics"]) {
                let dimensions = names.iter().map(|name| format!("{name}={}", word(&document[name])));
                metrics.insert(identity(&word(&directive["Namespace"]), &word(&metric["Name"]), dimensions));
            }
        }
    }
}

fn identity(namespace: &str, name: &str, dimensions: impl Iterator<Item = String>) -> String {
    let mut dimensions: Vec<String> = dimensions.collect();
    dimensions.sort_unstable();
    format!("{namespace} {name} {}", dimensions.join(","))
}
