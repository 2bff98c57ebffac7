//! Units of work: metrics, dimensions and properties of one request, message or job, in one document.

mod lane;
mod log;
mod shared;
mod track;

use std::sync::Arc;
use std::time::{Duration, Instant};

use nepho_model::{Resolution, Unit};

use crate::account::Cause;
use crate::clock;
use crate::core::{Core, Gate};
use crate::port::{Property, milliseconds};
use crate::warnings::Notice;

pub(crate) use lane::Lanes;
pub(crate) use lane::Unit as Finished;
pub(crate) use log::{Entries, Entry, Rewritten};
pub use shared::SharedUnit;
pub(crate) use track::{Track, Value, is_plain};

use lane::{Head, UNIT_BYTES_MAX};
use log::Log;

/// Collects what belongs to one piece of work, and emits it as one EMF document when it is dropped: at its end, on an
/// early return, on an error, in a panic.
///
/// Dimensions are one set, with the client's default dimensions, unless
/// [`dimension_set`](UnitOfWork::dimension_set) says which there are. A metric that is put several times has several
/// values. A unit without metrics emits nothing.
///
/// A sink that takes no documents (PutMetricData) gets the metrics added up with all others; properties have no place
/// there.
///
/// ```
/// use nepho::{Metrics, Unit, sink};
///
/// let capture = sink::Capture::documents();
/// let metrics = Metrics::builder("Shop").sink(capture.clone()).build();
/// {
///     let mut unit = metrics.unit_of_work();
///     unit.dimension("Method", "GET").property("request_id", "r-1");
///     unit.metric("Latency", 12.5, Unit::Milliseconds).increment("Requests");
/// }
/// metrics.flush_and_wait(std::time::Duration::from_secs(1));
/// assert!(capture.texts()[0].contains(r#""Latency":12.5"#));
/// ```
#[derive(Debug)]
pub struct UnitOfWork<'a> {
    core: Held<'a>,
    log: Log,
    namespace: u16,
    samples: u32,
    is_on: bool,
    is_immediate: bool,
    durations: Vec<(Box<str>, Instant)>,
}

#[derive(Debug)]
enum Held<'a> {
    Borrowed(&'a Arc<Core>),
    Owned(Arc<Core>),
}

impl Held<'_> {
    #[inline]
    fn core(&self) -> &Arc<Core> {
        match self {
            Held::Borrowed(core) => core,
            Held::Owned(core) => core,
        }
    }
}

impl<'a> UnitOfWork<'a> {
    #[inline]
    pub(crate) fn new(core: &'a Arc<Core>, namespace: u16) -> Self {
        let is_on = !core.is(Gate::Off);
        UnitOfWork {
            core: Held::Borrowed(core),
            log: Log::take(),
            namespace,
            samples: 0,
            is_on,
            is_immediate: false,
            durations: Vec::new(),
        }
    }

    pub(crate) fn owned(core: &Arc<Core>, namespace: u16) -> UnitOfWork<'static> {
        let is_on = !core.is(Gate::Off);
        let core = Held::Owned(Arc::clone(core));
        UnitOfWork { core, log: Log::take(), namespace, samples: 0, is_on, is_immediate: false, durations: Vec::new() }
    }

    /// Puts a value of a metric.
    #[inline]
    pub fn metric(&mut self, name: &str, value: f64, unit: Unit) -> &mut Self {
        self.put(name, value, unit, Resolution::Minute)
    }

    /// Puts a value of a metric that is kept by the second.
    #[inline]
    pub fn high_resolution_metric(&mut self, name: &str, value: f64, unit: Unit) -> &mut Self {
        self.put(name, value, unit, Resolution::Second)
    }

    /// Puts 1, in the unit Count.
    #[inline]
    pub fn increment(&mut self, name: &str) -> &mut Self {
        self.put(name, 1.0, Unit::Count, Resolution::Minute)
    }

    /// Puts how long something took, in milliseconds.
    #[inline]
    pub fn timing(&mut self, name: &str, elapsed: Duration) -> &mut Self {
        self.put(name, milliseconds(elapsed), Unit::Milliseconds, Resolution::Minute)
    }

    /// Puts, when the unit ends, the time from this call to the end, in milliseconds.
    pub fn duration(&mut self, name: &str) -> &mut Self {
        if self.is_on {
            self.durations.push((name.into(), clock::steady()));
        }
        self
    }

    /// Sets a dimension of all its metrics.
    #[inline]
    pub fn dimension(&mut self, name: &str, value: &str) -> &mut Self {
        if self.has_room(name.len() + value.len()) {
            self.log.dimension(name, value);
        } else {
            self.left_out(Notice::DimensionLeftOut, name);
        }
        self
    }

    /// Adds a set of dimensions: each metric is kept once for each set. Names are those of this unit's dimensions or of
    /// the client's default ones; none at all is the metric without dimensions.
    pub fn dimension_set(&mut self, names: &[&str]) -> &mut Self {
        if self.has_room(names.iter().map(|name| name.len() + 1).sum()) {
            self.log.set(names);
        } else {
            self.left_out(Notice::DimensionLeftOut, "a set of dimensions");
        }
        self
    }

    /// Sets a property: written beside the metrics, and no dimension of them.
    #[inline]
    pub fn property<'v>(&mut self, name: &str, value: impl Into<Property<'v>>) -> &mut Self {
        let value = value.into();
        let bytes = if let Property::Text(text) = value { text.len() } else { 8 };
        if self.has_room(name.len() + bytes) {
            self.log.property(name, value);
        } else {
            self.left_out(Notice::PropertyLeftOut, name);
        }
        self
    }

    /// Does not wait for an interval where metrics are added up, but leaves at once.
    pub fn immediate(&mut self) -> &mut Self {
        self.is_immediate = true;
        self
    }

    /// Emits it now; whether it was taken.
    pub fn finish(mut self) -> bool {
        self.emit()
    }

    /// Emits nothing: what was put is forgotten, and not counted.
    pub fn discard(mut self) {
        self.samples = 0;
        self.durations.clear();
    }

    #[inline]
    fn put(&mut self, name: &str, value: f64, unit: Unit, resolution: Resolution) -> &mut Self {
        if self.has_room(name.len()) {
            if let Some(value) = self.core.core().checked(value, name) {
                self.log.metric(name, value, unit, resolution);
                self.samples += 1;
            }
        } else if self.is_on {
            self.is_too_large();
        }
        self
    }

    /// Whether so much text can still be written. A unit that goes past any document's size takes no more.
    #[inline]
    fn has_room(&self, bytes: usize) -> bool {
        self.is_on && self.log.bytes().len() + bytes < UNIT_BYTES_MAX
    }

    #[cold]
    fn is_too_large(&self) {
        let core = self.core.core();
        core.front.drop_at_once(Cause::TooLarge, 1);
        let detail = format_args!("more than {UNIT_BYTES_MAX} bytes");
        core.warnings.dropped(Cause::TooLarge, "a unit of work", detail);
    }

    #[cold]
    fn left_out(&self, notice: Notice, name: &str) {
        if self.is_on {
            let detail =
                format_args!("it is left out: with it, its unit of work would have more than {UNIT_BYTES_MAX} bytes");
            self.core.core().warnings.notice(notice, name, detail);
        }
    }

    /// What is written down so far, for another unit.
    fn entries(&self) -> Entries<'_> {
        Entries::new(self.log.bytes())
    }
}

impl UnitOfWork<'_> {
    /// Hands over what is written down, once.
    fn emit(&mut self) -> bool {
        for (name, start) in std::mem::take(&mut self.durations) {
            self.timing(&name, start.elapsed());
        }
        let samples = std::mem::take(&mut self.samples);
        if samples == 0 {
            return false;
        }
        let core = self.core.core();
        if !core.is_open() {
            return core.turn_away(samples.into());
        }
        let (namespace, is_immediate) = (self.namespace, self.is_immediate);
        let head = Head { namespace, samples, timestamp: core.clock.now().millis(), is_immediate };
        let is_taken = core.lanes.push(self.log.bytes(), head);
        if is_taken {
            core.signal.something_came();
        } else {
            let detail = format_args!("the worker is behind, and {} bytes are the limit", core.lanes.bytes_max());
            core.warnings.dropped(Cause::UnitsFull, "a unit of work", detail);
        }
        is_taken
    }
}

impl Drop for UnitOfWork<'_> {
    fn drop(&mut self) {
        self.emit();
        std::mem::take(&mut self.log).keep();
    }
}
