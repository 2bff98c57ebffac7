//! The library that is measured.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nepho::sink::{Form, Payload, SendError};
use nepho::{Metrics, Resolution, Sink, Timestamp, Unit};
use nepho_emf::{Member, MetricDefinition, Shape, Skeleton, Target};

use crate::clock;
use crate::contest::{Contestant, Loop};
use crate::discard::Discard;
use crate::values::{LABELS, Labels, NAMES, NUMBERS, Series, labels};
use crate::work::{Measured, NAMESPACE, SERIES, Units};

/// Throws away what it gets, and adds up what was in the data.
#[derive(Debug, Clone)]
pub(crate) struct Into {
    form: Form,
    /// A payload of data is one document: one call of PutMetricData.
    pub(crate) discard: Discard,
    /// The sum of all statistic sets.
    pub(crate) sum: Arc<AtomicU64>,
}

impl Into {
    pub(crate) fn documents() -> Self {
        Into { form: Form::Documents, discard: Discard::default(), sum: Arc::default() }
    }

    pub(crate) fn datums() -> Self {
        Into { form: Form::Datums, ..Into::documents() }
    }

    /// The same, with what it gets going to `discard`.
    pub(crate) fn at(self, discard: &Discard) -> Self {
        Into { discard: discard.clone(), ..self }
    }

    /// A client with defaults that sends here.
    pub(crate) fn client(&self) -> Metrics {
        Metrics::builder(NAMESPACE).sink(self.clone()).without_own_metrics().build()
    }

    /// A client that has begun to send here, where it hangs.
    pub(crate) fn hung_client(&self) -> Metrics {
        const INTERVAL: Duration = Duration::from_millis(50);
        self.discard.gate().shut();
        let metrics = Metrics::builder(NAMESPACE).sink(self.clone()).interval(INTERVAL).build();
        metrics.increment("first", &[]);
        clock::wait_until(|| self.discard.gate().has_held());
        metrics
    }
}

impl Sink for Into {
    fn name(&self) -> &str {
        "bench"
    }

    fn form(&self) -> Form {
        self.form
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        match payload {
            Payload::Documents(documents) => self.discard.take(payload.len(), documents.text().len()),
            Payload::Datums(datums) => {
                let sum: f64 = datums.datums.iter().map(|datum| datum.statistics.sum).sum();
                self.sum.fetch_add(sum as u64, Ordering::Relaxed);
                self.discard.take(1, payload.bytes());
            }
        }
        Ok(())
    }
}

/// One whose loops call a client, which is to have taken as many samples as there were operations.
fn contestant(metrics: Metrics, begin: impl Fn() -> Loop + Sync + 'static) -> Contestant {
    let counted = Arc::new(AtomicU64::new(0));
    let counts = counted.clone();
    let counting = move || {
        let (mut work, counts) = (begin(), counts.clone());
        Box::new(move |operations| {
            work(operations);
            counts.fetch_add(operations, Ordering::Relaxed);
        }) as Loop
    };
    Contestant::ours("ours", counting).after(move || {
        assert_eq!(metrics.accounting().accepted, counted.load(Ordering::Relaxed), "samples were lost");
    })
}

pub(crate) fn counter() -> Contestant {
    let metrics = Into::documents().client();
    let counter = metrics.counter("requests", &[]);
    contestant(metrics, move || {
        let counter = counter.clone();
        Box::new(move |operations| (0..operations).for_each(|_| black_box(&counter).increment()))
    })
}

/// Counts one with three dimensions.
#[inline]
pub(crate) fn count(metrics: &Metrics, Labels { service, operation, status }: &Labels) {
    metrics.increment("requests", &[(NAMES[0], service), (NAMES[1], operation), (NAMES[2], status)]);
}

pub(crate) fn dimensions(series: usize) -> Contestant {
    let metrics = Into::documents().client();
    let labels = labels(series);
    contestant(metrics.clone(), move || {
        let (metrics, labels) = (metrics.clone(), labels.clone());
        Box::new(move |operations| {
            (0..operations).for_each(|at| count(&metrics, &labels[at as usize % LABELS]));
        })
    })
}

pub(crate) fn histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    let metrics = Into::documents().client();
    let histogram = metrics.histogram("latency", Unit::Milliseconds, &[]);
    let numbers = numbers.clone();
    contestant(metrics, move || {
        let (histogram, numbers) = (histogram.clone(), numbers.clone());
        Box::new(move |operations| {
            (0..operations).for_each(|at| black_box(&histogram).record(numbers[at as usize % NUMBERS]));
        })
    })
}

/// The histogram of a series.
pub(crate) fn histogram_of(metrics: &Metrics, Series { name, labels }: &Series) -> nepho::Histogram {
    let Labels { service, operation, status } = labels;
    let dimensions = [(NAMES[0], &**service), (NAMES[1], operation), (NAMES[2], status)];
    metrics.histogram(name, Unit::Milliseconds, &dimensions)
}

/// Emits one unit of work.
#[inline]
pub(crate) fn emit(metrics: &Metrics, (measured, labels): (Measured, &Labels)) {
    let mut unit = metrics.unit_of_work();
    unit.dimension(NAMES[0], &labels.service)
        .dimension(NAMES[1], &labels.operation)
        .dimension(NAMES[2], &labels.status)
        .metric("Latency", measured.latency, Unit::Milliseconds)
        .metric("Requests", measured.requests as f64, Unit::Count)
        .metric("RowsRead", measured.rows_read as f64, Unit::Count)
        .metric("PayloadBytes", measured.payload_bytes as f64, Unit::Bytes)
        .metric("Retries", measured.retries as f64, Unit::Count);
}

/// Writes the documents of units of work from a skeleton, as the worker does, into memory.
pub(crate) fn format() -> impl FnMut(u64) {
    let metrics = [
        ("Latency", Unit::Milliseconds),
        ("Requests", Unit::Count),
        ("RowsRead", Unit::Count),
        ("PayloadBytes", Unit::Bytes),
        ("Retries", Unit::Count),
    ];
    let shape = Shape {
        namespace: NAMESPACE,
        dimension_sets: &[&NAMES],
        metrics: &metrics.map(|(name, unit)| MetricDefinition { name, unit, resolution: Resolution::Minute }),
        members: &NAMES,
        log_group: None,
        log_stream: None,
    };
    let skeleton = Skeleton::new(&shape).expect("the shape is legal");
    let (mut units, mut text) = (Units::new(SERIES), Vec::new());
    move |operations| {
        for _ in 0..operations {
            text.clear();
            let (Measured { latency, requests, rows_read, payload_bytes, retries }, labels) = units.next();
            let values = [latency, requests as f64, rows_read as f64, payload_bytes as f64, retries as f64];
            let members = [&labels.service, &labels.operation, &labels.status];
            let members = members.map(|value| Member::Text(value));
            skeleton.write(&mut text, Timestamp::from_millis(1_763_878_000_000), values.map(Target::One), members);
            text.push(b'\n');
            black_box(&text);
        }
    }
}
