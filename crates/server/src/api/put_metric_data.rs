//! PutMetricData: the way in.

use std::fmt;

use http::HeaderValue;
use nepho_model::{
    Batch, Cell, CellError, IdentityError, MAX_AGE_SECONDS, MAX_AHEAD_SECONDS, Resolution, Timestamp, UNITS, Unit,
    check_namespace, check_number,
};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::put_metric_data::{EntityMetricData, MetricDatum, PutMetricDataInput, StatisticSet};
use nepho_protocol::value::Double;

use super::call::{Call, Reply};
use super::entity;
use super::metric::is_about;
use super::violations::{Violations, set_of};
use crate::own::counters::Intake;
use crate::writes::Write;

/// Datums of one request.
const DATUMS_MAX: usize = 1000;
/// Entries of EntityMetricData.
const ENTITIES_MAX: usize = 2;
/// Different values of one datum.
const VALUES_MAX: usize = 150;
/// What begins so is AWS's own.
const RESERVED_PREFIX: &str = "AWS/";

/// The header that says what is wrong with an entity whose data was taken all the same.
const FAILURE_MESSAGE: &str = "x-amzn-failure-message";

/// Answers when the data is durable.
pub(super) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let accepted = {
        let input = call.decode(&body)?;
        accept(&call, &input)?
    };
    drop(body);
    let datums = accepted.batch.len();
    let write = Write::begin(&call.instance, Intake::PutMetricData, &call.scope, accepted.batch, datums, call.now);
    write.settle(&call.instance).await.map_err(|error| call.store_failed(&error))?;
    let mut reply = call.encode(&NoOutput);
    if let Some(failure) = accepted.entity_failure {
        reply.headers_mut().insert(FAILURE_MESSAGE, HeaderValue::from_static(failure));
    }
    Ok(reply)
}

/// What a request without faults asks to store.
#[derive(Debug)]
struct Accepted {
    batch: Batch,
    entity_failure: Option<&'static str>,
}

fn accept(call: &Call, input: &PutMetricDataInput<'_>) -> Result<Accepted, ServiceError> {
    let flow = call.instance.counters.flow(Intake::PutMetricData);
    let datums = datums_of(input);
    flow.receive(datums);
    let accepted = check_writable(call, input).and_then(|()| convert(input, call.now));
    accepted.inspect_err(|error| flow.reject(error.code.query, datums))
}

/// A namespace that is read from elsewhere takes nothing.
fn check_writable(call: &Call, input: &PutMetricDataInput<'_>) -> Result<(), ServiceError> {
    let read_only = call.instance.samples.read_only_namespace(&call.scope);
    match read_only.filter(|namespace| input.namespace.as_deref() == Some(*namespace)) {
        None => Ok(()),
        Some(namespace) => Err(code::INVALID_PARAMETER_VALUE.message(format!(
            "The value {namespace} for parameter Namespace is invalid: it is read from PostgreSQL, and nothing can be \
             put into it."
        ))),
    }
}

fn datums_of(input: &PutMetricDataInput<'_>) -> usize {
    let of_entity = |entity: &EntityMetricData<'_>| entity.metric_data.as_ref().map_or(0, Vec::len);
    input.metric_data.as_ref().map_or(0, Vec::len)
        + input.entity_metric_data.iter().flatten().map(of_entity).sum::<usize>()
}

/// Checks a request and makes it a batch. Writes no text but into the batch, as long as nothing is wrong.
fn convert(input: &PutMetricDataInput<'_>, now: Timestamp) -> Result<Accepted, ServiceError> {
    let datums = datums_of(input);
    let mut violations = Violations::default();
    let namespace = namespace(input, &mut violations);
    if datums == 0 {
        violations.missing("MetricData");
    }
    if datums > DATUMS_MAX {
        violations.too_many("MetricData", DATUMS_MAX);
    }
    if input.entity_metric_data.as_ref().is_some_and(|entities| entities.len() > ENTITIES_MAX) {
        violations.too_many("EntityMetricData", ENTITIES_MAX);
    }
    if !violations.is_empty() {
        return Err(violations.check().expect_err("a violation was just found"));
    }
    let mut conversion = Conversion { namespace, now, batch: Batch::default(), violations };
    conversion.batch.reserve(datums);
    let mut dimensions = Vec::new();
    for (position, datum) in input.metric_data.iter().flatten().enumerate() {
        conversion.datum(Path { entity: None, datum: position }, datum, &mut dimensions);
    }
    for (entity, data) in input.entity_metric_data.iter().flatten().enumerate() {
        for (position, datum) in data.metric_data.iter().flatten().enumerate() {
            conversion.datum(Path { entity: Some(entity), datum: position }, datum, &mut dimensions);
        }
    }
    let failures = input.entity_metric_data.iter().flatten().map(|data| entity::fault(data.entity.as_ref()));
    let entity_failure = failures.enumerate().find_map(|(position, fault)| Some((position, fault?)));
    if let (Some((position, fault)), Some(true)) = (entity_failure, input.strict_entity_validation) {
        let path = format!("EntityMetricData.member.{}.Entity", position + 1);
        conversion.violations.invalid(format!("The parameter {path} is invalid: {fault}."));
    }
    conversion.violations.check()?;
    Ok(Accepted { batch: conversion.batch, entity_failure: entity_failure.map(|(_, fault)| fault) })
}

fn namespace<'a>(input: &'a PutMetricDataInput<'_>, violations: &mut Violations) -> &'a str {
    let Some(namespace) = input.namespace.as_deref() else {
        violations.missing("Namespace");
        return "";
    };
    if namespace.starts_with(RESERVED_PREFIX) {
        violations.invalid_value("Namespace", RESERVED_PREFIX);
    } else if let Err(fault) = check_namespace(namespace) {
        violations.name("Namespace", namespace, fault);
    }
    namespace
}

/// Where a datum stands in the request.
#[derive(Debug, Clone, Copy)]
struct Path {
    entity: Option<usize>,
    datum: usize,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entity) = self.entity {
            write!(f, "EntityMetricData.member.{}.", entity + 1)?;
        }
        write!(f, "MetricData.member.{}", self.datum + 1)
    }
}

struct Conversion<'a> {
    namespace: &'a str,
    now: Timestamp,
    batch: Batch,
    violations: Violations,
}

impl<'a> Conversion<'a> {
    /// Adds a datum to the batch, or to the violations what is wrong with it.
    fn datum(&mut self, path: Path, datum: &'a MetricDatum<'_>, dimensions: &mut Vec<(&'a str, &'a str)>) {
        let key = self.key(path, datum, dimensions);
        let cell = self.cell(path, datum);
        let unit = self.unit(path, datum);
        let resolution = self.resolution(path, datum);
        let time = self.time(path, datum);
        if let (Some(key), Some(cell), Some(unit), Some(resolution), Some(time)) = (key, cell, unit, resolution, time) {
            self.batch.push(key, unit, resolution, time, cell);
        }
    }

    fn key(
        &mut self,
        path: Path,
        datum: &'a MetricDatum<'_>,
        dimensions: &mut Vec<(&'a str, &'a str)>,
    ) -> Option<nepho_model::KeyRange> {
        dimensions.clear();
        for (position, dimension) in datum.dimensions.iter().flatten().enumerate() {
            let member = || format!("{path}.Dimensions.member.{}", position + 1);
            match (dimension.name.as_deref(), dimension.value.as_deref()) {
                (Some(name), Some(value)) => dimensions.push((name, value)),
                (None, _) => self.violations.missing(format!("{}.Name", member())),
                (_, None) => self.violations.missing(format!("{}.Value", member())),
            }
        }
        let Some(name) = datum.metric_name.as_deref() else {
            self.violations.missing(format!("{path}.MetricName"));
            return None;
        };
        match self.batch.key(self.namespace, name, dimensions) {
            Ok(key) => Some(key),
            Err(error) => {
                self.identity_fault(path, datum, &error);
                None
            }
        }
    }

    #[cold]
    fn identity_fault(&mut self, path: Path, datum: &MetricDatum<'_>, error: &IdentityError) {
        match error {
            IdentityError::Namespace { namespace, fault } => self.violations.name("Namespace", namespace, *fault),
            IdentityError::MetricName { name, fault } => {
                self.violations.name(format!("{path}.MetricName"), name, *fault);
            }
            IdentityError::Dimension(fault) => {
                let position = datum.dimensions.iter().flatten().position(|dimension| {
                    let name = dimension.name.as_deref().unwrap_or_default();
                    let value = dimension.value.as_deref().unwrap_or_default();
                    is_about(fault, name, value)
                });
                self.violations.dimension(format_args!("{path}."), position, fault);
            }
        }
    }

    fn cell(&mut self, path: Path, datum: &MetricDatum<'_>) -> Option<Cell> {
        let values = datum.values.as_deref().filter(|values| !values.is_empty());
        let counts = datum.counts.as_deref().filter(|counts| !counts.is_empty());
        if let (Some(value), None, None, None) = (datum.value, datum.statistic_values.as_ref(), values, counts) {
            // The usual case, ahead of all others.
            return match check_number(value.get()) {
                Ok(value) => Some(Cell::of(value)),
                Err(fault) => {
                    self.violations.number(format!("{path}.Value"), fault);
                    None
                }
            };
        }
        self.check_forms(path, datum, values.is_some(), counts.is_some())?;
        let statistics = match &datum.statistic_values {
            None => None,
            Some(set) => Some(self.statistics(path, set)?),
        };
        let values = match values {
            None => None,
            Some(values) => Some(self.values(path, values, counts.unwrap_or_default())?),
        };
        match (statistics, values) {
            (Some(statistics), Some(values)) => Some(statistics.with_values_of(&values)),
            (cell, None) | (None, cell) => cell,
        }
    }

    /// Which of the forms of a datum's value go together.
    fn check_forms(&mut self, path: Path, datum: &MetricDatum<'_>, has_values: bool, has_counts: bool) -> Option<()> {
        let (value, set) = (datum.value.is_some(), datum.statistic_values.is_some());
        let mut is_legal = true;
        for (given, other) in [(has_values, "Values"), (set, "StatisticValues")] {
            if value && given {
                is_legal = false;
                let message = format!(
                    "The parameters {path}.Value and {path}.{other} are mutually exclusive and you have specified both."
                );
                self.violations.add(code::INVALID_PARAMETER_COMBINATION, message);
            }
        }
        if has_counts && !has_values {
            is_legal = false;
            self.violations.invalid(sizes_differ(path));
        } else if !value && !set && !has_values {
            is_legal = false;
            let message =
                format!("At least one of the parameters {path}.Value or {path}.StatisticValues must be specified.");
            self.violations.add(code::MISSING_PARAMETER, message);
        }
        is_legal.then_some(())
    }

    fn statistics(&mut self, path: Path, set: &StatisticSet) -> Option<Cell> {
        let members =
            [("SampleCount", set.sample_count), ("Sum", set.sum), ("Minimum", set.minimum), ("Maximum", set.maximum)];
        let mut numbers = [0.0; 4];
        for ((member, given), number) in members.iter().zip(&mut numbers) {
            let Some(given) = given else {
                self.violations.missing(format!("{path}.StatisticValues.{member}"));
                return None;
            };
            match check_number(given.get()) {
                Ok(checked) => *number = checked,
                Err(fault) => {
                    self.violations.number(format!("{path}.StatisticValues.{member}"), fault);
                    return None;
                }
            }
        }
        let [count, sum, min, max] = numbers;
        let fault = match Cell::of_statistics(count, sum, min, max) {
            Ok(cell) => return Some(cell),
            Err(CellError::Count(_)) => {
                format!("The parameter {path}.StatisticValues.SampleCount must be greater than 0.")
            }
            Err(_) => format!(
                "The parameter {path}.StatisticValues.Maximum must be greater than {path}.StatisticValues.Minimum."
            ),
        };
        self.violations.invalid(fault);
        None
    }

    fn values(&mut self, path: Path, values: &[Double], counts: &[Double]) -> Option<Cell> {
        if !counts.is_empty() && counts.len() != values.len() {
            self.violations.invalid(sizes_differ(path));
            return None;
        }
        let numbers = self.numbers(path, "Values", values)?;
        if numbers.len() > VALUES_MAX && different(&numbers) > VALUES_MAX {
            self.violations.too_many(format!("{path}.Values"), VALUES_MAX);
            return None;
        }
        let counts = self.numbers(path, "Counts", counts)?;
        if let Some(position) = counts.iter().position(|count| *count <= 0.0) {
            let member = position + 1;
            self.violations.invalid(format!("The parameter {path}.Counts.member.{member} must be greater than 0."));
            return None;
        }
        Some(Cell::of_values(&numbers, &counts).expect("values and counts were just checked"))
    }

    fn numbers(&mut self, path: Path, list: &str, given: &[Double]) -> Option<Vec<f64>> {
        let mut numbers = Vec::with_capacity(given.len());
        for (position, number) in given.iter().enumerate() {
            match check_number(number.get()) {
                Ok(number) => numbers.push(number),
                Err(fault) => {
                    self.violations.number(format!("{path}.{list}.member.{}", position + 1), fault);
                    return None;
                }
            }
        }
        Some(numbers)
    }

    fn unit(&mut self, path: Path, datum: &MetricDatum<'_>) -> Option<Unit> {
        let Some(name) = datum.unit.as_deref() else { return Some(Unit::None) };
        let unit = Unit::parse(name);
        if unit.is_none() {
            let units = set_of(UNITS.iter().map(|(_, name)| name));
            self.violations.invalid(format!("The parameter {path}.Unit must be a value in the set {units}."));
        }
        unit
    }

    fn resolution(&mut self, path: Path, datum: &MetricDatum<'_>) -> Option<Resolution> {
        let Some(seconds) = datum.storage_resolution else { return Some(Resolution::Minute) };
        let resolution = Resolution::from_seconds(i64::from(seconds));
        if resolution.is_none() {
            let parameter = format!("{path}.StorageResolution");
            self.violations.invalid(format!("The parameter {parameter} must be a value in the set [ 1, 60 ]."));
        }
        resolution
    }

    fn time(&mut self, path: Path, datum: &MetricDatum<'_>) -> Option<Timestamp> {
        let Some(given) = datum.timestamp else { return Some(self.now) };
        let time = Timestamp::from_millis(given.ms());
        let fault = if time < self.now.plus_seconds(-MAX_AGE_SECONDS) {
            "must specify a time within the past two weeks."
        } else if time > self.now.plus_seconds(MAX_AHEAD_SECONDS) {
            "must specify a time no more than two hours in the future."
        } else {
            return Some(time);
        };
        self.violations.invalid(format!("The parameter {path}.Timestamp {fault}"));
        None
    }
}

fn sizes_differ(path: Path) -> String {
    format!("The parameters {path}.Values and {path}.Counts must be of the same size.")
}

fn different(numbers: &[f64]) -> usize {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    sorted.len()
}
