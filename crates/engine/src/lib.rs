//! The arithmetic of Nephoscope: what CloudWatch answers, as functions from values to values.
//!
//! [`Statistic`] says what is computed of a cell, [`math`] what expressions compute of series. [`plan`] turns a
//! GetMetricData request into [`Read`]s for a store, [`finish`] what the store answered into results; for a request that
//! searches, [`prepare`] says what has to be found before. [`StatisticsQuery`] is the same for GetMetricStatistics.
//! [`alarm`] says what alarms find and do. The crate does no I/O, reads no clock, and knows neither the wire nor the
//! disk: `now` is an argument.
//!
//! ```
//! use nepho_engine::{DataRequest, MetricStat, Period, Query, QueryId, Source, Statistic, finish, plan};
//! use nepho_model::{Cell, Metric, Point, Scope, Timestamp, Unit, UnitSeries};
//!
//! let stat = MetricStat {
//!     metric: Metric::new("Shop", "Latency", &[])?,
//!     period: Period::from_seconds(300)?,
//!     statistic: Statistic::parse("p99")?,
//!     unit: None,
//! };
//! let latency = Query { id: QueryId::parse("m1")?, source: Source::Metric(stat), label: None, return_data: true };
//! let noon = Timestamp::from_seconds(1_777_896_000);
//! let request = DataRequest::new(vec![latency], noon, noon.plus_seconds(3600));
//! let plan = plan(request, &Scope::new("000000000000", "us-east-1"), noon.plus_seconds(3600))?;
//!
//! let cell = Cell::of_values(&[12.0, 250.0], &[99.0, 1.0])?;
//! let stored = UnitSeries { unit: Unit::Milliseconds, points: vec![Point { time: noon, cell }] };
//! let answer = finish(&plan, &[Ok(vec![stored])]);
//! assert_eq!(answer.results[0].values, [12.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Read`]: nepho_model::Read

mod aggregate;
pub mod alarm;
pub mod anomaly;
pub mod backtest;
pub mod composite;
mod compute;
pub mod explanation;
mod expressions;
mod fault_code;
mod faults;
mod finish;
mod input;
pub mod insights;
mod label;
pub mod math;
pub mod mute;
mod order;
mod page;
mod period;
mod plan;
mod prepare;
mod query;
mod request_error;
pub mod search;
mod statistic;
mod statistics_query;
mod tally;
pub mod turn;
mod unexpected;

pub use aggregate::{Aggregate, Aggregating, MAX_AGGREGATED_PERIODS};
pub use fault_code::FaultCode;
pub use faults::{Fault, Faults};
pub use finish::{Answers, DataAnswer, Message, QueryResult, StatusCode, finish, finish_with};
pub use label::{Label, LabelFault, LabelSubject, MAX_LABEL_VALUES, Zone, ZoneFault, default_labels};
pub use page::MAX_PAGE_DATAPOINTS;
pub use period::{MAX_PERIOD_SECONDS, Period, PeriodFault, datapoint_count, least_multiple, rounded_start};
pub use plan::{FoundMetrics, MAX_FOUND_METRICS, Plan, plan};
pub use prepare::{BandUse, InsightsUse, MAX_QUERIES, Prepared, SearchQuery, prepare};
pub use query::{DataRequest, ExpressionQuery, MAX_QUERY_ID, MetricStat, Query, QueryId, QueryIdFault, ScanBy, Source};
pub use request_error::{DataError, ExpressionError, ExpressionErrors};
pub use statistic::{
    Bounds, Kind, MAX_STATISTIC, Percent, PercentBounds, Statistic, StatisticFault, Steps, ValueBounds,
};
pub use statistics_query::{Datapoint, MAX_DATAPOINTS, StatisticsError, StatisticsQuery};
pub use unexpected::Unexpected;
