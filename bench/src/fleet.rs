//! Metrics as a fleet of services sends them, minute by minute: what disk and memory are measured with.
//!
//! Of 20 metrics, 4 never change (an error count of 0, a limit), 5 are whole numbers that one datum a minute brings (a
//! request count), 5 are gauges with one or two decimals that move a little (processor, memory in percent), 1 is a
//! size in whole pages, and 5 are statistic sets of a latency: 20 to 570 samples with three decimals.

use nepho_model::{Batch, Cell, Metric, Resolution, Scope, Timestamp, Unit};
use nepho_store::{Samples, StoreError};

use crate::random::Random;
use crate::template::{NAMESPACE, identity};

/// The most samples of a batch, as in a PutMetricData request.
const BATCH: usize = 1000;

/// What a metric measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Constant,
    Counter,
    Gauge,
    Size,
    Latency,
    /// Not part of the mix.
    UnroundedLatency,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] =
        [Kind::Constant, Kind::Counter, Kind::Gauge, Kind::Size, Kind::Latency, Kind::UnroundedLatency];

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Kind::Constant => "constant",
            Kind::Counter => "whole number, one datum a minute",
            Kind::Gauge => "gauge with one or two decimals",
            Kind::Size => "size in pages of 4096",
            Kind::Latency => "statistic set of a latency, three decimals",
            Kind::UnroundedLatency => "the same latency with all the digits of floating point (not in the mix)",
        }
    }

    const fn of(metric: usize) -> Kind {
        match metric % 20 {
            0..4 => Kind::Constant,
            4..9 => Kind::Counter,
            9..14 => Kind::Gauge,
            14 => Kind::Size,
            _ => Kind::Latency,
        }
    }

    const fn unit(self) -> Unit {
        match self {
            Kind::Constant | Kind::Counter => Unit::Count,
            Kind::Gauge => Unit::Percent,
            Kind::Size => Unit::Bytes,
            Kind::Latency | Kind::UnroundedLatency => Unit::Milliseconds,
        }
    }
}

/// One metric's state between minutes.
#[derive(Debug, Clone)]
struct Member {
    kind: Kind,
    base: f64,
    level: f64,
}

/// Metrics `0..` and where each of them is.
#[derive(Debug, Clone)]
pub(crate) struct Fleet {
    members: Vec<Member>,
    random: Random,
}

/// The scope of everything here.
pub(crate) fn scope() -> Scope {
    Scope::new("000000000000", "us-east-1")
}

pub(crate) fn metric(number: usize) -> Metric {
    let (name, service, host) = identity(number);
    Metric::new(NAMESPACE, name, &[("Service", service), ("Host", &host)]).expect("the fleet's names are legal")
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let factor = 10f64.powi(decimals);
    (value * factor).round() / factor
}

impl Fleet {
    /// The mix that the module's header tells of.
    pub(crate) fn new(metrics: usize) -> Self {
        Fleet::with(metrics, Kind::of)
    }

    /// Metrics of one kind.
    pub(crate) fn of_kind(metrics: usize, kind: Kind) -> Self {
        Fleet::with(metrics, |_| kind)
    }

    fn with(metrics: usize, kind_of: impl Fn(usize) -> Kind) -> Self {
        let mut random = Random::new(7);
        let member = |number| {
            let kind = kind_of(number);
            let base = match kind {
                Kind::Constant => [0.0, 0.0, 1.0, 100.0][number % 4],
                Kind::Counter => rounded(10f64.powf(0.5 + 3.5 * random.unit()), 0),
                Kind::Gauge => 5.0 + 80.0 * random.unit(),
                Kind::Size => 1000.0 + 1e6 * random.unit(),
                Kind::Latency | Kind::UnroundedLatency => 10f64.powf(0.3 + 2.0 * random.unit()),
            };
            Member { kind, base, level: base }
        };
        Fleet { members: (0..metrics).map(member).collect(), random }
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// The next minute of a metric: count, sum, minimum and maximum.
    pub(crate) fn step(&mut self, number: usize) -> (f64, f64, f64, f64) {
        let (member, random) = (&mut self.members[number], &mut self.random);
        let one = |value: f64| (1.0, value, value, value);
        match member.kind {
            Kind::Constant => one(member.base),
            Kind::Counter => one(rounded(member.base + member.base.sqrt() * random.normal(), 0).max(0.0)),
            Kind::Gauge => {
                member.level = (member.level + 0.7 * random.normal()).clamp(0.0, 100.0);
                one(rounded(member.level, if number.is_multiple_of(2) { 1 } else { 2 }))
            }
            Kind::Size => {
                member.level = (member.level + 20.0 * random.normal()).max(1.0);
                one(member.level.round() * 4096.0)
            }
            Kind::Latency | Kind::UnroundedLatency => {
                let count = 20.0 + 10.0 * (member.base % 50.0).floor() + random.below(60) as f64;
                let mean = member.base * (1.0 + 0.1 * random.normal()).max(0.5);
                let (min, max) = (mean * (0.2 + 0.1 * random.unit()), mean * (3.0 + 4.0 * random.unit()));
                match member.kind {
                    Kind::Latency => (count, rounded(mean * count, 3), rounded(min, 3), rounded(max, 3)),
                    _ => (count, mean * count, min, max),
                }
            }
        }
    }

    fn cell(&mut self, number: usize) -> Cell {
        match self.step(number) {
            (1.0, value, ..) => Cell::of(value),
            (count, sum, min, max) => Cell::of_statistics(count, sum, min, max).expect("a set of legal numbers"),
        }
    }

    /// Appends the minute at `seconds` of every metric, and waits until it is stored.
    pub(crate) fn append_minute(
        &mut self,
        store: &dyn Samples,
        seconds: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let scope = scope();
        let mut receipts = std::collections::VecDeque::new();
        let mut batch = Batch::default();
        for first in (0..self.len()).step_by(BATCH) {
            batch.clear();
            for number in first..self.len().min(first + BATCH) {
                let (name, service, host) = identity(number);
                let key = batch
                    .key(NAMESPACE, name, &mut [("Service", service), ("Host", &host)])
                    .expect("the fleet's names are legal");
                let unit = self.members[number].kind.unit();
                let cell = self.cell(number);
                batch.push(key, unit, Resolution::Minute, Timestamp::from_seconds(seconds), cell);
            }
            receipts.push_back(store.append(&scope, &batch, now));
            if receipts.len() > 16 {
                receipts.pop_front().expect("it is not empty").wait()?;
            }
        }
        receipts.into_iter().try_for_each(nepho_store::Receipt::wait)
    }
}
