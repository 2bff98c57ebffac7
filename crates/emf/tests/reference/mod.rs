//! The same format again, written for the reader: no caches, no spans, everything through `serde_json`.
//! The decoder must agree with it on every document.

use std::collections::{BTreeMap, BTreeSet};

use nepho_emf::{
    Cause, MAX_AGE_SECONDS, MAX_AHEAD_SECONDS, MAX_DOCUMENT_BYTES, MAX_KEY_BYTES, MAX_METRICS, MAX_SAMPLES, MAX_VALUES,
    Outcome,
};
use nepho_model::{
    Batch, Cell, CellError, MAX_DIMENSIONS, Metric, Resolution, SampleRef, Timestamp, Unit, check_dimension_name,
    check_metric_name, check_namespace,
};
use serde_json::Value;

/// What came of a document, in a form that can be compared and read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) is_emf: bool,
    pub(crate) samples: Vec<String>,
    pub(crate) log_group: Option<String>,
    pub(crate) log_stream: Option<String>,
    pub(crate) causes: BTreeMap<Cause, u64>,
}

impl Decoded {
    /// The outcome of the decoder, with the samples that it pushed.
    pub(crate) fn of(outcome: &Outcome<'_>, batch: &Batch) -> Self {
        match outcome {
            Outcome::Emf(extraction) => {
                assert_eq!(extraction.samples, batch.len());
                Decoded {
                    is_emf: true,
                    samples: batch.iter().map(|sample| line(&sample)).collect(),
                    log_group: extraction.log_group.map(str::to_owned),
                    log_stream: extraction.log_stream.map(str::to_owned),
                    causes: extraction.rejections.iter().map(|rejection| (rejection.cause, rejection.count)).collect(),
                }
            }
            Outcome::NotEmf(rejection) => {
                assert!(batch.is_empty());
                Decoded { causes: [(rejection.cause, rejection.count)].into(), ..Decoded::default() }
            }
        }
    }
}

/// A sample as a line of text.
pub(crate) fn line(sample: &SampleRef<'_>) -> String {
    let dimensions: Vec<_> = sample.metric.dimensions().map(|(name, value)| format!("{name}={value}")).collect();
    let cell = sample.cell;
    let weights = match cell.weights() {
        Some(weights) => {
            weights.iter().map(|(value, weight)| format!("{value}*{weight}")).collect::<Vec<_>>().join(" ")
        }
        None => "unknown".to_owned(),
    };
    format!(
        "{} / {} {{{}}} {} {}s @{} n={} sum={} min={} max={} [{weights}]",
        sample.metric.namespace(),
        sample.metric.name(),
        dimensions.join(","),
        sample.unit,
        sample.resolution.seconds(),
        sample.time.millis(),
        cell.count(),
        cell.sum(),
        cell.min(),
        cell.max(),
    )
}

/// Decodes a document the slow way.
pub(crate) fn decode(document: &[u8], now: Timestamp) -> Decoded {
    let refused = |cause| Decoded { causes: [(cause, 1)].into(), ..Decoded::default() };
    let root = match root(document) {
        Ok(root) => root,
        Err(cause) => return refused(cause),
    };
    let Some(aws) = root.get("_aws") else { return refused(Cause::NotEmf) };
    let Some(directives) = aws.get("CloudWatchMetrics") else { return refused(Cause::NotEmf) };
    let text = |member: &str| aws.get(member).and_then(Value::as_str).map(str::to_owned);
    let mut decoding =
        Decoding { root: &root, batch: Batch::default(), causes: BTreeMap::new(), asked: 0, key_bytes: 0 };
    match (directives, time(aws, now)) {
        (Value::Array(directives), Ok(time)) => decoding.directives(directives, time),
        (Value::Array(_), Err(cause)) => decoding.refuse(cause),
        _ => decoding.refuse(Cause::CloudWatchMetrics),
    }
    Decoded {
        is_emf: true,
        samples: decoding.batch.iter().map(|sample| line(&sample)).collect(),
        log_group: text("LogGroupName"),
        log_stream: text("LogStreamName"),
        causes: decoding.causes,
    }
}

fn root(document: &[u8]) -> Result<Value, Cause> {
    if document.len() > MAX_DOCUMENT_BYTES {
        return Err(Cause::DocumentTooLarge);
    }
    let mut object = document;
    while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = object {
        object = rest;
    }
    if object.first() != Some(&b'{') {
        let tab = object.windows(2).position(|pair| pair == b"\t{").ok_or(Cause::NotEmf)?;
        object = &object[tab + 1..];
    }
    let text = std::str::from_utf8(object).map_err(|_| Cause::NotJson)?;
    serde_json::from_str(text)
        .map_err(|error| if error.to_string().contains("recursion limit") { Cause::TooDeep } else { Cause::NotJson })
}

fn time(aws: &Value, now: Timestamp) -> Result<Timestamp, Cause> {
    let time = aws.get("Timestamp").and_then(Value::as_i64).ok_or(Cause::Timestamp)?;
    if time < now.millis() - MAX_AGE_SECONDS * 1000 {
        return Err(Cause::TimestampTooOld);
    }
    if time > now.millis() + MAX_AHEAD_SECONDS * 1000 {
        return Err(Cause::TimestampTooNew);
    }
    Ok(Timestamp::from_millis(time))
}

struct Decoding<'a> {
    root: &'a Value,
    batch: Batch,
    causes: BTreeMap<Cause, u64>,
    asked: usize,
    key_bytes: usize,
}

type Set<'a> = BTreeSet<&'a str>;

impl<'a> Decoding<'a> {
    fn refuse(&mut self, cause: Cause) {
        *self.causes.entry(cause).or_default() += 1;
    }

    fn accept<T>(&mut self, result: Result<T, Cause>) -> Option<T> {
        result.map_err(|cause| self.refuse(cause)).ok()
    }

    fn directives(&mut self, directives: &'a [Value], time: Timestamp) {
        for directive in directives {
            self.directive(directive, time);
        }
    }

    fn directive(&mut self, directive: &'a Value, time: Timestamp) {
        let Some((namespace, sets, metrics)) = self.accept(parts(directive)) else { return };
        let mut wanted: BTreeSet<Vec<&str>> = BTreeSet::new();
        if sets.is_empty() {
            wanted.insert(Vec::new());
        }
        for set in sets {
            if let Some(set) = self.accept(dimension_set(set)) {
                wanted.insert(set.into_iter().collect());
            }
        }
        if wanted.is_empty() {
            return;
        }
        let mut definitions: Vec<(&str, Unit, Resolution)> = Vec::new();
        for metric in metrics {
            if let Some(definition) = self.accept(definition(metric))
                && !definitions.contains(&definition)
            {
                definitions.push(definition);
            }
        }
        if definitions.is_empty() {
            return;
        }
        let samples = wanted.len() * definitions.len();
        if self.asked + samples > MAX_SAMPLES {
            return self.refuse(Cause::TooManySamples);
        }
        self.asked += samples;
        self.push(namespace, &wanted, &definitions, time);
    }

    fn push(
        &mut self,
        namespace: &str,
        sets: &BTreeSet<Vec<&'a str>>,
        definitions: &[(&'a str, Unit, Resolution)],
        time: Timestamp,
    ) {
        let mut resolved: Vec<Vec<(&str, &str)>> = Vec::new();
        for set in sets {
            let dimensions = set.iter().map(|key| dimension(self.root, key)).collect::<Result<Vec<_>, _>>();
            let Some(dimensions) = self.accept(dimensions) else {
                continue;
            };
            let key_bytes =
                definitions.iter().map(|definition| key_bytes(namespace, definition.0, &dimensions)).sum::<usize>();
            if self.key_bytes + key_bytes > MAX_KEY_BYTES {
                self.refuse(Cause::TooManySamples);
                continue;
            }
            self.key_bytes += key_bytes;
            resolved.push(dimensions);
        }
        if resolved.is_empty() {
            return;
        }
        for (name, unit, resolution) in definitions {
            let Some(cell) = self.accept(cell(self.root.get(name))) else { continue };
            for dimensions in &mut resolved {
                let key = self.batch.key(namespace, name, dimensions).expect("all parts were checked");
                self.batch.push(key, *unit, *resolution, time, cell.clone());
            }
        }
    }
}

fn key_bytes(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> usize {
    namespace.len()
        + 1
        + name.len()
        + dimensions.iter().map(|(name, value)| 2 + name.len() + value.len()).sum::<usize>()
}

fn parts(directive: &Value) -> Result<(&str, &[Value], &[Value]), Cause> {
    if !directive.is_object() {
        return Err(Cause::Directive);
    }
    let namespace = directive.get("Namespace").and_then(Value::as_str).ok_or(Cause::Namespace)?;
    check_namespace(namespace).map_err(|_| Cause::Namespace)?;
    if namespace.starts_with("AWS/") {
        return Err(Cause::Namespace);
    }
    let metrics = directive.get("Metrics").and_then(Value::as_array).ok_or(Cause::Directive)?;
    if metrics.len() > MAX_METRICS {
        return Err(Cause::TooManyMetrics);
    }
    match directive.get("Dimensions") {
        None | Some(Value::Null) => Ok((namespace, &[], metrics)),
        Some(Value::Array(sets)) => Ok((namespace, sets, metrics)),
        Some(_) => Err(Cause::Directive),
    }
}

fn dimension_set(set: &Value) -> Result<Set<'_>, Cause> {
    let keys = set.as_array().ok_or(Cause::DimensionSet)?;
    if keys.len() > MAX_DIMENSIONS {
        return Err(Cause::TooManyDimensions);
    }
    let mut names = Set::new();
    for key in keys {
        let key = key.as_str().ok_or(Cause::DimensionSet)?;
        check_dimension_name(key).map_err(|_| Cause::DimensionName)?;
        names.insert(key);
    }
    Ok(names)
}

fn definition(metric: &Value) -> Result<(&str, Unit, Resolution), Cause> {
    let name = metric.get("Name").and_then(Value::as_str).ok_or(Cause::MetricDefinition)?;
    check_metric_name(name).map_err(|_| Cause::MetricName)?;
    let unit = match metric.get("Unit") {
        None | Some(Value::Null) => Unit::None,
        Some(unit) => unit.as_str().and_then(Unit::parse).ok_or(Cause::Unit)?,
    };
    let resolution = match metric.get("StorageResolution") {
        None | Some(Value::Null) => Resolution::Minute,
        Some(Value::Number(number)) if number.as_u64() == Some(1) => Resolution::Second,
        Some(Value::Number(number)) if number.as_u64() == Some(60) => Resolution::Minute,
        Some(_) => return Err(Cause::StorageResolution),
    };
    Ok((name, unit, resolution))
}

fn dimension<'a>(root: &'a Value, key: &'a str) -> Result<(&'a str, &'a str), Cause> {
    let value = root.get(key).ok_or(Cause::DimensionMissing)?.as_str().ok_or(Cause::DimensionNotString)?;
    Metric::new("Any", "Any", &[(key, value)]).map_err(|_| Cause::DimensionValue)?;
    Ok((key, value))
}

fn cell(target: Option<&Value>) -> Result<Cell, Cause> {
    match target.ok_or(Cause::MetricMissing)? {
        Value::Number(number) => {
            Cell::of_values(&[number.as_f64().expect("all numbers are doubles")], &[]).map_err(|e| cause(&e))
        }
        Value::Array(values) => Cell::of_values(&numbers(values)?, &[]).map_err(|error| cause(&error)),
        object @ Value::Object(_) => distribution(object),
        _ => Err(Cause::MetricNotNumeric),
    }
}

fn numbers(list: &[Value]) -> Result<Vec<f64>, Cause> {
    let mut numbers = Vec::new();
    for value in list {
        let number = value.as_f64().ok_or(Cause::MetricNotNumeric)?;
        if numbers.len() == MAX_VALUES {
            return Err(Cause::TooManyValues);
        }
        numbers.push(number);
    }
    Ok(numbers)
}

fn distribution(object: &Value) -> Result<Cell, Cause> {
    let member = |name: &str| object.get(name).filter(|value| !value.is_null());
    let list = |name: &str| match member(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() > MAX_VALUES => Err(Cause::TooManyValues),
        Some(Value::Array(list)) => numbers(list),
        Some(_) => Err(Cause::MetricNotNumeric),
    };
    let number = |name: &str| match member(name) {
        None => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or(Cause::MetricNotNumeric),
    };
    let (values, counts) = (list("Values")?, list("Counts")?);
    let statistics = (number("Count")?, number("Sum")?, number("Min")?, number("Max")?);
    let statistics = match statistics {
        (Some(count), Some(sum), Some(min), Some(max)) => Some((count, sum, min, max)),
        (None, None, None, None) => None,
        _ => return Err(Cause::Distribution),
    };
    if !counts.is_empty() && counts.len() != values.len() {
        return Err(Cause::Distribution);
    }
    let of_values = || Cell::of_values(&values, &counts).map_err(|error| cause(&error));
    match statistics {
        Some((count, sum, min, max)) => {
            let set = Cell::of_statistics(count, sum, min, max).map_err(|error| cause(&error))?;
            Ok(if values.is_empty() { set } else { set.with_values_of(&of_values()?) })
        }
        None if object.get("Values").is_some() => of_values(),
        None => Err(Cause::MetricNotNumeric),
    }
}

fn cause(error: &CellError) -> Cause {
    match error {
        CellError::Number(_) => Cause::ValueOutOfRange,
        CellError::Empty => Cause::NoValues,
        _ => Cause::Distribution,
    }
}
