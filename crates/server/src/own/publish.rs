//! The figures as metrics: every minute into the namespace `Nephoscope` of the default scope.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use nepho_model::{Batch, Cell, Resolution, Timestamp};

use crate::instance::Instance;
use crate::own::counters::Intake;
use crate::own::figures::{self, Figure, Kind};
use crate::writes::Write;

/// Where the server's own metrics are.
pub(crate) const NAMESPACE: &str = "Nephoscope";

type Series = (&'static str, Vec<(&'static str, String)>);

/// What was published last, so that counters are published as what they grew by.
#[derive(Debug, Default)]
pub(crate) struct Published(Mutex<HashMap<Series, f64>>);

/// Hands the figures as they are now to the store.
pub(crate) async fn begin(instance: &Arc<Instance>, now: Timestamp) -> Write {
    let figures = instance.blocking(figures::collect).await;
    let batch = batch(&figures, &instance.published, now);
    let samples = batch.len();
    instance.counters.flow(Intake::Own).receive(samples);
    Write::begin(instance, Intake::Own, &instance.default_scope, batch, samples, now)
}

fn batch(figures: &[Figure], published: &Published, now: Timestamp) -> Batch {
    let mut before = published.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut batch = Batch::default();
    for figure in figures {
        let value = match figure.kind {
            Kind::Gauge => figure.value,
            Kind::Counter => {
                let last = before.insert((figure.name, figure.dimensions.clone()), figure.value);
                figure.value - last.unwrap_or(0.0)
            }
        };
        let mut dimensions: Vec<_> = figure.dimensions.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let key = batch.key(NAMESPACE, figure.name, &mut dimensions);
        let key = key.expect("the figures' names and dimensions are legal");
        batch.push(key, figure.unit, Resolution::Minute, now, Cell::of(value));
    }
    batch
}
