//! A unit of work with five metrics and three dimensions that becomes an EMF document.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::allocations::Allocated;
use crate::contest::stay_on;
use crate::discard::Discard;
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
/// Units of a turn.
const UNITS: u64 = 20_000;

/// A part of the work.
struct Stage {
    name: &'static str,
    part: Part,
    bar: Option<f64>,
    burst: u64,
    work: Box<dyn FnMut(u64)>,
    /// Returns when all that was emitted is written; it is not in the time.
    settle: Box<dyn FnMut()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Caller,
    Formatting,
    Both,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut stages = stages();
    let mut took: Vec<(Runs, Allocated)> = stages.iter().map(|_| Default::default()).collect();
    stay_on(0);
    for _ in 0..setup.plan().turns {
        for (stage, (runs, allocated)) in stages.iter_mut().zip(&mut took) {
            let (nanos, its) = stage.turn();
            runs.add(nanos);
            *allocated = its;
        }
    }
    let ours = |part: Part| -> f64 {
        let its = |(stage, _): &(&Stage, &(Runs, Allocated))| {
            stage.bar.is_some() && (part == Part::Both || part == stage.part)
        };
        stages.iter().zip(&took).filter(its).map(|(_, (runs, _))| runs.median()).sum()
    };
    let mut report = Report::new("Unit of work: 5 metrics and 3 dimensions to an EMF document");
    report.table(&["what", "part", "ns", "allocations", "bytes", "bar", "to ours"]);
    for (stage, (runs, allocated)) in stages.iter().zip(&took) {
        let compared = stage.bar.is_none() && ours(stage.part) > 0.0;
        report.row([
            stage.name.to_owned(),
            stage.part.name().to_owned(),
            runs.show(one),
            two(allocated.times as f64 / UNITS as f64),
            one(allocated.bytes as f64 / UNITS as f64),
            stage.bar.map_or(Bar::None, Bar::AtMost).judge(runs.median(), one),
            if compared { times(runs.median() / ours(stage.part)) } else { String::new() },
        ]);
    }
    report.note(format!(
        "One thread. Units are emitted {BURST} at a time; between bursts, outside the time, all of them are written. The \
         dimensions' values are strings made at run time ({SERIES} series in turn)."
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

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Caller => "caller",
            Part::Formatting => "formatting",
            Part::Both => "both",
        }
    }
}

impl Stage {
    /// Nanoseconds for each unit, and what all of them allocated.
    fn turn(&mut self) -> (f64, Allocated) {
        (self.work)(self.burst);
        (self.settle)();
        let (mut elapsed, mut allocated) = (Duration::ZERO, Allocated::default());
        for _ in 0..UNITS / self.burst {
            let (before, started) = (Allocated::by_this_thread(), clock::instant());
            (self.work)(self.burst);
            elapsed += started.elapsed();
            allocated = allocated.and(Allocated::by_this_thread().since(before));
            (self.settle)();
        }
        (clock::nanos_each(elapsed, UNITS), allocated)
    }
}

fn stages() -> Vec<Stage> {
    vec![metrique_caller(), metrique_formatting(), embedded_caller(), embedded_both()]
}

fn metrique_caller() -> Stage {
    let discard = Discard::default();
    let mut running = metrique::Running::start(&discard, Duration::from_secs(1));
    let emitted = Rc::new(Cell::new(0));
    let to_write = emitted.clone();
    Stage {
        name: "metrique",
        part: Part::Caller,
        bar: None,
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
        part: Part::Formatting,
        bar: None,
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
        part: Part::Caller,
        bar: None,
        burst: EMBEDDED_BURST,
        work: Box::new(move |operations| (0..operations).for_each(|_| embedded::record(units.next()))),
        settle: Box::new(|| embedded::flush(&Discard::default())),
    }
}

fn embedded_both() -> Stage {
    let (mut units, discard) = (Units::new(1), Discard::default());
    Stage {
        name: "metrics_cloudwatch_embedded",
        part: Part::Both,
        bar: None,
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
