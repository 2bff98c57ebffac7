//! Functions: what each takes, what it gives, and how it is computed.
//!
//! A function is a file below, all of the same form: what it does, a constant with its signature, one function from
//! arguments to a value, and a table of cases. What several share is in the first four modules.

mod across;
mod calendar;
mod form;
mod per_series;

mod abs;
mod anomaly_detection_band;
mod avg;
mod ceil;
mod datapoint_count;
mod date;
mod day;
mod db_perf_insights;
mod diff;
mod diff_time;
mod epoch;
mod fill;
mod first;
mod floor;
mod hour;
mod if_;
mod insight_rule_metric;
mod lambda;
mod last;
mod log;
mod log10;
mod max;
mod metric_count;
mod metrics;
mod min;
mod minute;
mod month;
mod period;
mod rate;
mod remove_empty;
mod running_sum;
mod search;
mod service_quota;
mod slice;
mod sort;
mod stddev;
mod sum;
mod time_series;
mod year;

use std::fmt;

pub use anomaly_detection_band::{Band, BandModel};
pub(super) use form::Form;

use super::evaluate::Context;
use super::value::{Arguments, Computed};

/// A function of metric math.
pub(crate) struct Function {
    /// Its name, in capitals.
    pub(super) name: &'static str,
    /// What it takes and gives, one entry for each shape. A shape with an array comes before that with a series.
    pub(super) forms: &'static [Form],
    pub(super) body: Body,
}

/// How a function is computed.
pub(super) enum Body {
    /// Here.
    Computed(fn(Arguments, &Context<'_>) -> Computed),
    /// Not at all: it only names what is there.
    Named(fn(Arguments, &Context<'_>) -> Computed),
    /// Not at all: it needs something that is not there.
    Unavailable(&'static str),
}

/// All of them, by name.
const FUNCTIONS: [&Function; 39] = [
    &abs::ABS,
    &anomaly_detection_band::ANOMALY_DETECTION_BAND,
    &avg::AVG,
    &ceil::CEIL,
    &datapoint_count::DATAPOINT_COUNT,
    &date::DATE,
    &day::DAY,
    &db_perf_insights::DB_PERF_INSIGHTS,
    &diff::DIFF,
    &diff_time::DIFF_TIME,
    &epoch::EPOCH,
    &fill::FILL,
    &first::FIRST,
    &floor::FLOOR,
    &hour::HOUR,
    &if_::IF,
    &insight_rule_metric::INSIGHT_RULE_METRIC,
    &lambda::LAMBDA,
    &last::LAST,
    &log::LOG,
    &log10::LOG10,
    &max::MAX,
    &metrics::METRICS,
    &metric_count::METRIC_COUNT,
    &min::MIN,
    &minute::MINUTE,
    &month::MONTH,
    &period::PERIOD,
    &rate::RATE,
    &remove_empty::REMOVE_EMPTY,
    &running_sum::RUNNING_SUM,
    &search::SEARCH,
    &service_quota::SERVICE_QUOTA,
    &slice::SLICE,
    &sort::SORT,
    &stddev::STDDEV,
    &sum::SUM,
    &time_series::TIME_SERIES,
    &year::YEAR,
];

/// The names of all functions, in alphabetical order.
pub fn function_names() -> impl Iterator<Item = &'static str> + Clone {
    FUNCTIONS.iter().map(|function| function.name)
}

/// The function of this name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.into_iter().find(|function| function.name == name)
}

impl Function {
    /// Its value; arguments and availability were checked.
    pub(super) fn compute(&self, arguments: Arguments, context: &Context<'_>) -> Computed {
        match self.body {
            Body::Computed(compute) | Body::Named(compute) => compute(arguments, context),
            Body::Unavailable(_) => unreachable!("it is refused when it is checked"),
        }
    }
}

/// By name: there is one function of a name.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_whole() {
        assert!(FUNCTIONS.is_sorted_by(|one, next| one.name < next.name));
        assert_eq!(find("RATE").map(|function| function.name), Some("RATE"));
        assert_eq!(find("rate"), None);
    }
}
