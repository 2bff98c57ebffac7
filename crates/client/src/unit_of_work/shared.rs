//! A unit of work behind the port.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nepho_model::Unit;

use super::{Entry, UnitOfWork};
use crate::port::{MetricsPort, Property, milliseconds};
use crate::series::{Kind, Named};
use crate::warnings;

/// A unit of work that code can put metrics into by the [`MetricsPort`], from several threads too.
///
/// A call without dimensions puts its metric into the unit's document. A call with dimensions has them on its own metric
/// only: those metrics are emitted in a document for each set of dimensions, with the unit's dimensions and properties; past
/// a hundred sets they are added up with the client's other metrics, without the unit's dimensions.
pub struct SharedUnit(Mutex<Parts>);

struct Parts {
    unit: UnitOfWork<'static>,
    /// Metrics with dimensions of their own.
    others: Vec<(Vec<(String, String)>, UnitOfWork<'static>)>,
}

/// The most sets of dimensions that calls on one unit may have.
const OTHERS_MAX: usize = 100;

impl std::fmt::Debug for SharedUnit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedUnit")
    }
}

impl SharedUnit {
    /// Shares a unit.
    pub fn new(unit: UnitOfWork<'static>) -> Self {
        SharedUnit(Mutex::new(Parts { unit, others: Vec::new() }))
    }

    /// Calls `with` for the unit itself, which is locked meanwhile: `with` must not use this value.
    pub fn with<R>(&self, with: impl FnOnce(&mut UnitOfWork<'static>) -> R) -> R {
        let _later = warnings::defer();
        with(&mut self.parts().unit)
    }

    fn put(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        let _later = warnings::defer();
        let mut parts = self.parts();
        let Some(target) = parts.unit_with(dimensions) else {
            let core = Arc::clone(parts.unit.core.core());
            let named = Named { namespace: parts.unit.namespace, name, unit, kind: Kind::default(), dimensions };
            drop(parts);
            return core.put(&named, value);
        };
        let before = target.samples;
        target.metric(name, value, unit);
        target.samples > before
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parts {
    /// `None` when there are too many different dimensions.
    fn unit_with(&mut self, dimensions: &[(&str, &str)]) -> Option<&mut UnitOfWork<'static>> {
        if dimensions.is_empty() {
            return Some(&mut self.unit);
        }
        let is = |known: &[(String, String)]| {
            known.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(dimensions.iter().copied())
        };
        let known = self.others.iter().position(|(known, _)| is(known));
        if known.is_none() && self.others.len() >= OTHERS_MAX {
            return None;
        }
        let at = known.unwrap_or_else(|| {
            let unit = UnitOfWork::owned(self.unit.core.core(), self.unit.namespace);
            let dimensions = dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            self.others.push((dimensions, unit));
            self.others.len() - 1
        });
        Some(&mut self.others[at].1)
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        for (dimensions, other) in &mut self.others {
            other.is_immediate = self.unit.is_immediate;
            for entry in self.unit.entries() {
                match entry {
                    Entry::Dimension { name, value } => {
                        other.dimension(name, value);
                    }
                    Entry::Property { name, value } => {
                        other.property(name, value);
                    }
                    Entry::Metric { .. } | Entry::Set { .. } => {}
                }
            }
            for (name, value) in dimensions {
                other.dimension(name, value);
            }
        }
    }
}

impl MetricsPort for SharedUnit {
    fn increment(&self, name: &str, dimensions: &[(&str, &str)]) -> bool {
        self.put(name, 1.0, Unit::Count, dimensions)
    }

    fn record_timing(&self, name: &str, elapsed: Duration, dimensions: &[(&str, &str)]) -> bool {
        self.put(name, milliseconds(elapsed), Unit::Milliseconds, dimensions)
    }

    fn put_metric(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        self.put(name, value, unit, dimensions)
    }

    fn set_property(&self, name: &str, value: Property<'_>) -> bool {
        self.with(|unit| {
            unit.property(name, value);
            unit.is_on
        })
    }
}
