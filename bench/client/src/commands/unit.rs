//! A unit of work with five metrics and three dimensions that becomes an EMF document.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::allocations::Allocated;
use crate::contest::stay_on;
use crate::discard::Discard;
use crate::ours::{self, Into};
use crate::peers::{embedded, metrique};
use crate::report::{Bar, Report, Runs, one, times, two};
use crate::setup::Setup;
use crate::work::{SERIES, Units};
use crate::{Outcome, clock};

/// Nanoseconds that a unit may take where it is emitted.
const CALLER_BAR: f64 = 60.0;
/// Nanoseconds that it may take to write its document.
const FORMATTING_BAR: f64 = 200.0;
/// Units that are emitted at once, before whoever writes them is let catch up.
const BURST: u64 = 1000;
/// `metrics_cloudwatch_embedded` holds 100 values of a metric until they are written.
const EMBEDDED_BURST: u64 = 50;
/// How long a peer's stop may take, which is not measured here.
const STOP_WITHIN: Duration = Duration::from_secs(1);
/// Units of a turn.
const UNITS: u64 = 20_000;

/// One way to work on units.
struct Stage {
    name: &'static str,
    ours: bool,
    does: Does,
    burst: u64,
    work: Box<dyn FnMut(u64)>,
    /// Returns when all that was emitted is written; it is not in the time.
    settle: Box<dyn FnMut()>,
}

/// What a stage's calls do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// They hand units to a thread, which writes them.
    Emit,
    /// They write what was made beforehand.
    Format,
    /// They only record.
    Record,
    /// They record and write.
    All,
}

/// What the turns of a stage took, in nanoseconds for each unit.
#[derive(Debug, Default)]
struct Took {
    caller: Runs,
    /// Processor time of the thread that writes.
    thread: Runs,
    allocated: Allocated,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut stages = stages();
    let mut all: Vec<Took> = stages.iter().map(|_| Took::default()).collect();
    stay_on(0);
    for _ in 0..setup.plan().turns {
        stages.iter_mut().zip(&mut all).for_each(|(stage, took)| stage.turn(took));
    }
    let ours = |does: Does, of: fn(&Took) -> &Runs| {
        let found = stages.iter().zip(&all).find(|(stage, _)| stage.ours && stage.does == does);
        found.map_or(f64::NAN, |(_, took)| of(took).median())
    };
    let (our_caller, our_thread) = (ours(Does::Emit, Took::caller), ours(Does::Emit, Took::thread));
    let our_formatting = ours(Does::Format, Took::caller);
    let mut report = Report::new("Unit of work: 5 metrics and 3 dimensions to an EMF document");
    report.table(&["what", "part", "ns", "allocations", "bytes", "bar", "to ours"]);
    for (stage, took) in stages.iter().zip(&all) {
        let mut row = |part: &str, runs: &Runs, counted: bool, bar: f64, to: f64| {
            let each = |count: u64| if counted { count as f64 / UNITS as f64 } else { f64::NAN };
            report.row([
                stage.name.to_owned(),
                part.to_owned(),
                runs.show(one),
                unless_nan(each(took.allocated.times), two),
                unless_nan(each(took.allocated.bytes), one),
                if stage.ours && !bar.is_nan() { Bar::AtMost(bar).judge(runs.median(), one) } else { String::new() },
                if stage.ours { String::new() } else { unless_nan(runs.median() / to, times) },
            ]);
        };
        match stage.does {
            Does::Emit => {
                row("caller", &took.caller, true, CALLER_BAR, our_caller);
                row("all that its thread does", &took.thread, false, f64::NAN, our_thread);
            }
            Does::Format => row("formatting alone", &took.caller, true, FORMATTING_BAR, our_formatting),
            Does::Record => row("caller", &took.caller, true, CALLER_BAR, our_caller),
            Does::All => row("caller, formatting", &took.caller, true, f64::NAN, our_caller + our_thread),
        }
    }
    report.note(format!(
        "One thread. Units are emitted {BURST} at a time; between bursts, outside the time, all of them are written. The \
         dimensions' values are strings made at run time ({SERIES} series in turn). \"All that its thread does\" is the \
         processor time that the process used apart from the caller."
    ));
    report.note(
        "metrique: the struct owns its dimensions' values; the queue has its default capacity; formatting is its \
         formatter, into memory.",
    );
    report.note(
        "metrics_cloudwatch_embedded: five calls of the facade with three labels each, and a flush for each unit, on \
         the caller's thread; one series, which is its best case. It holds 100 values, so the caller alone is measured \
         50 units at a time.",
    );
    report.note("The other peers do not write EMF.");
    Ok(report)
}

fn unless_nan(number: f64, format: fn(f64) -> String) -> String {
    if number.is_nan() { String::new() } else { format(number) }
}

impl Took {
    fn caller(&self) -> &Runs {
        &self.caller
    }

    fn thread(&self) -> &Runs {
        &self.thread
    }
}

impl Stage {
    fn turn(&mut self, took: &mut Took) {
        (self.work)(self.burst);
        (self.settle)();
        let (mut elapsed, mut allocated) = (Duration::ZERO, Allocated::default());
        let others = clock::other_threads_time();
        for _ in 0..UNITS / self.burst {
            let (before, started) = (Allocated::by_this_thread(), clock::instant());
            (self.work)(self.burst);
            elapsed += started.elapsed();
            allocated = allocated.and(Allocated::by_this_thread().since(before));
            (self.settle)();
        }
        took.thread.add(clock::nanos_each(clock::other_threads_time().saturating_sub(others), UNITS));
        took.caller.add(clock::nanos_each(elapsed, UNITS));
        took.allocated = allocated;
    }
}

fn stages() -> Vec<Stage> {
    vec![ours(), metrique(), ours_formatting(), metrique_formatting(), embedded_caller(), embedded_both()]
}

fn ours() -> Stage {
    let into = Into::documents();
    let (metrics, mut units) = (into.client(), Units::new(SERIES));
    let emitted = Rc::new(Cell::new(0));
    let to_write = emitted.clone();
    Stage {
        name: "ours",
        ours: true,
        does: Does::Emit,
        burst: BURST,
        work: Box::new(move |operations| {
            (0..operations).for_each(|_| ours::emit(&metrics, units.next()));
            emitted.set(emitted.get() + operations);
        }),
        settle: Box::new(move || clock::wait_until(|| into.discard.documents() >= to_write.get())),
    }
}

fn ours_formatting() -> Stage {
    Stage {
        name: "ours",
        ours: true,
        does: Does::Format,
        burst: BURST,
        work: Box::new(ours::format()),
        settle: Box::new(|| ()),
    }
}

fn metrique() -> Stage {
    let discard = Discard::default();
    let mut running = metrique::Running::start(&discard, STOP_WITHIN);
    let emitted = Rc::new(Cell::new(0));
    let to_write = emitted.clone();
    Stage {
        name: "metrique",
        ours: false,
        does: Does::Emit,
        burst: BURST,
        work: Box::new(move |operations| {
            (0..operations).for_each(|_| running.emit());
            emitted.set(emitted.get() + operations);
        }),
        settle: Box::new(move || clock::wait_until(|| discard.documents() >= to_write.get())),
    }
}

fn metrique_formatting() -> Stage {
    Stage {
        name: "metrique",
        ours: false,
        does: Does::Format,
        burst: BURST,
        work: Box::new(metrique::format()),
        settle: Box::new(|| ()),
    }
}

fn embedded_caller() -> Stage {
    embedded::describe();
    let mut units = Units::new(1);
    Stage {
        name: "metrics_cloudwatch_embedded",
        ours: false,
        does: Does::Record,
        burst: EMBEDDED_BURST,
        work: Box::new(move |operations| (0..operations).for_each(|_| embedded::record(units.next()))),
        settle: Box::new(|| embedded::flush(&Discard::default())),
    }
}

fn embedded_both() -> Stage {
    let (mut units, discard) = (Units::new(1), Discard::default());
    Stage {
        name: "metrics_cloudwatch_embedded",
        ours: false,
        does: Does::All,
        burst: BURST,
        work: Box::new(move |operations| {
            for _ in 0..operations {
                embedded::record(units.next());
                embedded::flush(&discard);
            }
        }),
        settle: Box::new(|| ()),
    }
}
