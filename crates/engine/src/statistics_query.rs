//! GetMetricStatistics: one metric, several statistics.

use nepho_model::{Detail, Metric, Point, Read, Timestamp, Unit, UnitSeries};

use crate::period::{Period, datapoint_count, rounded_start};
use crate::statistic::Statistic;

/// The most datapoints that one call may ask for.
pub const MAX_DATAPOINTS: i64 = 1440;

/// A GetMetricStatistics request.
#[derive(Debug, Clone, PartialEq)]
pub struct StatisticsQuery {
    metric: Metric,
    start: Timestamp,
    end: Timestamp,
    period: Period,
    /// Only data under this unit; without one there is a datapoint for each unit.
    pub unit: Option<Unit>,
    /// What is computed of each period, basic and extended.
    pub statistics: Vec<Statistic>,
}

/// Why a GetMetricStatistics request is refused. The texts are CloudWatch's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatisticsError {
    /// The range does not end after its start; CloudWatch's code is InvalidParameterValue.
    #[error("The parameter StartTime must be less than the parameter EndTime.")]
    Range,
    /// More than [`MAX_DATAPOINTS`]; CloudWatch's code is InvalidParameterCombination.
    #[error(
        "You have requested up to {0} datapoints, which exceeds the limit of {MAX_DATAPOINTS}. You may reduce the \
         datapoints requested by increasing Period, or decreasing the time range."
    )]
    Datapoints(i64),
}

/// The statistics of one period under one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Datapoint {
    /// Start of the period.
    pub time: Timestamp,
    /// The unit.
    pub unit: Unit,
    /// One value for each statistic of the request; `None` where a percentile is not available.
    pub values: Vec<Option<f64>>,
}

impl StatisticsQuery {
    /// A request for `statistics` of `metric` from `start` to before `end`, under every unit.
    ///
    /// # Errors
    /// When the range is empty or has too many periods.
    pub fn new(
        metric: Metric,
        start: Timestamp,
        end: Timestamp,
        period: Period,
        statistics: Vec<Statistic>,
    ) -> Result<Self, StatisticsError> {
        if start >= end {
            return Err(StatisticsError::Range);
        }
        let count = datapoint_count(start, end, period);
        if count > MAX_DATAPOINTS {
            return Err(StatisticsError::Datapoints(count));
        }
        Ok(StatisticsQuery { metric, start, end, period, unit: None, statistics })
    }

    /// What has to be read.
    pub fn read(&self, now: Timestamp) -> Read {
        let needs_distribution = self.statistics.iter().any(Statistic::needs_distribution);
        Read {
            metric: self.metric.clone(),
            unit: self.unit,
            start: rounded_start(self.start, self.period, now),
            end: self.end,
            period_seconds: self.period.seconds(),
            detail: if needs_distribution { Detail::Distribution } else { Detail::Numbers },
        }
    }

    /// The datapoints of what was read, by time and then by the unit's name. A period in which none of the statistics
    /// is available has no datapoint.
    pub fn datapoints(&self, series: &[UnitSeries]) -> Vec<Datapoint> {
        let mut datapoints: Vec<_> = series
            .iter()
            .flat_map(|series| series.points.iter().filter_map(|point| self.datapoint(series.unit, point)))
            .collect();
        datapoints.sort_by_key(|datapoint| (datapoint.time, datapoint.unit.as_str()));
        datapoints
    }

    fn datapoint(&self, unit: Unit, point: &Point) -> Option<Datapoint> {
        let values: Vec<_> = self.statistics.iter().map(|statistic| statistic.evaluate(&point.cell)).collect();
        values.iter().any(Option::is_some).then_some(Datapoint { time: point.time, unit, values })
    }
}
