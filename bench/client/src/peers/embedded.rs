//! `metrics_cloudwatch_embedded`: a recorder of the facade that writes EMF when it is told to. It can only be the
//! process's recorder, so each command that measures it is a process of its own.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use metrics_cloudwatch_embedded::{Builder, Collector};

use crate::contest::Contestant;
use crate::discard::Discard;
use crate::values::{Labels, NUMBERS, labels};
use crate::work::{Measured, NAMESPACE};

const NAME: &str = "metrics_cloudwatch_embedded";

/// The process's collector.
pub(crate) fn collector() -> &'static Collector {
    static COLLECTOR: OnceLock<&'static Collector> = OnceLock::new();
    COLLECTOR
        .get_or_init(|| Builder::new().cloudwatch_namespace(NAMESPACE).init().expect("no other recorder is installed"))
}

pub(crate) fn counter() -> Contestant {
    collector();
    let counter = metrics::counter!("requests");
    Contestant::new(NAME, move || {
        let counter = counter.clone();
        Box::new(move |operations| (0..operations).for_each(|_| black_box(&counter).increment(1)))
    })
}

pub(crate) fn dimensions(series: usize) -> Contestant {
    collector();
    let labels = labels(series);
    Contestant::new(NAME, move || {
        let labels = labels.clone();
        Box::new(move |operations| super::count_through_facade(&labels, operations))
    })
}

/// It holds at most 100 values until the next flush and drops what comes after them, so the flush is in the time.
pub(crate) fn histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    const FLUSH_EVERY: u64 = 50;
    let collector = collector();
    let histogram = metrics::histogram!("latency");
    let numbers = numbers.clone();
    Contestant::new("metrics_cloudwatch_embedded, flushed every 50 values", move || {
        let (histogram, numbers) = (histogram.clone(), numbers.clone());
        Box::new(move |operations| {
            for at in 0..operations {
                black_box(&histogram).record(numbers[at as usize % NUMBERS]);
                if at % FLUSH_EVERY == 0 {
                    collector.flush(io::sink()).expect("nothing is written anywhere");
                }
            }
        })
    })
}

/// Records one unit of work: two counters and three histograms with three labels each. (A gauge would be written with
/// every flush from then on.)
pub(crate) fn record((measured, labels): (Measured, &Labels)) {
    macro_rules! labelled {
        ($kind:ident, $name:literal) => {
            metrics::$kind!(
                $name,
                "Service" => labels.service.clone(),
                "Operation" => labels.operation.clone(),
                "Status" => labels.status.clone()
            )
        };
    }
    labelled!(histogram, "Latency").record(measured.latency);
    labelled!(counter, "Requests").increment(measured.requests);
    labelled!(histogram, "RowsRead").record(measured.rows_read as f64);
    labelled!(histogram, "PayloadBytes").record(measured.payload_bytes as f64);
    labelled!(counter, "Retries").increment(measured.retries);
}

/// Says which units the metrics of [`record`] have.
pub(crate) fn describe() {
    collector();
    metrics::describe_histogram!("Latency", metrics::Unit::Milliseconds, "");
    metrics::describe_counter!("Requests", metrics::Unit::Count, "");
    metrics::describe_histogram!("RowsRead", metrics::Unit::Count, "");
    metrics::describe_histogram!("PayloadBytes", metrics::Unit::Bytes, "");
    metrics::describe_counter!("Retries", metrics::Unit::Count, "");
}

/// Writes what was recorded.
pub(crate) fn flush(discard: &Discard) {
    // serde_json writes in small pieces: a buffer makes one of them, as its users' would.
    let mut text = Vec::with_capacity(1024);
    collector().flush(&mut text).expect("memory takes everything");
    discard.clone().write_all(&text).expect("it takes everything");
}
