//! The figures as metrics: every minute into the namespace `Nephoscope` of the default scope.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use nepho_model::{Batch, Cell, KeyRange, Resolution, Timestamp, Unit};

use crate::instance::Instance;
use crate::own::counters::Intake;
use crate::own::figures::{self, Figure, Kind};
use crate::writes::Write;

/// Where the server's own metrics are.
pub(crate) const NAMESPACE: &str = "Nephoscope";
/// The most minutes that become one write.
const MINUTES_MAX: usize = 60;

type Series = (&'static str, Vec<(&'static str, String)>);

/// What was published last, so that counters are published as what they grew by.
#[derive(Debug, Default)]
pub(crate) struct Published(Mutex<HashMap<Series, f64>>);

/// Minutes that become one write.
///
/// A clock that is moved by hand passes many of them in no time, so the figures of the first hold for all: gauges stand,
/// and no counter grows.
#[derive(Debug, Default)]
pub(crate) struct Minutes {
    batch: Batch,
    points: Vec<Point>,
    last: Timestamp,
    count: usize,
}

/// What a figure is in the minute that comes next.
#[derive(Debug)]
struct Point {
    key: KeyRange,
    unit: Unit,
    kind: Kind,
    value: f64,
}

impl Minutes {
    /// Adds the minute that ends now.
    pub(crate) async fn add(&mut self, instance: &Arc<Instance>, now: Timestamp) {
        if self.count == 0 {
            self.begin(&instance.blocking(figures::collect).await, &instance.published);
        }
        for point in &mut self.points {
            self.batch.push(point.key, point.unit, Resolution::Minute, now, Cell::of(point.value));
            if point.kind == Kind::Counter {
                point.value = 0.0;
            }
        }
        self.last = now;
        self.count += 1;
    }

    fn begin(&mut self, figures: &[Figure], published: &Published) {
        let mut before = published.0.lock().unwrap_or_else(PoisonError::into_inner);
        for figure in figures {
            let value = match figure.kind {
                Kind::Gauge => figure.value,
                Kind::Counter => {
                    let last = before.insert((figure.name, figure.dimensions.clone()), figure.value);
                    figure.value - last.unwrap_or(0.0)
                }
            };
            let mut dimensions: Vec<_> =
                figure.dimensions.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let key = self.batch.key(NAMESPACE, figure.name, &mut dimensions);
            let key = key.expect("the figures' names and dimensions are legal");
            self.points.push(Point { key, unit: figure.unit, kind: figure.kind, value });
        }
    }

    /// Whether there are as many as one write may have.
    pub(crate) fn is_full(&self) -> bool {
        self.count >= MINUTES_MAX
    }

    /// Hands what was added to the store, if there is anything, and begins anew.
    pub(crate) fn write(&mut self, instance: &Instance) -> Option<Write> {
        let Minutes { batch, last, count, .. } = std::mem::take(self);
        if count == 0 {
            return None;
        }
        let samples = batch.len();
        instance.counters.flow(Intake::Own).receive(samples);
        Some(Write::begin(instance, Intake::Own, &instance.default_scope, batch, samples, last))
    }
}
