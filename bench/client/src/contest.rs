//! Lets contestants take turns at one thing, on one thread and on two, and keeps what each turn took.

use std::sync::atomic::{AtomicUsize, Ordering};

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

use crate::allocations::Allocated;
use crate::clock;
use crate::report::{Bar, Report, Runs, one, progress, times, two};

/// Does so many operations of one contestant, on the thread that made it.
pub(crate) type Loop = Box<dyn FnMut(u64)>;

/// One who does the thing.
pub(crate) struct Contestant {
    name: &'static str,
    ours: bool,
    begin: Box<dyn Fn() -> Loop + Sync>,
    after: Box<dyn Fn()>,
}

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Turns of each contestant.
    pub(crate) turns: usize,
    /// Seconds that a turn should take.
    pub(crate) seconds: f64,
}

/// What the turns of one contestant took: nanoseconds for each operation and thread.
#[derive(Debug, Default)]
pub(crate) struct Times {
    pub(crate) one_thread: Runs,
    pub(crate) two_threads: Runs,
    /// The most that an operation allocated on its own thread, over a turn.
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
}

/// The most that an operation may take on one thread and on two, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bars(pub(crate) f64, pub(crate) f64);

/// Before it is measured, a thread does this part of its operations.
const WARM_UP: u64 = 10;

impl Contestant {
    /// One whose threads each begin with `begin`.
    pub(crate) fn new(name: &'static str, begin: impl Fn() -> Loop + Sync + 'static) -> Self {
        Contestant { name, ours: false, begin: Box::new(begin), after: Box::new(|| ()) }
    }

    /// One that the others are compared to.
    pub(crate) fn ours(name: &'static str, begin: impl Fn() -> Loop + Sync + 'static) -> Self {
        Contestant { ours: true, ..Contestant::new(name, begin) }
    }

    /// Calls `after` between turns, outside the time that is measured.
    pub(crate) fn after(self, after: impl Fn() + 'static) -> Self {
        Contestant { after: Box::new(after), ..self }
    }

    /// One turn: the time of the slowest thread for each operation, and what the operations allocated.
    fn turn(&self, threads: usize, operations: u64) -> (f64, Allocated) {
        let (waiting, begin) = (AtomicUsize::new(threads), &self.begin);
        let turn = &|core| {
            stay_on(core);
            let mut work = begin();
            work(operations / WARM_UP);
            // Spinning: a thread that had to be woken would begin when the other is half through.
            waiting.fetch_sub(1, Ordering::AcqRel);
            while waiting.load(Ordering::Acquire) > 0 {
                std::hint::spin_loop();
            }
            let (before, started) = (Allocated::by_this_thread(), clock::instant());
            work(operations);
            (clock::nanos_each(started.elapsed(), operations), Allocated::by_this_thread().since(before))
        };
        let turns: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|core| scope.spawn(move || turn(core))).collect();
            threads.into_iter().map(|thread| thread.join().expect("a contestant does not panic")).collect()
        });
        (self.after)();
        let slowest = turns.iter().map(|turn| turn.0).fold(0.0, f64::max);
        (slowest, turns.iter().map(|turn| turn.1).max_by_key(|allocated| allocated.times).unwrap_or_default())
    }

    /// How many operations take a turn's time.
    fn operations(&self, threads: usize, plan: Plan) -> u64 {
        const FIRST: u64 = 1000;
        const ENOUGH_SECONDS: f64 = 0.002;
        let mut operations = FIRST;
        loop {
            let (nanos, _) = self.turn(threads, operations);
            if nanos * operations as f64 > ENOUGH_SECONDS * 1e9 {
                return ((plan.seconds * 1e9 / nanos) as u64).max(FIRST);
            }
            operations *= 4;
        }
    }
}

/// Keeps this thread on one core, where that is allowed: two threads on one core would not be in each other's way.
pub(crate) fn stay_on(core: usize) {
    let mut cores = CpuSet::new();
    if cores.set(core).is_ok() {
        let _ = sched_setaffinity(Pid::from_raw(0), &cores);
    }
}

/// Lets all of them take turns.
pub(crate) fn compete(plan: Plan, contestants: &[Contestant]) -> Vec<Times> {
    let operations: Vec<[u64; 2]> =
        contestants.iter().map(|contestant| [1, 2].map(|threads| contestant.operations(threads, plan))).collect();
    let mut all: Vec<Times> = contestants.iter().map(|_| Times::default()).collect();
    for _ in 0..plan.turns {
        for ((contestant, operations), times) in contestants.iter().zip(&operations).zip(&mut all) {
            for (threads, runs) in [(1, &mut times.one_thread), (2, &mut times.two_threads)] {
                let operations = operations[threads - 1];
                let (nanos, allocated) = contestant.turn(threads, operations);
                runs.add(nanos);
                times.allocations = times.allocations.max(allocated.times as f64 / operations as f64);
                times.bytes = times.bytes.max(allocated.bytes as f64 / operations as f64);
            }
        }
    }
    all
}

/// Lets all of them take turns, and writes a table of it. Ours are held against `bars`, the others against the first
/// of ours.
pub(crate) fn table(report: &mut Report, plan: Plan, contestants: &[Contestant], bars: Option<Bars>) {
    let all = compete(plan, contestants);
    let ours = contestants.iter().position(|contestant| contestant.ours);
    report.table(&[
        "what",
        "1 thread ns",
        "2 threads ns",
        "allocations",
        "bytes",
        "bar, 1 thread",
        "bar, 2 threads",
        "to ours, 1 and 2 threads",
    ]);
    for (contestant, its) in contestants.iter().zip(&all) {
        let judge = |runs: &Runs, bar: fn(Bars) -> f64| match bars {
            Some(bars) if contestant.ours => Bar::AtMost(bar(bars)).judge(runs.median(), one),
            _ => String::new(),
        };
        let compared = match ours {
            Some(ours) if !contestant.ours => {
                let ratio = |of: fn(&Times) -> &Runs| times(of(its).median() / of(&all[ours]).median());
                format!("{} / {}", ratio(|times| &times.one_thread), ratio(|times| &times.two_threads))
            }
            _ => String::new(),
        };
        report.row([
            contestant.name.to_owned(),
            its.one_thread.show(two),
            its.two_threads.show(two),
            two(its.allocations),
            one(its.bytes),
            judge(&its.one_thread, |bars| bars.0),
            judge(&its.two_threads, |bars| bars.1),
            compared,
        ]);
    }
    progress("");
}
