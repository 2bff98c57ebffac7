//! A store that is a list of samples.

use std::collections::BTreeMap;

use nepho_engine::FoundMetrics;
use nepho_engine::alarm::{MetricAlarm, Observed, Reading, reads};
use nepho_engine::math::{Band, BandModel};
use nepho_model::search::Search;
use nepho_model::{Cell, Metric, Point, Read, Timestamp, Unit, UnitSeries};

use super::text::scope;

/// Samples of metrics.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store(pub(crate) Vec<Sample>);

#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) metric: Metric,
    pub(crate) unit: Unit,
    pub(crate) time: Timestamp,
    pub(crate) value: f64,
}

impl Store {
    pub(crate) fn read_all(&self, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, String>> {
        reads.iter().map(|read| Ok(self.read(read))).collect()
    }

    fn read(&self, read: &Read) -> Vec<UnitSeries> {
        let mut units: BTreeMap<&str, (Unit, BTreeMap<Timestamp, Cell>)> = BTreeMap::new();
        for sample in &self.0 {
            let is_asked = sample.metric == read.metric && read.unit.is_none_or(|unit| unit == sample.unit);
            let Some(start) = read.period_of(sample.time).filter(|_| is_asked) else { continue };
            let (_, periods) = units.entry(sample.unit.as_str()).or_insert_with(|| (sample.unit, BTreeMap::new()));
            let cell = Cell::of(sample.value);
            periods.entry(start).and_modify(|known| known.merge(&cell)).or_insert(cell);
        }
        let series = |(unit, periods): (Unit, BTreeMap<Timestamp, Cell>)| UnitSeries {
            unit,
            points: periods.into_iter().map(|(time, cell)| Point { time, cell }).collect(),
        };
        units.into_values().map(series).collect()
    }

    pub(crate) fn find(&self, search: &Search) -> FoundMetrics {
        let mut metrics: Vec<Metric> = Vec::new();
        for sample in &self.0 {
            if search.matches(&scope(), sample.metric.key()) && !metrics.contains(&sample.metric) {
                metrics.push(sample.metric.clone());
            }
        }
        FoundMetrics { metrics, is_cut: false }
    }

    /// What an evaluation at a time sees.
    pub(crate) fn observe(&self, alarm: &MetricAlarm, time: Timestamp) -> Observed {
        match reads(alarm, time) {
            Reading::Points(reading) => reading.observe(&self.read_all(reading.reads()), &[Some(&Steady)]),
            Reading::Insights(reading) => {
                let found = self.find(&reading.search());
                let plan = reading.plan(found.metrics, found.is_cut);
                let mut gathering = plan.gathering();
                for (at, answer) in self.read_all(plan.reads()).into_iter().enumerate() {
                    gathering.add_all(at, &answer.unwrap());
                }
                reading.observe(&gathering.finish())
            }
        }
    }
}

/// Expects the same at all times: 10, give or take.
pub(crate) struct Steady;

impl BandModel for Steady {
    fn band(&self, _: Timestamp, deviations: f64) -> Option<Band> {
        Some(Band { lower: 10.0 - deviations, upper: 10.0 + deviations })
    }
}
