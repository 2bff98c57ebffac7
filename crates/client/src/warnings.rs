//! Warnings, each once: a library that is in trouble must not flood its host's log.

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::account::Cause;

/// What is worth a warning although no sample is lost by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Notice {
    /// A sink failed; it is tried again.
    SinkFailed = 32,
    /// A sink panicked; it counts as a failure.
    SinkPanicked = 33,
    /// A sink answered what cannot be.
    SinkNonsense = 34,
    /// A sink failed so often that it is left alone for some time.
    BreakerOpened = 35,
    /// The spill file, or the sink that stands in, cannot be used.
    SpillFailed = 36,
    /// Lines of the spill file were skipped.
    SpillSkipped = 37,
    /// A name or a dimension's value was too long.
    NameCut = 39,
    /// A name or a dimension's value had a character that is not legal there.
    NameMended = 40,
    /// A dimension was blank.
    DimensionLeftOut = 41,
    /// A metric had more dimensions than CloudWatch takes.
    TooManyDimensions = 42,
    /// A metric, or all together, had more series than are allowed.
    SeriesOverflow = 43,
    /// A property was too large, not finite, or named like a metric.
    PropertyLeftOut = 44,
    /// A setting has no effect.
    Setting = 45,
}

impl Notice {
    /// Its name in the log.
    const fn as_str(self) -> &'static str {
        match self {
            Notice::SinkFailed => "sink_failed",
            Notice::SinkPanicked => "sink_panicked",
            Notice::SinkNonsense => "sink_nonsense",
            Notice::BreakerOpened => "breaker_opened",
            Notice::SpillFailed => "spill_failed",
            Notice::SpillSkipped => "spill_skipped",
            Notice::NameCut => "name_cut",
            Notice::NameMended => "name_mended",
            Notice::DimensionLeftOut => "dimension_left_out",
            Notice::TooManyDimensions => "too_many_dimensions",
            Notice::SeriesOverflow => "series_overflow",
            Notice::PropertyLeftOut => "property_left_out",
            Notice::Setting => "setting",
        }
    }
}

/// What has been said already. After the first time of a cause, saying it again costs one load.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    said: AtomicU64,
}

impl Warnings {
    /// Says that samples are dropped for `cause`: `subject` names the metric or the sink, `detail` the value and the
    /// limit.
    pub(crate) fn dropped(&self, cause: Cause, subject: &str, detail: fmt::Arguments<'_>) {
        if self.is_first(cause as u8) {
            let cause = cause.as_str();
            say(cause, format!("metrics of {subject} are dropped, and counted as {cause}: {detail}"));
        }
    }

    /// Says what is going on with `subject`.
    pub(crate) fn notice(&self, notice: Notice, subject: &str, detail: fmt::Arguments<'_>) {
        if self.is_first(notice as u8) {
            say(notice.as_str(), format!("{subject}: {detail}"));
        }
    }

    /// Lets this be said again: what it told of is over, and the next time is news.
    pub(crate) fn rearm(&self, notice: Notice) {
        self.said.fetch_and(!(1 << notice as u8), Ordering::Relaxed);
    }

    fn is_first(&self, bit: u8) -> bool {
        let bit = 1 << bit;
        // The load keeps the cache line shared between threads that all run into the same cause.
        self.said.load(Ordering::Relaxed) & bit == 0 && self.said.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }
}

thread_local! {
    /// How many [`Deferral`]s there are on this thread, and what they hold back.
    static DEFERRED: RefCell<(u32, Vec<(&'static str, String)>)> = const { RefCell::new((0, Vec::new())) };
}

/// Holds this thread's warnings back until it is dropped.
///
/// A warning runs the host's subscriber, which may well call the library again: it must not be said while a lock of ours is held.
/// To be made before the lock is taken.
#[must_use]
pub(crate) struct Deferral(());

/// Holds this thread's warnings back.
pub(crate) fn defer() -> Deferral {
    let _ = DEFERRED.try_with(|deferred| deferred.borrow_mut().0 += 1);
    Deferral(())
}

impl Drop for Deferral {
    fn drop(&mut self) {
        let held_back = DEFERRED.try_with(|deferred| {
            let mut deferred = deferred.borrow_mut();
            deferred.0 -= 1;
            if deferred.0 == 0 { std::mem::take(&mut deferred.1) } else { Vec::new() }
        });
        for (cause, text) in held_back.unwrap_or_default() {
            say(cause, text);
        }
    }
}

fn say(cause: &'static str, text: String) {
    let mut text = Some(text);
    let _ = DEFERRED.try_with(|deferred| {
        let mut deferred = deferred.borrow_mut();
        if deferred.0 > 0 {
            deferred.1.extend(text.take().map(|text| (cause, text)));
        }
    });
    if let Some(text) = text {
        tracing::warn!(target: "nepho", cause, "{text}");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    use super::*;
    use crate::account::CAUSES;

    /// What is said while it is the thread's subscriber.
    #[derive(Default, Clone)]
    pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

    impl Log {
        pub(crate) fn lines(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    impl Subscriber for Log {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            self.0.push_str(&format!(" {}={value:?}", field.name()));
        }
    }

    #[test]
    fn each_cause_is_said_once() {
        let log = Log::default();
        let warnings = Warnings::default();
        tracing::subscriber::with_default(log.clone(), || {
            for value in [7, 8] {
                warnings.dropped(Cause::TooLarge, "udp://a:1", format_args!("{value} exceeds the limit of 6"));
                warnings.notice(Notice::SinkFailed, "udp://a:1", format_args!("no route {value}"));
            }
        });
        let expected = [
            "WARN message=metrics of udp://a:1 are dropped, and counted as too_large: 7 exceeds the limit of 6 \
             cause=\"too_large\"",
            "WARN message=udp://a:1: no route 7 cause=\"sink_failed\"",
        ];
        assert_eq!(log.lines(), expected);
    }

    #[test]
    fn what_is_over_is_said_again() {
        let log = Log::default();
        let warnings = Warnings::default();
        tracing::subscriber::with_default(log.clone(), || {
            for outage in [1, 2] {
                warnings.notice(Notice::SinkFailed, "udp://a:1", format_args!("outage {outage}"));
                warnings.notice(Notice::SinkPanicked, "udp://a:1", format_args!("panic {outage}"));
                warnings.rearm(Notice::SinkFailed);
            }
        });
        let expected = [
            "WARN message=udp://a:1: outage 1 cause=\"sink_failed\"",
            "WARN message=udp://a:1: panic 1 cause=\"sink_panicked\"",
            "WARN message=udp://a:1: outage 2 cause=\"sink_failed\"",
        ];
        assert_eq!(log.lines(), expected);
    }

    #[test]
    fn causes_and_notices_have_bits_of_their_own() {
        assert!(CAUSES.len() <= Notice::SinkFailed as usize);
    }
}
