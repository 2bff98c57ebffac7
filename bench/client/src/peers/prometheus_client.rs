//! `prometheus-client`: metrics that a registry reads when it is scraped; nobody scrapes.

use std::hint::black_box;
use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, NativeHistogramConfig, exponential_buckets};

use crate::contest::Contestant;
use crate::values::{LABELS, Labels, NUMBERS, labels};

const NAME: &str = "prometheus-client";

/// Three labels; a family's label set owns its values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LabelSet {
    service: String,
    operation: String,
    status: String,
}

pub(crate) fn counter() -> Contestant {
    let counter = Counter::<u64>::default();
    Contestant::new(NAME, move || {
        let counter = counter.clone();
        Box::new(move |operations| {
            (0..operations).for_each(|_| {
                black_box(&counter).inc();
            });
        })
    })
}

pub(crate) fn dimensions(series: usize) -> Contestant {
    let family = Family::<LabelSet, Counter>::default();
    let labels = labels(series);
    Contestant::new(NAME, move || {
        let (family, labels) = (family.clone(), labels.clone());
        Box::new(move |operations| {
            for at in 0..operations {
                let Labels { service, operation, status } = labels[at as usize % LABELS].clone();
                family.get_or_create(&LabelSet { service, operation, status }).inc();
            }
        })
    })
}

pub(crate) fn histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    const BUCKETS: u16 = 15;
    histogram_of("prometheus-client, 15 fixed buckets", Histogram::new(exponential_buckets(1.0, 2.0, BUCKETS)), numbers)
}

pub(crate) fn native_histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    const SCHEMA: i8 = 5;
    let histogram = Histogram::new_native(NativeHistogramConfig::with_schema(SCHEMA).max_buckets(160));
    histogram_of("prometheus-client, native", histogram, numbers)
}

fn histogram_of(name: &'static str, histogram: Histogram, numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    let numbers = numbers.clone();
    Contestant::new(name, move || {
        let (histogram, numbers) = (histogram.clone(), numbers.clone());
        Box::new(move |operations| {
            (0..operations).for_each(|at| black_box(&histogram).observe(numbers[at as usize % NUMBERS]));
        })
    })
}
