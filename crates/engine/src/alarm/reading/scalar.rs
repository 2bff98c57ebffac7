//! One metric.

use nepho_model::{Detail, Point, Read, UnitSeries};

use crate::alarm::observed::Datum;
use crate::alarm::source::ScalarMetric;
use crate::alarm::windows::Windows;
use crate::statistic::Statistic;

/// What has to be read of one metric.
#[derive(Debug, Clone)]
pub(super) struct ScalarReading<'a> {
    metric: &'a ScalarMetric,
    reads: Vec<Read>,
}

impl<'a> ScalarReading<'a> {
    pub(super) fn new(metric: &'a ScalarMetric, windows: &Windows) -> Self {
        let stat = &metric.stat;
        let detail = if stat.statistic.needs_distribution() { Detail::Distribution } else { Detail::Numbers };
        let read = |start, end| Read {
            metric: stat.metric.clone(),
            unit: stat.unit,
            start,
            end,
            period_seconds: stat.period.seconds(),
            detail,
        };
        let reads = match windows.is_regular() {
            true => vec![read(windows.range_start(), windows.range_end())],
            false => windows_as_reads(windows, &read),
        };
        ScalarReading { metric, reads }
    }

    pub(super) fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// The datapoint of each period. Of several units the first by name is looked at.
    pub(super) fn data(&self, windows: &Windows, answers: &[Result<Vec<UnitSeries>, String>]) -> Vec<Option<Datum>> {
        let all = || answers.iter().flatten().flatten().filter(|series| !series.points.is_empty());
        let mut data = vec![None; windows.len()];
        let Some(unit) = all().map(|series| series.unit).min_by_key(|unit| unit.as_str()) else { return data };
        for point in all().filter(|series| series.unit == unit).flat_map(|series| &series.points) {
            if let Some(window) = windows.position(point.time) {
                data[window] = datum(&self.metric.stat.statistic, point);
            }
        }
        data
    }
}

/// One read for each period; what is before the start of a read is not in its only period.
pub(super) fn windows_as_reads(
    windows: &Windows,
    read: &dyn Fn(nepho_model::Timestamp, nepho_model::Timestamp) -> Read,
) -> Vec<Read> {
    let one = |window| {
        let (start, end) = (windows.start(window), windows.end(window));
        let period_seconds = (end.millis() - start.millis()).div_euclid(1000);
        Read { period_seconds, ..read(start, end) }
    };
    (0..windows.len()).map(one).collect()
}

fn datum(statistic: &Statistic, point: &Point) -> Option<Datum> {
    let value = statistic.evaluate(&point.cell)?;
    Some(Datum { value, sample_count: Some(point.cell.count()), band: None })
}
