//! The facade `metrics` with the recorder of `metrics-exporter-prometheus`; nothing listens, nobody scrapes.

use std::hint::black_box;
use std::sync::Arc;

use metrics::with_local_recorder;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::contest::Contestant;
use crate::values::{LABELS, NUMBERS, labels};

const NAME: &str = "metrics + metrics-exporter-prometheus";

pub(crate) fn counter() -> Contestant {
    let recorder = PrometheusBuilder::new().build_recorder();
    let counter = with_local_recorder(&recorder, || metrics::counter!("requests"));
    Contestant::new(NAME, move || {
        let counter = counter.clone();
        Box::new(move |operations| (0..operations).for_each(|_| black_box(&counter).increment(1)))
    })
}

pub(crate) fn dimensions(series: usize) -> Contestant {
    let recorder = Arc::new(PrometheusBuilder::new().build_recorder());
    let labels = labels(series);
    Contestant::new(NAME, move || {
        let (recorder, labels) = (recorder.clone(), labels.clone());
        Box::new(move |operations| {
            with_local_recorder(&*recorder, || super::count_through_facade(&labels, operations));
        })
    })
}

/// It keeps every value until `run_upkeep`, which its own thread would call every five seconds.
pub(crate) fn histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (histogram, handle) =
        (with_local_recorder(&recorder, || metrics::histogram!("latency")), Arc::new(recorder.handle()));
    let numbers = numbers.clone();
    let upkeep = handle.clone();
    Contestant::new("metrics + metrics-exporter-prometheus, upkeep not counted", move || {
        let (histogram, numbers, _alive) = (histogram.clone(), numbers.clone(), handle.clone());
        Box::new(move |operations| {
            (0..operations).for_each(|at| black_box(&histogram).record(numbers[at as usize % NUMBERS]));
        })
    })
    .after(move || upkeep.run_upkeep())
}

/// The same with the upkeep in the time, after every so many values.
pub(crate) fn histogram_with_upkeep(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    const UPKEEP_EVERY: u64 = 1 << 20;
    let recorder = PrometheusBuilder::new().build_recorder();
    let (histogram, handle) =
        (with_local_recorder(&recorder, || metrics::histogram!("latency")), Arc::new(recorder.handle()));
    let numbers = numbers.clone();
    Contestant::new("metrics + metrics-exporter-prometheus, upkeep counted", move || {
        let (histogram, numbers, handle) = (histogram.clone(), numbers.clone(), handle.clone());
        Box::new(move |operations| {
            for at in 0..operations {
                black_box(&histogram).record(numbers[at as usize % NUMBERS]);
                if at % UPKEEP_EVERY == 0 {
                    handle.run_upkeep();
                }
            }
            handle.run_upkeep();
        })
    })
}

const _: () = assert!(LABELS.is_power_of_two() && NUMBERS.is_power_of_two());
