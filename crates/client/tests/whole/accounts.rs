//! Accounts: whatever callers, sinks and time do, every sample is delivered once, dropped for a named cause, or still
//! here.

use std::time::Duration;

use nepho::sink::{Act, Capture};
use nepho::{Backoff, Breaker, Clock, Counter, Histogram, ManualClock, Metrics, Spill, Steps, Unit};
use proptest::prelude::*;

use crate::watched::Watched;
use crate::{START, balanced};

#[derive(Debug, Clone)]
enum Op {
    Increment(usize),
    IncrementBy(usize, u64),
    Record(usize, f64),
    RecordMany(usize, u64),
    /// A metric and a value of its dimension.
    Dynamic(usize, usize),
    /// So many metrics in a unit of work.
    Work(usize),
    /// One with a name that is not, and one whose metric is called like its dimension.
    Nameless,
    Now(usize),
    Flush,
    Run(u64),
    First(Act),
    Second(Act),
}

const NAMES: [&str; 5] = ["Orders", "Latency", "Size", "", "Method"];

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Take),
        4 => Just(Act::Fail),
        1 => Just(Act::Refuse),
        1 => Just(Act::RefuseEach(vec![0])),
        2 => (0..4_usize).prop_map(Act::Part),
        1 => Just(Act::TakeAndFail),
        1 => Just(Act::Panic),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let name = || 0..NAMES.len();
    let numbers = prop_oneof![5 => (-3..200).prop_map(f64::from), 1 => Just(f64::NAN), 1 => Just(f64::MAX)];
    let op = prop_oneof![
        6 => name().prop_map(Op::Increment),
        2 => (name(), 0..5_u64).prop_map(|(name, by)| Op::IncrementBy(name, by)),
        4 => (name(), numbers).prop_map(|(name, value)| Op::Record(name, value)),
        1 => (name(), 0..9_u64).prop_map(|(name, count)| Op::RecordMany(name, count)),
        6 => (name(), 0..5_usize).prop_map(|(name, value)| Op::Dynamic(name, value)),
        5 => (0..250_usize).prop_map(Op::Work),
        1 => Just(Op::Nameless),
        3 => name().prop_map(Op::Now),
        3 => Just(Op::Flush),
        6 => (0..90_u64).prop_map(Op::Run),
        6 => acts().prop_map(Op::First),
        6 => acts().prop_map(Op::Second),
    ];
    prop::collection::vec(op, 1..80)
}

/// Which sinks there are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sinks {
    Documents,
    Datums,
    Both,
    DocumentsTwice,
    DatumsWithStandIn,
}

fn sinks() -> impl Strategy<Value = Sinks> {
    use Sinks::{Both, Datums, DatumsWithStandIn, Documents, DocumentsTwice};
    prop_oneof![Just(Documents), Just(Datums), Just(Both), Just(DocumentsTwice), Just(DatumsWithStandIn)]
}

struct Scene {
    metrics: Metrics,
    steps: Steps,
    clock: ManualClock,
    first: Watched,
    second: Watched,
    counters: Vec<Counter>,
    histograms: Vec<Histogram>,
    /// Samples that were put.
    put: u64,
}

impl Scene {
    fn new(sinks: Sinks) -> Self {
        let clock = ManualClock::at(START);
        let captures = match sinks {
            Sinks::Documents | Sinks::DocumentsTwice => (Capture::documents(), Capture::documents()),
            Sinks::Datums | Sinks::DatumsWithStandIn => (Capture::datums(), Capture::datums()),
            Sinks::Both => (Capture::documents(), Capture::datums()),
        };
        let (first, second) = (Watched::new(captures.0), Watched::new(captures.1));
        let mut builder = Metrics::builder("Shop").sink(first.clone());
        match sinks {
            Sinks::Both | Sinks::DocumentsTwice => builder = builder.sink(second.clone()),
            Sinks::DatumsWithStandIn => builder = builder.spill(Spill::sink(second.clone())),
            Sinks::Documents | Sinks::Datums => {}
        }
        let (metrics, steps) = builder
            .clock(Clock::Manual(clock.clone()))
            .without_own_metrics()
            .series_per_metric_max(3)
            .series_max(7)
            .unit_bytes_max(3 * 16 * 1024)
            .queue_bytes_max(20_000)
            .breaker(Breaker { failures: 2, open_for: Duration::from_secs(40) })
            .backoff(Backoff { first: Duration::from_secs(1), most: Duration::from_secs(10) })
            .build_stepped();
        let counters = NAMES.map(|name| metrics.counter(name, &[])).into();
        let histograms = NAMES.map(|name| metrics.histogram(name, Unit::Bytes, &[])).into();
        Scene { metrics, steps, clock, first, second, counters, histograms, put: 0 }
    }

    fn apply(&mut self, op: Op) {
        const VALUES: [&str; 5] = ["a", "b", "c", "d", "e"];
        match op {
            Op::Increment(name) => {
                self.counters[name].increment();
                self.put += 1;
            }
            Op::IncrementBy(name, by) => {
                self.counters[name].increment_by(by);
                self.put += 1;
            }
            Op::Record(name, value) => {
                self.histograms[name].record(value);
                self.put += 1;
            }
            Op::RecordMany(name, count) => {
                self.histograms[name].record_many(2.5, count);
                self.put += count;
            }
            Op::Dynamic(name, value) => {
                self.metrics.increment(NAMES[name], &[("Method", VALUES[value])]);
                self.put += 1;
            }
            Op::Work(count) => {
                let mut work = self.metrics.unit_of_work();
                work.dimension("Zone", "a").property("request", "r");
                for n in 0..count {
                    work.metric(NAMES[n % 3], n as f64, Unit::Count);
                }
                self.put += count as u64;
            }
            Op::Nameless => {
                let mut work = self.metrics.unit_of_work();
                work.dimension("Method", "GET").increment("").increment("Method").increment("Orders");
                self.put += 3;
            }
            Op::Now(name) => {
                self.metrics.put_now(NAMES[name], 1.0, Unit::Count, &[("Method", "now")]);
                self.put += 1;
            }
            Op::Flush => drop(self.steps.flush()),
            Op::Run(seconds) => {
                let by = Duration::from_secs(seconds);
                self.clock.advance(by);
                self.steps.run(by);
            }
            Op::First(act) => {
                self.first.capture.then(act);
            }
            Op::Second(act) => {
                self.second.capture.then(act);
            }
        }
    }

    fn check(&self, sinks: Sinks) {
        balanced(&self.metrics);
        let accounts = self.metrics.accounts();
        for (_, accounting) in &accounts {
            assert_eq!(accounting.accepted, self.put, "{accounting:?}");
        }
        match sinks {
            Sinks::DatumsWithStandIn => {
                let accounting = &accounts[0].1;
                assert_eq!(accounting.delivered, self.first.told() + self.second.told());
                assert_eq!(accounting.diverted, self.second.told());
            }
            _ => {
                for ((_, accounting), watched) in accounts.iter().zip([&self.first, &self.second]) {
                    assert_eq!(accounting.delivered, watched.told(), "{accounting:?}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn the_account_is_right_at_each_step_and_everything_leaves_in_the_end(ops in ops(), sinks in sinks()) {
        let mut scene = Scene::new(sinks);
        for op in ops {
            scene.apply(op);
            scene.check(sinks);
        }
        // All is well again: what was said about the sinks is used up, and breakers close.
        for _ in 0..200 {
            scene.apply(Op::Run(30));
        }
        prop_assert!(scene.steps.flush());
        scene.check(sinks);
        prop_assert_eq!(scene.metrics.accounting().buffered, 0);
    }
}
