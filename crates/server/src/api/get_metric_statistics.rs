//! GetMetricStatistics: one metric, several statistics.

use std::collections::BTreeMap;

use nepho_engine::{Statistic, StatisticsError, StatisticsQuery};
use nepho_model::Timestamp;
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::get_metric_statistics as wire;
use nepho_protocol::value::{Double, Timestamp as WireTimestamp};

use super::call::{Call, Reply};
use super::metric::{metric, period, unit};
use super::violations::{Violations, set_of};

/// The statistics of `Statistics`, in the order in which AWS lists them.
const BASIC: [&str; 5] = ["Minimum", "Maximum", "Average", "SampleCount", "Sum"];
/// Extended statistics of one request.
const EXTENDED_MAX: usize = 10;

/// Reads, and computes.
pub(super) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::GetMetricStatisticsInput = call.decode(body)?;
    let query = query(&input)?;
    let mut answers = call.instance.samples.read(&call.scope, &[query.read(call.now)]);
    let series = answers.pop().expect("one read has one answer").map_err(|error| call.read_failed(&error))?;
    let datapoints = query.datapoints(&series);
    Ok(call.encode(&wire::GetMetricStatisticsOutput {
        label: input.metric_name,
        datapoints: Some(datapoints.iter().map(|datapoint| to_wire(&query.statistics, datapoint)).collect()),
    }))
}

fn query(input: &wire::GetMetricStatisticsInput) -> Result<StatisticsQuery, ServiceError> {
    let mut violations = Violations::default();
    let (namespace, name) = (input.namespace.as_deref(), input.metric_name.as_deref());
    let metric = metric("", namespace, name, input.dimensions.as_deref(), &mut violations);
    let start = time("StartTime", input.start_time, &mut violations);
    let end = time("EndTime", input.end_time, &mut violations);
    let period = period("Period", input.period, &mut violations);
    let unit = unit("Unit", input.unit.as_deref(), &mut violations);
    let statistics = statistics(input, &mut violations);
    violations.check()?;
    if statistics.is_empty() {
        let message = "Must specify either Statistics or ExtendedStatistics";
        return Err(code::INVALID_PARAMETER_COMBINATION.message(message));
    }
    let complete = "a parameter that is missing is a violation";
    let (metric, period) = (metric.expect(complete), period.expect(complete));
    let (start, end) = (start.expect(complete), end.expect(complete));
    let mut query = StatisticsQuery::new(metric, start, end, period, statistics).map_err(|error| {
        let code = match error {
            StatisticsError::Range => code::INVALID_PARAMETER_VALUE,
            StatisticsError::Datapoints(_) => code::INVALID_PARAMETER_COMBINATION,
        };
        code.message(error.to_string())
    })?;
    query.unit = unit;
    Ok(query)
}

fn time(parameter: &str, given: Option<WireTimestamp>, violations: &mut Violations) -> Option<Timestamp> {
    if given.is_none() {
        violations.missing(parameter);
    }
    given.map(|given| Timestamp::from_millis(given.ms()))
}

fn statistics(input: &wire::GetMetricStatisticsInput, violations: &mut Violations) -> Vec<Statistic> {
    let basic = input.statistics.as_deref().unwrap_or_default();
    let extended = input.extended_statistics.as_deref().unwrap_or_default();
    if basic.len() > BASIC.len() {
        violations.too_many("Statistics", BASIC.len());
    }
    if extended.len() > EXTENDED_MAX {
        violations.too_many("ExtendedStatistics", EXTENDED_MAX);
    }
    let mut statistics: Vec<Statistic> = Vec::with_capacity(basic.len() + extended.len());
    for (position, name) in basic.iter().enumerate() {
        match Statistic::parse(name).ok().filter(Statistic::is_basic) {
            Some(statistic) => statistics.push(statistic),
            None => violations.invalid(format!(
                "The parameter Statistics.member.{} must be a value in the set {}.",
                position + 1,
                set_of(BASIC)
            )),
        }
    }
    for name in extended {
        match Statistic::parse(name).ok().filter(|statistic| !statistic.is_basic()) {
            Some(statistic) => statistics.push(statistic),
            None => {
                violations.invalid(format!("The value {name} for parameter ExtendedStatistic is not supported."));
            }
        }
    }
    statistics
}

fn to_wire(statistics: &[Statistic], datapoint: &nepho_engine::Datapoint) -> wire::Datapoint {
    let mut out = wire::Datapoint {
        timestamp: Some(WireTimestamp::from_ms(datapoint.time.millis())),
        unit: Some(datapoint.unit.as_str().to_owned()),
        ..wire::Datapoint::default()
    };
    let mut extended = BTreeMap::new();
    for (statistic, value) in statistics.iter().zip(&datapoint.values) {
        let Some(value) = value.map(Double) else { continue };
        match statistic.as_str() {
            "SampleCount" => out.sample_count = Some(value),
            "Average" => out.average = Some(value),
            "Sum" => out.sum = Some(value),
            "Minimum" => out.minimum = Some(value),
            "Maximum" => out.maximum = Some(value),
            name => {
                extended.insert(name.to_owned(), value);
            }
        }
    }
    out.extended_statistics = (!extended.is_empty()).then_some(extended);
    out
}
