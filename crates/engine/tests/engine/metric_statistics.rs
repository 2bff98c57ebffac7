//! GetMetricStatistics: one datapoint for each period and unit.

use nepho_engine::{Datapoint, MAX_DATAPOINTS, Period, Statistic, StatisticsError, StatisticsQuery};
use nepho_model::{Cell, Detail, Metric, Point, Timestamp, Unit, UnitSeries};

/// 2026-05-04 12:00 UTC.
const NOON: Timestamp = Timestamp::from_seconds(1_777_896_000);

fn query(seconds: i64, period: i64, statistics: &str) -> Result<StatisticsQuery, StatisticsError> {
    let metric = Metric::new("Shop", "Latency", &[]).unwrap();
    let statistics = statistics.split_whitespace().map(|text| Statistic::parse(text).unwrap()).collect();
    let period = Period::from_seconds(period).unwrap();
    StatisticsQuery::new(metric, NOON, NOON.plus_seconds(seconds), period, statistics)
}

#[test]
fn the_range_has_at_most_1440_periods_and_at_least_one() {
    assert!(query(MAX_DATAPOINTS * 60, 60, "Sum").is_ok());
    let error = query(MAX_DATAPOINTS * 60 + 1, 60, "Sum").unwrap_err();
    assert_eq!(error, StatisticsError::Datapoints(1441));
    assert_eq!(
        query(86_400, 1, "Sum").unwrap_err().to_string(),
        "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints \
         requested by increasing Period, or decreasing the time range."
    );
    for seconds in [0, -1] {
        let error = query(seconds, 60, "Sum").unwrap_err();
        assert_eq!(error.to_string(), "The parameter StartTime must be less than the parameter EndTime.");
    }
}

#[test]
fn a_distribution_is_read_only_when_it_is_needed() {
    let detail = |statistics| query(3600, 60, statistics).unwrap().read(NOON).detail;
    assert_eq!(detail("Sum Average Minimum Maximum SampleCount"), Detail::Numbers);
    assert_eq!(detail("Sum p99"), Detail::Distribution);
}

#[test]
fn the_start_is_rounded_and_the_end_is_not() {
    let metric = Metric::new("Shop", "Latency", &[]).unwrap();
    let (start, end) = (NOON.plus_seconds(17), NOON.plus_seconds(617));
    let period = Period::from_seconds(300).unwrap();
    let mut query = StatisticsQuery::new(metric, start, end, period, vec![Statistic::SUM]).unwrap();
    query.unit = Some(Unit::Seconds);
    let read = query.read(NOON.plus_seconds(3600));
    assert_eq!((read.start, read.end, read.period_seconds, read.unit), (NOON, end, 300, Some(Unit::Seconds)));
}

#[test]
fn each_period_and_unit_has_a_datapoint() {
    let query = query(3600, 60, "Sum p50").unwrap();
    let later = NOON.plus_seconds(60);
    let point = |time, cell| Point { time, cell };
    let series = [
        UnitSeries {
            unit: Unit::Seconds,
            points: vec![point(NOON, Cell::of(1.0)), point(later, Cell::of_statistics(2.0, 5.0, 2.0, 3.0).unwrap())],
        },
        UnitSeries { unit: Unit::Milliseconds, points: vec![point(NOON, Cell::of(1000.0))] },
    ];
    let datapoint = |time, unit, sum, median| Datapoint { time, unit, values: vec![sum, median] };
    let expected = [
        datapoint(NOON, Unit::Milliseconds, Some(1000.0), Some(1000.0)),
        datapoint(NOON, Unit::Seconds, Some(1.0), Some(1.0)),
        datapoint(later, Unit::Seconds, Some(5.0), None),
    ];
    assert_eq!(query.datapoints(&series), expected);
}

#[test]
fn a_period_without_any_of_the_statistics_has_no_datapoint() {
    let query = query(3600, 60, "p50 IQM").unwrap();
    let point = Point { time: NOON, cell: Cell::of_statistics(2.0, 5.0, 2.0, 3.0).unwrap() };
    assert_eq!(query.datapoints(&[UnitSeries { unit: Unit::Seconds, points: vec![point] }]), []);
}
