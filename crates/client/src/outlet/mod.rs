//! An outlet is a sink with what it takes to lose nothing silently when it fails: a bounded queue, a breaker, a back-off, a
//! place that takes what is too much, and the account of it all.
//!
//! It has two ends. The [`Inlet`] is the worker's: it puts payloads in and never waits. The [`Outlet`] is on a thread of its
//! own, as a sink may hang. Neither reads a clock.

mod attempt;
mod inlet;
mod pace;
mod queue;
mod run;
mod shared;
mod spiller;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::account::{Cause, Fate, Place};
use crate::backoff::{Backoff, Jitter};
use crate::breaker::{Breaker, Circuit};
use crate::outlet::attempt::{Attempt, Verdict, attempt};
use crate::outlet::pace::Pace;
use crate::outlet::queue::Waiting;
use crate::outlet::shared::{Orders, Shared};
use crate::outlet::spiller::Spiller;
use crate::sink::{Form, Sink};
use crate::spill::Spill;
use crate::warnings::Notice;

pub(crate) use inlet::Inlet;

/// How an outlet behaves.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The most bytes in the queue, by [`Payload::bytes`](crate::sink::Payload::bytes).
    pub(crate) queue_bytes_max: usize,
    /// The most payloads in the queue.
    pub(crate) queue_payloads_max: usize,
    pub(crate) breaker: Breaker,
    pub(crate) backoff: Backoff,
    pub(crate) spill: Option<Spill>,
    /// How often a sink of datums may be called in a minute.
    pub(crate) calls_per_minute_max: Option<u32>,
    /// What the jitter begins with.
    pub(crate) seed: u64,
}

/// The most bytes in an outlet's queue, unless told otherwise.
pub const QUEUE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most payloads in an outlet's queue, unless told otherwise.
pub(crate) const QUEUE_PAYLOADS_MAX: usize = 10_000;
/// How often a payload may fail while others of the same outlet are taken.
pub(crate) const PAYLOAD_FAILURES_MAX: u32 = 10;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            queue_bytes_max: QUEUE_BYTES_MAX,
            queue_payloads_max: QUEUE_PAYLOADS_MAX,
            breaker: Breaker::default(),
            backoff: Backoff::default(),
            spill: None,
            calls_per_minute_max: None,
            seed: 0,
        }
    }
}

/// When an outlet wants to be pumped again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// At once.
    Now,
    /// At this time, or when something comes.
    At(Duration),
    /// When something comes.
    Idle,
    /// Never: it is closed, and empty.
    Finished,
}

/// The end of an outlet that sends. It is pumped from one thread, and may hang there.
pub(crate) struct Outlet {
    sink: Box<dyn Sink>,
    shared: Arc<Shared>,
    breaker: Breaker,
    backoff: Backoff,
    jitter: Jitter,
    circuit: Circuit,
    /// Consecutive failures, for the back-off.
    failures: u32,
    retry_at: Duration,
    pace: Pace,
    /// Payloads that were taken.
    successes: u64,
    spiller: Spiller,
    /// Whether it is the turn of what was spilled.
    is_spills_turn: bool,
    /// Whether the sink was tried since the outlet was closed.
    is_last_call_over: bool,
}

/// Makes both ends of an outlet to `sink`.
pub(crate) fn outlet(sink: Box<dyn Sink>, settings: Settings) -> (Inlet, Outlet) {
    let told = catch_unwind(AssertUnwindSafe(|| (sink.name().to_owned(), sink.form())));
    let (name, form) = told.unwrap_or_else(|_| ("a sink that panics".to_owned(), Form::Documents));
    let shared = Arc::new(Shared::new(name, form, settings.queue_bytes_max, settings.queue_payloads_max));
    let outlet = Outlet {
        sink,
        spiller: Spiller::new(settings.spill, form, settings.backoff),
        shared: shared.clone(),
        breaker: settings.breaker,
        backoff: settings.backoff,
        jitter: Jitter(settings.seed),
        circuit: Circuit::CLOSED,
        failures: 0,
        retry_at: Duration::ZERO,
        pace: Pace::new(settings.calls_per_minute_max.filter(|_| form == Form::Datums)),
        successes: 0,
        is_spills_turn: false,
        is_last_call_over: false,
    };
    (Inlet::new(shared), outlet)
}

impl Outlet {
    /// Sends at most one payload, if one is due, and says when it wants to be called again. `clock` tells the time since
    /// whatever it likes; it is asked again after sending, which takes time.
    pub(crate) fn pump(&mut self, clock: &dyn Fn() -> Duration) -> Next {
        let now = clock();
        self.spiller.recover(&self.shared, now, &mut self.jitter);
        let orders = self.shared.take_orders();
        self.set_circuit(self.breaker.at(self.circuit, now));
        match orders {
            Orders::Abandoned => Next::Finished,
            Orders::Close { until } => self.pump_to_the_end(until, clock),
            Orders::Send { .. } if matches!(self.circuit, Circuit::Open { .. }) => self.divert(now),
            Orders::Send { is_hurried: false } if now < self.retry_at => Next::At(self.retry_at),
            Orders::Send { is_hurried } => self.send_in_pace(is_hurried, now, clock),
        }
    }

    /// Spills what waits, and says when that, or the sink, is to be tried again.
    fn divert(&mut self, now: Duration) -> Next {
        let spill_at = self.spiller.spill_all(&self.shared, now, &mut self.jitter);
        let Circuit::Open { until } = self.circuit else { return Next::Now };
        Next::At(spill_at.map_or(until, |at| at.min(until)))
    }

    /// Sends what waits, whatever the breaker says, until it is gone, the time is over, or the sink fails with its
    /// breaker open.
    fn pump_to_the_end(&mut self, until: Duration, clock: &dyn Fn() -> Duration) -> Next {
        let now = clock();
        if !self.shared.has_waiting() {
            return self.finish(now);
        }
        let is_last_call = !std::mem::replace(&mut self.is_last_call_over, true);
        match self.circuit {
            _ if now >= until => self.finish(now),
            Circuit::Open { .. } if !is_last_call => self.finish(now),
            Circuit::Open { .. } => {
                self.set_circuit(Circuit::HalfOpen);
                self.send_waiting(clock)
            }
            _ if !is_last_call && now < self.retry_at => Next::At(self.retry_at.min(until)),
            _ => self.send_waiting(clock),
        }
    }

    /// Spills what is left, or drops it.
    fn finish(&mut self, now: Duration) -> Next {
        self.spiller.hurry();
        self.spiller.spill_all(&self.shared, now, &mut self.jitter);
        self.shared.drop_waiting(Cause::Shutdown);
        Next::Finished
    }

    fn send_in_pace(&mut self, is_hurried: bool, now: Duration, clock: &dyn Fn() -> Duration) -> Next {
        if is_hurried {
            // What was spilled takes turns with what waits.
            let (_, waiting) = self.shared.load();
            self.pace.forgive(waiting * 2);
        }
        match self.pace.wait(now) {
            Some(at) if self.shared.has_waiting() || self.spiller.has_more() => Next::At(at),
            Some(_) | None => self.send_next(clock),
        }
    }

    /// What was spilled and what waits take turns: a long backlog must not hold up, or push out, what is new.
    fn send_next(&mut self, clock: &dyn Fn() -> Duration) -> Next {
        let is_spills_turn = std::mem::replace(&mut self.is_spills_turn, true);
        let has_waiting = self.shared.has_waiting();
        if (is_spills_turn || !has_waiting) && self.send_spilled(clock) {
            self.is_spills_turn = false;
            return Next::Now;
        }
        if has_waiting { self.send_waiting(clock) } else { self.spiller.retry_at().map_or(Next::Idle, Next::At) }
    }

    fn send_waiting(&mut self, clock: &dyn Fn() -> Duration) -> Next {
        let Some(mut waiting) = self.shared.take_first() else { return Next::Now };
        self.pace.called(clock());
        let tried = attempt(self.sink.as_mut(), &waiting.payload, &self.shared);
        let samples = tried.samples(&waiting.payload);
        self.shared.settle(Place::Memory, Fate::Dropped(Cause::Refused), samples.refused);
        self.shared.settle(Place::Memory, Fate::Delivered, samples.delivered);
        tried.remove_from(&mut waiting.payload);
        self.judge(&tried, clock());
        if tried.verdict == Verdict::Failed && waiting.trials.failed(&tried, self.successes) {
            self.give_up(Place::Memory, samples.rest, &tried);
            waiting.payload.remove_first(waiting.payload.len());
        }
        self.put_back(waiting);
        Next::Now
    }

    /// If the sink stumbles over this one payload, the next probe is to be another.
    fn put_back(&mut self, waiting: Waiting) {
        let is_first = !matches!(self.circuit, Circuit::Open { .. });
        self.shared.put_back(waiting, is_first);
    }

    /// Sends the oldest of what was spilled. Answers whether there was something.
    fn send_spilled(&mut self, clock: &dyn Fn() -> Duration) -> bool {
        let Some((payload, trials)) = self.spiller.first(&self.shared, clock(), &mut self.jitter) else { return false };
        self.pace.called(clock());
        let (tried, count) = (attempt(self.sink.as_mut(), payload, &self.shared), payload.len());
        let samples = tried.samples(payload);
        let is_hopeless = tried.verdict == Verdict::Failed && trials.failed(&tried, self.successes);
        self.shared.settle(Place::Spill, Fate::Dropped(Cause::Refused), samples.refused);
        self.shared.settle(Place::Spill, Fate::Delivered, samples.delivered);
        self.judge(&tried, clock());
        if is_hopeless {
            self.give_up(Place::Spill, samples.rest, &tried);
            self.spiller.remove(
                &Attempt::done(count),
                samples.refused + samples.delivered + samples.rest,
                &self.shared,
            );
        } else {
            self.spiller.remove(&tried, samples.refused + samples.delivered, &self.shared);
        }
        true
    }

    fn give_up(&self, place: Place, samples: u64, tried: &Attempt) {
        let message = &tried.message;
        self.shared.settle(place, Fate::Dropped(Cause::GivenUp), samples);
        let detail = format_args!("failed {PAYLOAD_FAILURES_MAX} times while others were taken: {message}");
        self.shared.warnings.dropped(Cause::GivenUp, &self.shared.name, detail);
    }

    /// Draws the conclusions from an attempt that ended at `now`.
    fn judge(&mut self, tried: &Attempt, now: Duration) {
        if tried.verdict != Verdict::Failed || tried.has_progress() {
            // It is there, and takes something.
            (self.failures, self.successes) = (0, self.successes + 1);
            if !matches!(self.circuit, Circuit::Closed { .. }) {
                // The outage is over; another one is news.
                self.shared.warnings.rearm(Notice::SinkFailed);
                self.shared.warnings.rearm(Notice::BreakerOpened);
            }
            self.set_circuit(Circuit::CLOSED);
        }
        if tried.verdict != Verdict::Failed {
            return self.retry_at = now;
        }
        self.failures = self.failures.saturating_add(1);
        self.retry_at = now.saturating_add(self.backoff.delay(self.failures, self.jitter.draw()));
        self.set_circuit(self.breaker.failed(self.circuit, now));
        if let Circuit::Open { .. } = self.circuit {
            // The probe comes when the breaker says so, not later.
            self.retry_at = now;
            let (times, open_for, message) = (self.failures, self.breaker.open_for, &tried.message);
            let detail = format_args!("failed {times} times in a row, and is left alone for {open_for:?}: {message}");
            self.shared.warnings.notice(Notice::BreakerOpened, &self.shared.name, detail);
        }
    }

    fn set_circuit(&mut self, circuit: Circuit) {
        if self.circuit != circuit {
            self.circuit = circuit;
            self.shared.show_circuit(circuit);
        }
    }
}
