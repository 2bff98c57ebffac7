//! `metrique`: units of work as structs, written as EMF by a background queue. It has no metrics of a whole process: its
//! counter and histogram are fields of a unit of work.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use metrique::emf::Emf;
use metrique::unit::{Byte, Count, Millisecond};
use metrique::unit_of_work::metrics;
use metrique::writer::format::Format;
use metrique::writer::sink::{BackgroundQueue, BackgroundQueueBuilder, BackgroundQueueJoinHandle};
use metrique::writer::{EntrySink, FormatExt};
use metrique::{CloseValue, Counter, RootMetric};
use metrique_aggregation::histogram::SharedHistogram;

use crate::clock;
use crate::contest::Contestant;
use crate::discard::Discard;
use crate::values::{Labels, NUMBERS};
use crate::work::{Measured, NAMESPACE, SERIES, Units};

pub(crate) fn counter() -> Contestant {
    let counter = Arc::new(Counter::default());
    Contestant::new("metrique, a unit's counter", move || {
        let counter = counter.clone();
        Box::new(move |operations| (0..operations).for_each(|_| black_box(&counter).increment()))
    })
}

pub(crate) fn histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    let histogram = Arc::new(SharedHistogram::<f64>::default());
    let numbers = numbers.clone();
    Contestant::new("metrique-aggregation, a unit's shared histogram", move || {
        let (histogram, numbers) = (histogram.clone(), numbers.clone());
        Box::new(move |operations| {
            (0..operations).for_each(|at| black_box(&histogram).add_value(numbers[at as usize % NUMBERS]));
        })
    })
}

/// A unit of work; its dimensions own their values, because a request brings them.
#[metrics(rename_all = "PascalCase", emf::dimension_sets = [["Service", "Operation", "Status"]])]
struct Checkout {
    #[metrics(timestamp)]
    timestamp: SystemTime,
    service: String,
    operation: String,
    status: String,
    #[metrics(unit = Millisecond)]
    latency: f64,
    #[metrics(unit = Count)]
    requests: u64,
    #[metrics(unit = Count)]
    rows_read: u64,
    #[metrics(unit = Byte)]
    payload_bytes: u64,
    #[metrics(unit = Count)]
    retries: u64,
}

impl Checkout {
    fn of((measured, labels): (Measured, &Labels)) -> Self {
        let Labels { service, operation, status } = labels.clone();
        let Measured { latency, requests, rows_read, payload_bytes, retries } = measured;
        let timestamp = clock::wall();
        Checkout { timestamp, service, operation, status, latency, requests, rows_read, payload_bytes, retries }
    }
}

/// The queue and its thread, with the crate's default capacity of 65,536.
pub(crate) struct Running {
    queue: BackgroundQueue<RootMetric<Checkout>>,
    units: Units,
    /// Stops the thread when it is dropped.
    pub(crate) thread: BackgroundQueueJoinHandle,
}

impl Running {
    /// Starts a queue that writes into `discard`, and may take so long to stop.
    pub(crate) fn start(discard: &Discard, stop_within: Duration) -> Running {
        let builder = BackgroundQueueBuilder::new().shutdown_timeout(stop_within);
        let (queue, thread) = builder.build(emf().output_to(discard.clone()));
        Running { queue, units: Units::new(SERIES), thread }
    }

    /// Emits one unit of work.
    pub(crate) fn emit(&mut self) {
        self.queue.append(RootMetric::<Checkout>::new(Checkout::of(self.units.next()).close()));
    }
}

fn emf() -> Emf {
    Emf::builder(NAMESPACE.to_owned(), vec![vec![]]).build()
}

/// Formats units of work that were made beforehand, into memory.
pub(crate) fn format() -> impl FnMut(u64) {
    const MADE: usize = 64;
    let mut units = Units::new(SERIES);
    let made: Vec<_> = (0..MADE).map(|_| RootMetric::<Checkout>::new(Checkout::of(units.next()).close())).collect();
    let (mut emf, mut text) = (emf(), Vec::new());
    move |operations| {
        for at in 0..operations {
            text.clear();
            emf.format(&made[at as usize % MADE], &mut text).expect("memory takes everything");
            black_box(&text);
        }
    }
}
