//! One round of the worker, as a function of the time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nepho_model::{Timestamp, Unit};

use super::exit::Exit;
use super::schedule::Schedule;
use crate::account::{Accounting, Cause};
use crate::breaker::Circuit;
use crate::cells::Tally;
use crate::core::{Core, Gate};
use crate::render::{self, Frame, Gathered, Renderer};
use crate::series::{Kind, Named, Registry};
use crate::sink::{Documents, Form, Payload};
use crate::warnings::{self, Notice};

/// Documents leave when they have so many bytes, and at the end of a round.
const DOCUMENTS_BYTES: usize = 256 << 10;
/// With so many series collected, they leave before the interval is over: a long one must not gather without a bound.
const HELD_MAX: usize = 20_000;
/// So many pieces have room in a queue, however small it is.
const PIECES_MIN: usize = 4;
/// After so many intervals, names and series that nobody used are given up.
const SWEEP_INTERVALS: u32 = 10;
/// The namespace of the client's own metrics.
pub(crate) const OWN_NAMESPACE: &str = "Nephoscope/Client";

/// The worker's side of a client.
pub(crate) struct Pump {
    pub(super) core: Arc<Core>,
    pub(super) exits: Vec<Exit>,
    renderer: Renderer,
    log_names: [Option<String>; 2],
    schedule: Schedule,
    /// What is collected and leaves with the interval: the callers' series and the folded units.
    held: Held,
    intervals: u32,
    publishes_own: bool,
    refuses_while_open: bool,
    /// About the most bytes that are handed to an exit at once, so that its queue has room for several.
    piece_bytes: usize,
    published: Vec<Accounting>,
    scratch: Vec<u8>,
}

#[derive(Debug, Default)]
struct Held {
    series: Vec<Gathered>,
    folded: Vec<Gathered>,
}

/// How the pump is made.
#[derive(Debug)]
pub(crate) struct PumpParts {
    pub(crate) core: Arc<Core>,
    pub(crate) exits: Vec<Exit>,
    pub(crate) schedule: Schedule,
    pub(crate) log_names: [Option<String>; 2],
    pub(crate) publishes_own: bool,
    pub(crate) refuses_while_open: bool,
    pub(crate) queue_bytes_max: usize,
}

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Round {
    /// How long the next one can wait.
    pub(crate) next: Duration,
    /// Whether units of work came in.
    pub(crate) was_busy: bool,
    /// Whether all that was to be collected could be.
    pub(crate) is_all: bool,
    /// Whether nothing is left in the process.
    pub(crate) is_drained: bool,
}

impl Pump {
    pub(crate) fn new(parts: PumpParts) -> Self {
        let PumpParts { core, exits, schedule, log_names, publishes_own, refuses_while_open, queue_bytes_max } = parts;
        Pump {
            renderer: Renderer::new(log_names[0].as_deref(), log_names[1].as_deref()),
            published: vec![Accounting::default(); exits.len()],
            core,
            exits,
            log_names,
            schedule,
            held: Held::default(),
            intervals: 0,
            publishes_own,
            refuses_while_open,
            piece_bytes: queue_bytes_max / PIECES_MIN,
            scratch: Vec::new(),
        }
    }

    /// Does what is due. `hurry` sends everything, also what would leave later.
    pub(crate) fn round(&mut self, elapsed: &dyn Fn() -> Duration, hurry: bool) -> Round {
        let (now, clock) = (elapsed(), self.core.clock.now());
        let was_busy = self.units(elapsed);
        self.core.registries().for_each(Registry::bury);
        let due = self.schedule.due(now, clock, hurry || self.is_batch_full());
        if due.leave && !hurry {
            self.end_interval();
        }
        let mut is_all = true;
        if let Some(timestamp) = due.collect {
            let core = Arc::clone(&self.core);
            let _later = warnings::defer();
            let _passage = core.passage();
            if timestamp < clock {
                self.collect(timestamp, false);
            }
            if due.leave {
                is_all = self.collect(clock, true);
                self.leave();
            } else if self.held.series.len() + self.held.folded.len() >= HELD_MAX {
                self.leave();
            }
        }
        if hurry {
            self.exits.iter().for_each(Exit::hurry);
        }
        let next = self.exits.iter_mut().filter_map(|exit| exit.pump(elapsed)).min();
        self.refuse_while_open();
        let until_due = self.schedule.next(now, clock);
        Round {
            next: next.map_or(until_due, |at| at.saturating_sub(now).min(until_due)),
            was_busy,
            is_all,
            is_drained: self.exits.iter().all(Exit::is_drained),
        }
    }

    /// Brings units of work on their way; whether there were any.
    fn units(&mut self, elapsed: &dyn Fn() -> Duration) -> bool {
        let mut was_busy = false;
        {
            let _passage = self.core.passage();
            self.core.lanes.begin_round();
        }
        loop {
            let core = Arc::clone(&self.core);
            let _later = warnings::defer();
            let passage = core.passage();
            let mut documents = Documents::default();
            let mut at_once = Vec::new();
            let renderer = &mut self.renderer;
            let piece_bytes = DOCUMENTS_BYTES.min(self.piece_bytes);
            let wants_documents = self.exits.iter().any(|exit| exit.form() == Form::Documents);
            let is_more = core.lanes.drain(&mut self.scratch, |unit| {
                was_busy = true;
                if wants_documents {
                    renderer.unit(&unit, &core, &mut documents);
                }
                if let Some(folded) = &core.folded {
                    render::fold(&unit, &core, folded, &mut at_once);
                }
                documents.text().len() < piece_bytes
            });
            if !documents.is_empty() {
                self.offer(Form::Documents, Payload::Documents(documents));
            }
            for datums in render::datums(&at_once, &core, self.piece_bytes) {
                self.offer(Form::Datums, Payload::Datums(datums));
            }
            drop(passage);
            if !is_more {
                return was_busy;
            }
            for exit in &mut self.exits {
                exit.pump(elapsed);
            }
        }
    }

    fn collect(&mut self, timestamp: Timestamp, is_end: bool) -> bool {
        let mut is_all = collect(&self.core.directory.registry, timestamp, is_end, &mut self.held.series);
        if let Some(folded) = &self.core.folded {
            is_all &= collect(&folded.registry, timestamp, is_end, &mut self.held.folded);
        }
        let samples = |gathered: &[Gathered]| gathered.iter().map(Gathered::samples).sum();
        self.core.hold(samples(&self.held.series), samples(&self.held.folded));
        is_all
    }

    /// Hands what was collected to the exits.
    fn leave(&mut self) {
        let Held { series, folded } = std::mem::take(&mut self.held);
        self.core.hold(0, 0);
        if self.is_refusing() {
            let samples = |gathered: &[Gathered]| gathered.iter().map(Gathered::samples).sum();
            self.core.front.drop_at_once(Cause::BreakerOpen, samples(&series));
            if let Some(datums) = self.core.dropped_for(Form::Datums) {
                datums.drop_at_once(Cause::BreakerOpen, samples(&folded));
            }
            return;
        }
        if self.exits.iter().any(|exit| exit.form() == Form::Documents) && !series.is_empty() {
            let core = Arc::clone(&self.core);
            let piece_bytes = DOCUMENTS_BYTES.min(self.piece_bytes);
            let [log_group, log_stream] = self.log_names.clone();
            let frame = Frame {
                core: &core,
                properties: core.properties().list.clone(),
                log_group: log_group.as_deref(),
                log_stream: log_stream.as_deref(),
            };
            let offer = |documents| self.offer(Form::Documents, Payload::Documents(documents));
            render::documents(&series, &frame, piece_bytes, offer);
        }
        if self.core.folded.is_some() {
            let all: Vec<Gathered> = series.into_iter().chain(folded).collect();
            for datums in render::datums(&all, &self.core, self.piece_bytes) {
                self.offer(Form::Datums, Payload::Datums(datums));
            }
        }
    }

    fn offer(&mut self, form: Form, payload: Payload) {
        let mut exits = self.exits.iter_mut().filter(|exit| exit.form() == form).peekable();
        let mut payload = Some(payload);
        while let Some(exit) = exits.next() {
            let copy = if exits.peek().is_some() { payload.clone() } else { payload.take() };
            if let Some(copy) = copy.filter(|payload| !payload.is_empty()) {
                exit.offer(copy);
            }
        }
    }

    /// Whether more series have come up than one request takes.
    fn is_batch_full(&self) -> bool {
        self.core.registries().any(Registry::is_batch_full) && self.core.folded.is_some()
    }

    fn end_interval(&mut self) {
        self.intervals += 1;
        if self.publishes_own {
            self.publish();
        }
        if self.intervals.is_multiple_of(SWEEP_INTERVALS) {
            // It changes the order of series: an account that is being read would miss some.
            let core = Arc::clone(&self.core);
            let _passage = core.passage();
            core.registries().for_each(Registry::sweep);
        }
    }

    /// The account of the interval, as metrics.
    fn publish(&mut self) {
        let namespace = self.core.namespaces.number(OWN_NAMESPACE, &self.core.warnings);
        let core = Arc::clone(&self.core);
        let put = |name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]| {
            let named = Named { namespace, name, unit, kind: Kind::default(), dimensions };
            core.directory.with_own(&named, |series| series.record(value));
        };
        for (exit, published) in self.exits.iter().zip(&mut self.published) {
            let account = exit.account();
            let accounting = account.read(&core, 0);
            let sink = [("Sink", account.name())];
            let since = |read: fn(&Accounting) -> u64| read(&accounting).saturating_sub(read(published)) as f64;
            put("Accepted", since(|it| it.accepted), Unit::Count, &sink);
            put("Delivered", since(|it| it.delivered), Unit::Count, &sink);
            put("Dropped", since(Accounting::dropped_total), Unit::Count, &sink);
            put("Buffered", accounting.buffered as f64, Unit::Count, &sink);
            let is_open = !matches!(exit.circuit(), Circuit::Closed { .. });
            put("BreakerOpen", f64::from(u8::from(is_open)), Unit::Count, &sink);
            for (cause, dropped) in accounting.causes() {
                let new = dropped.saturating_sub(published.dropped(cause));
                if new > 0 {
                    put("Dropped", new as f64, Unit::Count, &[sink[0], ("Cause", cause.as_str())]);
                }
            }
            *published = accounting;
        }
    }

    fn refuse_while_open(&self) {
        if !self.refuses_while_open {
            return;
        }
        let is_open =
            !self.exits.is_empty() && self.exits.iter().all(|exit| matches!(exit.circuit(), Circuit::Open { .. }));
        if is_open {
            self.core.turn(Gate::Open, Gate::Refusing);
        } else {
            self.core.turn(Gate::Refusing, Gate::Open);
        }
    }

    fn is_refusing(&self) -> bool {
        self.core.is(Gate::Refusing)
    }

    /// Gives each sink a thread; one that gets none stays with the worker.
    pub(super) fn send_off(&mut self, start: Instant) {
        for exit in &mut self.exits {
            if let Err(error) = exit.send_off(move || start.elapsed()) {
                let detail = format_args!("a sink has no thread of its own, and may hold up others: {error}");
                self.core.warnings.notice(Notice::Setting, exit.name(), detail);
            }
        }
    }

    /// Sends what is left, until `until`.
    pub(super) fn close(&self, until: Duration) {
        self.exits.iter().for_each(|exit| exit.close(until));
    }

    /// Whether nothing more is sent.
    pub(super) fn is_finished(&self) -> bool {
        self.exits.iter().all(Exit::is_finished)
    }
}

/// Collects all series; whether nothing had to be left for the next time.
fn collect(registry: &Registry, timestamp: Timestamp, is_end: bool, into: &mut Vec<Gathered>) -> bool {
    registry.begin_batch();
    let mut is_all = true;
    registry.for_each(|series| {
        let mut tally = Tally::default();
        is_all &= series.collect(is_end, &mut tally);
        if tally.samples() > 0 {
            into.push(Gathered {
                namespace: series.namespace,
                metric: Arc::clone(&series.metric),
                unit: series.unit,
                resolution: series.resolution,
                timestamp,
                tally,
            });
        }
    });
    is_all
}

/// What units hold may be personal data, and is not shown.
impl std::fmt::Debug for Pump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pump").field("exits", &self.exits).finish_non_exhaustive()
    }
}
