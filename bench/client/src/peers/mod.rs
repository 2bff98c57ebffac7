//! The others, each as its own documentation says to use it.

pub(crate) mod cloudwatch;
pub(crate) mod embedded;
pub(crate) mod metrique;
pub(crate) mod opentelemetry;
pub(crate) mod prometheus_client;
pub(crate) mod prometheus_exporter;

use crate::values::{LABELS, Labels, Series};

/// Counts with three dimensions through the facade, with the recorder that is in force on this thread. Its labels own
/// their values.
pub(crate) fn count_through_facade(labels: &[Labels; LABELS], operations: u64) {
    (0..operations).for_each(|at| count_labelled(&labels[at as usize % LABELS]));
}

/// Counts one with three dimensions through the facade.
#[inline]
pub(crate) fn count_labelled(Labels { service, operation, status }: &Labels) {
    metrics::counter!(
        "requests", "Service" => service.clone(), "Operation" => operation.clone(), "Status" => status.clone()
    )
    .increment(1);
}

/// The histogram of a series, in the recorder that is in force on this thread.
pub(crate) fn labelled_histogram(series: Series) -> metrics::Histogram {
    let Series { name, labels: Labels { service, operation, status } } = series;
    metrics::histogram!(name, "Service" => service, "Operation" => operation, "Status" => status)
}
