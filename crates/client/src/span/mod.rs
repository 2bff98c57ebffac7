//! A layer for [`tracing_subscriber`] that times spans.
//!
//! ```
//! use nepho::{Metrics, sink::Capture, span};
//! use tracing_subscriber::prelude::*;
//!
//! let capture = Capture::datums();
//! let metrics = Metrics::builder("Shop").sink(capture.clone()).build();
//! let layer = span::Layer::new(&metrics).field("method");
//! let subscriber = tracing_subscriber::registry().with(layer);
//!
//! tracing::subscriber::with_default(subscriber, || {
//!     let _span = tracing::info_span!("checkout", method = "POST", user = 4711).entered();
//!     // what takes its time
//! });
//!
//! drop(metrics); // sends what is left
//! let (_, datum) = &capture.data()[0];
//! assert_eq!((&*datum.metric.name, datum.samples), (span::METRIC, 1));
//! assert!(datum.metric.dimensions.contains(&("span".into(), "checkout".into())));
//! assert!(datum.metric.dimensions.contains(&("method".into(), "POST".into())));
//! ```

mod timing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nepho_model::{MAX_DIMENSIONS, Unit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::clock::{self, Clock};
use crate::core::{Core, Gate};
use crate::metrics::Metrics;
use crate::port::milliseconds;
use crate::series::{Kind, Named};
use crate::warnings::Notice;
use crate::worker;
use timing::{Timing, Timings};

/// The metric that spans are recorded in, unless told otherwise.
pub const METRIC: &str = "span.duration";
/// The field by which a span names its metric itself.
pub const METRIC_FIELD: &str = "metric";
/// The most fields that become dimensions: `span` and `target` are two more.
pub const FIELDS_MAX: usize = MAX_DIMENSIONS - 2;

/// Records how long spans take, in milliseconds: one sample for each span that closes.
///
/// - The metric is [`METRIC`], or what the span says in its field `metric`: `info_span!("checkout", metric =
///   "checkout.duration")`.
/// - The dimensions are `span`, its name, and `target`, both fixed in the source, and those of its fields that
///   [`field`](Layer::field) has named. No other field becomes one, so the number of series stays in hand.
/// - The time is all of it, from when the span is made to when it closes, or with [`busy`](Layer::busy) that inside.
/// - Spans of level INFO and above are timed; [`level`](Layer::level), [`target`](Layer::target) and
///   [`only_named`](Layer::only_named) change that. A span that is not wanted costs a comparison or two. With a filter
///   of its own (`layer.with_filter(..)`), one that nobody else wants is not even made.
/// - Spans that a client's own threads make, such as those of the AWS SDK, are never timed: to report them would make
///   more of them. What the client warns of while it records is an event, and no span.
///
/// It does not keep the client: when the last [`Metrics`] is dropped, what is left is sent, and spans that close later
/// are counted as dropped. A client on a [`ManualClock`](crate::ManualClock) times spans by that.
#[derive(Debug)]
pub struct Layer {
    core: Arc<Core>,
    namespace: u16,
    /// Tells its timings from other layers' in the same span.
    id: u64,
    metric: Box<str>,
    level: Level,
    targets: Vec<Box<str>>,
    fields: Vec<Box<str>>,
    only_named: bool,
    has_target: bool,
    is_busy: bool,
    origin: Instant,
}

impl Layer {
    /// A layer that records with this client, in its namespace.
    pub fn new(metrics: &Metrics) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (core, namespace) = metrics.unowned();
        Layer {
            core,
            namespace,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            metric: METRIC.into(),
            level: Level::INFO,
            targets: Vec::new(),
            fields: Vec::new(),
            only_named: false,
            has_target: true,
            is_busy: false,
            origin: clock::steady(),
        }
    }

    /// Records in this metric instead of [`METRIC`].
    #[must_use]
    pub fn metric(self, name: &str) -> Self {
        Layer { metric: name.into(), ..self }
    }

    /// Times spans of this level and above instead of INFO.
    #[must_use]
    pub fn level(self, level: Level) -> Self {
        Layer { level, ..self }
    }

    /// Times only spans of this target or below it: `shop` is `shop` and `shop::orders`, not `shopping`. Called several
    /// times, spans of any of them.
    #[must_use]
    pub fn target(mut self, target: &str) -> Self {
        self.targets.push(target.into());
        self
    }

    /// Times only spans that have the field `metric`.
    #[must_use]
    pub fn only_named(self) -> Self {
        Layer { only_named: true, ..self }
    }

    /// Makes a field of spans a dimension; a span without it has one dimension less. At most [`FIELDS_MAX`], further
    /// ones are left out.
    #[must_use]
    pub fn field(mut self, name: &str) -> Self {
        if self.fields.len() < FIELDS_MAX {
            self.fields.push(name.into());
        } else {
            let detail = format_args!("field {name:?} is left out: {FIELDS_MAX} is the limit");
            self.core.warnings.notice(Notice::TooManyDimensions, &self.metric, detail);
        }
        self
    }

    /// Leaves the dimension `target` out.
    #[must_use]
    pub fn without_target(self) -> Self {
        Layer { has_target: false, ..self }
    }

    /// Records the time in which a span was entered (by any thread, or in any poll of its task) instead of all the time
    /// it was there.
    #[must_use]
    pub fn busy(self) -> Self {
        Layer { is_busy: true, ..self }
    }

    #[inline]
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
            && (self.targets.is_empty() || self.targets.iter().any(|target| is_below(metadata.target(), target)))
            && (!self.only_named || metadata.fields().field(METRIC_FIELD).is_some())
    }

    /// Calls `with` for the timing of a span, if it is timed.
    fn change<S>(&self, id: &Id, context: &Context<'_, S>, with: impl FnOnce(&mut Timing))
    where
        S: Subscriber + for<'l> LookupSpan<'l>,
    {
        let span = context.span(id).filter(|span| self.wants(span.metadata()));
        if let Some(span) = span
            && let Some(timings) = span.extensions_mut().get_mut::<Timings>()
            && let Some(timing) = timings.of(self.id)
        {
            with(timing);
        }
    }

    /// Steady, from any beginning.
    fn now(&self) -> Duration {
        match &self.core.clock {
            Clock::System => self.origin.elapsed(),
            Clock::Manual(clock) => Duration::from_millis(u64::try_from(clock.now().millis()).unwrap_or_default()),
        }
    }

    /// Takes the timing of a span that closes. Its extensions are not locked any more afterwards: a warning that comes
    /// of the recording goes through the same subscriber.
    fn taken<'l, S: LookupSpan<'l>>(&self, span: &SpanRef<'l, S>) -> Option<Timing> {
        span.extensions_mut().get_mut::<Timings>()?.take(self.id)
    }

    fn record(&self, metadata: &Metadata<'_>, timing: &Timing, elapsed: Duration) {
        if !self.core.is_open() {
            self.core.turn_away(1);
            return;
        }
        let mut dimensions = [("", ""); MAX_DIMENSIONS];
        let target = self.has_target.then(|| ("target", metadata.target()));
        let fields = timing.fields().map(|(at, value)| (&*self.fields[at], value));
        let all = std::iter::once(("span", metadata.name())).chain(target).chain(fields);
        let count = dimensions.iter_mut().zip(all).map(|(place, dimension)| *place = dimension).count();
        let named = Named {
            namespace: self.namespace,
            name: timing.metric().unwrap_or(&self.metric),
            unit: Unit::Milliseconds,
            kind: Kind::default(),
            dimensions: &dimensions[..count],
        };
        self.core.put(&named, milliseconds(elapsed));
    }
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if !self.wants(attributes.metadata()) || self.core.is(Gate::Off) || worker::is_own_thread() {
            return;
        }
        let Some(span) = context.span(id) else { return };
        let mut timing = Timing::new(self.id, self.now());
        timing.read(&self.fields, |visitor| attributes.record(visitor));
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<Timings>() {
            Some(timings) => timings.push(timing),
            None => extensions.insert(Timings::of_one(timing)),
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        self.change(id, &context, |timing| timing.read(&self.fields, |visitor| values.record(visitor)));
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if self.is_busy {
            self.change(id, &context, |timing| timing.enter(self.now()));
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        if self.is_busy {
            self.change(id, &context, |timing| timing.exit(self.now()));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id).filter(|span| self.wants(span.metadata())) else { return };
        let Some(timing) = self.taken(&span) else { return };
        let elapsed = if self.is_busy { timing.busy() } else { timing.total(self.now()) };
        self.record(span.metadata(), &timing, elapsed);
    }
}

/// Whether `target` is `prefix` or a module in it.
fn is_below(target: &str, prefix: &str) -> bool {
    target.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_module_and_what_is_in_it() {
        let cases = [
            ("shop", "shop", true),
            ("shop::orders", "shop", true),
            ("shop::orders", "shop::orders", true),
            ("shopping", "shop", false),
            ("shop", "shop::orders", false),
            ("workshop", "shop", false),
            ("", "shop", false),
        ];
        for (target, prefix, expected) in cases {
            assert_eq!(is_below(target, prefix), expected, "{target} below {prefix}");
        }
    }
}
