//! `opentelemetry_sdk`, metrics only: its periodic reader with an exporter that throws everything away.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter, MeterProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream, Temporality};

use crate::contest::Contestant;
use crate::discard::Discard;
use crate::values::{LABELS, Labels, NAMES, NUMBERS, labels};

/// Throws away what it gets, or hangs.
#[derive(Default)]
struct Exporter(Discard);

impl PushMetricExporter for Exporter {
    /// The reader calls it on a thread of its own.
    async fn export(&self, _: &ResourceMetrics) -> OTelSdkResult {
        self.0.gate().pass();
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Delta
    }
}

/// A provider that exports every minute, and a meter of it.
fn meter() -> (SdkMeterProvider, Meter) {
    let provider =
        SdkMeterProvider::builder().with_reader(PeriodicReader::builder(Exporter::default()).build()).build();
    let meter = provider.meter("bench");
    (provider, meter)
}

pub(crate) fn counter() -> Contestant {
    let (provider, meter) = meter();
    let counter = meter.u64_counter("requests").build();
    Contestant::new("opentelemetry_sdk, no attributes", move || {
        let (counter, _alive) = (counter.clone(), provider.clone());
        Box::new(move |operations| (0..operations).for_each(|_| black_box(&counter).add(1, &[])))
    })
}

/// A handle as the SDK has it behind a feature that it calls experimental.
pub(crate) fn bound_counter() -> Contestant {
    let (provider, meter) = meter();
    let counter = meter.u64_counter("requests").build().bind(&[]);
    Contestant::new("opentelemetry_sdk, bound (experimental)", move || {
        let (counter, _alive) = (counter.clone(), provider.clone());
        Box::new(move |operations| (0..operations).for_each(|_| black_box(&counter).add(1)))
    })
}

pub(crate) fn dimensions(series: usize) -> Contestant {
    let (provider, meter) = meter();
    let counter = meter.u64_counter("requests").build();
    let labels = labels(series);
    Contestant::new("opentelemetry_sdk", move || {
        let (counter, labels, _alive) = (counter.clone(), labels.clone(), provider.clone());
        Box::new(move |operations| {
            for at in 0..operations {
                let Labels { service, operation, status } = &labels[at as usize % LABELS];
                let attributes = [
                    KeyValue::new(NAMES[0], service.clone()),
                    KeyValue::new(NAMES[1], operation.clone()),
                    KeyValue::new(NAMES[2], status.clone()),
                ];
                counter.add(1, &attributes);
            }
        })
    })
}

pub(crate) fn histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    let (provider, meter) = meter();
    histogram_of("opentelemetry_sdk, 15 fixed buckets", provider, &meter, numbers)
}

pub(crate) fn exponential_histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    let view = |_: &Instrument| {
        let aggregation = Aggregation::Base2ExponentialHistogram { max_size: 160, max_scale: 5, record_min_max: true };
        Stream::builder().with_aggregation(aggregation).build().ok()
    };
    let reader = PeriodicReader::builder(Exporter::default()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).with_view(view).build();
    let meter = provider.meter("bench");
    histogram_of("opentelemetry_sdk, exponential", provider, &meter, numbers)
}

fn histogram_of(
    name: &'static str,
    provider: SdkMeterProvider,
    meter: &Meter,
    numbers: &Arc<[f64; NUMBERS]>,
) -> Contestant {
    let histogram = meter.f64_histogram("latency").build();
    let numbers = numbers.clone();
    Contestant::new(name, move || {
        let (histogram, numbers, _alive) = (histogram.clone(), numbers.clone(), provider.clone());
        Box::new(move |operations| {
            (0..operations).for_each(|at| black_box(&histogram).record(numbers[at as usize % NUMBERS], &[]));
        })
    })
}

/// A counter whose provider exports into `discard`, again and again.
pub(crate) struct Running {
    pub(crate) provider: SdkMeterProvider,
    counter: Counter<u64>,
}

impl Running {
    pub(crate) fn start(discard: &Discard) -> Running {
        const INTERVAL: Duration = Duration::from_millis(50);
        let reader = PeriodicReader::builder(Exporter(discard.clone())).with_interval(INTERVAL).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        let counter = provider.meter("bench").u64_counter("requests").build();
        Running { provider, counter }
    }

    /// Counts with three dimensions.
    pub(crate) fn count(&self, Labels { service, operation, status }: &Labels) {
        let attributes = [
            KeyValue::new(NAMES[0], service.clone()),
            KeyValue::new(NAMES[1], operation.clone()),
            KeyValue::new(NAMES[2], status.clone()),
        ];
        self.counter.add(1, &attributes);
    }
}
