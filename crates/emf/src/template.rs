//! The `_aws` member, compiled: what to look for in the rest of the document, and what to make of it.

use std::collections::BTreeSet;
use std::mem::size_of;

use nepho_model::{
    MAX_DIMENSIONS, MetricKey, Resolution, Unit, check_dimension_name, check_metric_name, check_namespace,
};
use serde_json::{Map, Value};

use crate::outcome::{Cause, Refusal, Rejections, quoted, shortened};

/// The most metrics that one directive may define.
pub const MAX_METRICS: usize = 100;
/// The most samples that one document may ask for: directives x dimension sets x metrics. CloudWatch
/// names no such limit; without one, a document of a megabyte could ask for tens of millions.
pub const MAX_SAMPLES: usize = 10_000;
/// Namespaces that begin so belong to AWS.
pub(crate) const RESERVED_NAMESPACE: &str = "AWS/";

/// What a document's `_aws` asks for.
#[derive(Debug, Default)]
pub(crate) struct Template {
    pub(crate) log_group: Option<Box<str>>,
    pub(crate) log_stream: Option<Box<str>>,
    /// The root members that are wanted, sorted.
    pub(crate) targets: Vec<Box<str>>,
    pub(crate) directives: Vec<Directive>,
    /// What was wrong with the definitions.
    pub(crate) rejections: Rejections,
    /// The metrics' keys without dimensions.
    names: String,
}

/// A directive that has a namespace, at least one dimension set and at least one metric.
#[derive(Debug)]
pub(crate) struct Directive {
    /// Each an ascending list of targets.
    pub(crate) sets: Vec<Box<[u32]>>,
    pub(crate) metrics: Vec<Definition>,
    /// The length of the metrics' keys without dimensions.
    pub(crate) name_bytes: usize,
}

/// A metric to look for.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) target: u32,
    pub(crate) unit: Unit,
    pub(crate) resolution: Resolution,
    name_start: u32,
    name_end: u32,
}

impl Template {
    /// Compiles `_aws`, of which `directives` is the member `CloudWatchMetrics`.
    pub(crate) fn compile(aws: &Map<String, Value>, directives: &[Value]) -> Self {
        let text = |name: &str| aws.get(name).and_then(Value::as_str).map(Into::into);
        let mut template =
            Template { log_group: text("LogGroupName"), log_stream: text("LogStreamName"), ..Template::default() };
        let mut parsed = Vec::new();
        let mut samples = 0;
        for directive in directives {
            let Some(directive) = parse_directive(directive, &mut template.rejections) else { continue };
            let asked = directive.sets.len() * directive.metrics.len();
            if samples + asked > MAX_SAMPLES {
                let detail = format!("{} samples exceed the limit of {MAX_SAMPLES} in a document", samples + asked);
                template.rejections.add((Cause::TooManySamples, detail));
                continue;
            }
            samples += asked;
            parsed.push(directive);
        }
        template.take(&parsed);
        template
    }

    /// The key, without dimensions, of a metric.
    pub(crate) fn name(&self, definition: &Definition) -> MetricKey<'_> {
        MetricKey::from_written(&self.names[definition.name_start as usize..definition.name_end as usize])
    }

    /// The root member that is called `name`.
    pub(crate) fn target(&self, name: &str) -> Option<u32> {
        self.targets.binary_search_by(|target| (**target).cmp(name)).ok().map(|position| position as u32)
    }

    /// About as much memory as it takes.
    pub(crate) fn size_bytes(&self) -> usize {
        let directive = |directive: &Directive| {
            size_of::<Directive>()
                + directive.sets.iter().map(|set| size_of_val(set) + size_of_val(&**set)).sum::<usize>()
                + directive.metrics.len() * size_of::<Definition>()
        };
        size_of::<Template>()
            + self.names.len()
            + self.targets.iter().map(|target| size_of::<Box<str>>() + target.len()).sum::<usize>()
            + self.directives.iter().map(directive).sum::<usize>()
    }

    fn take(&mut self, parsed: &[Parsed<'_>]) {
        let wanted = parsed.iter().flat_map(|directive| {
            let metrics = directive.metrics.iter().map(|metric| metric.name);
            directive.sets.iter().flatten().copied().chain(metrics)
        });
        self.targets = wanted.collect::<BTreeSet<&str>>().into_iter().map(Into::into).collect();
        for directive in parsed {
            let sets =
                directive.sets.iter().map(|set| set.iter().map(|key| self.known_target(key)).collect()).collect();
            let before = self.names.len();
            let metrics = directive.metrics.iter().map(|metric| self.definition(directive.namespace, metric)).collect();
            self.directives.push(Directive { sets, metrics, name_bytes: self.names.len() - before });
        }
    }

    fn known_target(&self, name: &str) -> u32 {
        self.target(name).expect("every name that is used was collected")
    }

    fn definition(&mut self, namespace: &str, metric: &ParsedMetric<'_>) -> Definition {
        let name_start = self.names.len() as u32;
        MetricKey::write(&mut self.names, namespace, metric.name, &mut []).expect("both names were checked");
        Definition {
            target: self.known_target(metric.name),
            unit: metric.unit,
            resolution: metric.resolution,
            name_start,
            name_end: self.names.len() as u32,
        }
    }
}

struct Parsed<'a> {
    namespace: &'a str,
    /// Keys in ascending order, each once; no set twice.
    sets: BTreeSet<Vec<&'a str>>,
    metrics: Vec<ParsedMetric<'a>>,
}

#[derive(PartialEq)]
struct ParsedMetric<'a> {
    name: &'a str,
    unit: Unit,
    resolution: Resolution,
}

fn parse_directive<'a>(directive: &'a Value, rejections: &mut Rejections) -> Option<Parsed<'a>> {
    let shape = match directive_shape(directive) {
        Ok(shape) => shape,
        Err(refusal) => {
            rejections.add(refusal);
            return None;
        }
    };
    let mut refuse = |refusal: Refusal| rejections.add(refusal);
    let mut sets: BTreeSet<_> = shape.sets.iter().filter_map(|set| parse_set(set).map_err(&mut refuse).ok()).collect();
    if shape.sets.is_empty() {
        sets.insert(Vec::new());
    }
    if sets.is_empty() {
        return None;
    }
    let mut metrics = Vec::with_capacity(shape.metrics.len());
    for metric in shape.metrics.iter().filter_map(|metric| parse_metric(metric).map_err(&mut refuse).ok()) {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    (!metrics.is_empty()).then_some(Parsed { namespace: shape.namespace, sets, metrics })
}

struct DirectiveShape<'a> {
    namespace: &'a str,
    sets: &'a [Value],
    metrics: &'a [Value],
}

fn directive_shape(directive: &Value) -> Result<DirectiveShape<'_>, Refusal> {
    let Value::Object(directive) = directive else {
        return Err((Cause::Directive, format!("directive {} is no object", json(directive))));
    };
    let namespace = parse_namespace(directive.get("Namespace"))?;
    let metrics = match directive.get("Metrics") {
        Some(Value::Array(metrics)) => metrics,
        Some(other) => return Err((Cause::Directive, format!("Metrics {} is no array", json(other)))),
        None => return Err((Cause::Directive, "Metrics is missing".to_owned())),
    };
    if metrics.len() > MAX_METRICS {
        let detail = format!("{} metrics exceed the limit of {MAX_METRICS} in a directive", metrics.len());
        return Err((Cause::TooManyMetrics, detail));
    }
    let sets = match optional(directive.get("Dimensions")) {
        Some(Value::Array(sets)) => sets.as_slice(),
        Some(other) => return Err((Cause::Directive, format!("Dimensions {} is no array", json(other)))),
        None => &[],
    };
    Ok(DirectiveShape { namespace, sets, metrics })
}

fn parse_namespace(namespace: Option<&Value>) -> Result<&str, Refusal> {
    let refuse = |detail| Err((Cause::Namespace, detail));
    let namespace = match namespace {
        Some(Value::String(namespace)) => namespace,
        Some(other) => return refuse(format!("namespace {} is no string", json(other))),
        None => return refuse("Namespace is missing".to_owned()),
    };
    if let Err(fault) = check_namespace(namespace) {
        return refuse(format!("namespace {} {fault}", quoted(namespace)));
    }
    if namespace.starts_with(RESERVED_NAMESPACE) {
        return refuse(format!("namespace {} begins with {RESERVED_NAMESPACE}, which is AWS's own", quoted(namespace)));
    }
    Ok(namespace)
}

fn parse_set(set: &Value) -> Result<Vec<&str>, Refusal> {
    let Value::Array(keys) = set else {
        return Err((Cause::DimensionSet, format!("dimension set {} is no array", json(set))));
    };
    if keys.len() > MAX_DIMENSIONS {
        let detail = format!("{} dimensions exceed the limit of {MAX_DIMENSIONS} in a set", keys.len());
        return Err((Cause::TooManyDimensions, detail));
    }
    let mut names = keys.iter().map(parse_key).collect::<Result<Vec<_>, _>>()?;
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

fn parse_key(key: &Value) -> Result<&str, Refusal> {
    let Value::String(key) = key else {
        return Err((Cause::DimensionSet, format!("dimension key {} is no string", json(key))));
    };
    match check_dimension_name(key) {
        Ok(()) => Ok(key),
        Err(fault) => Err((Cause::DimensionName, format!("dimension name {} {fault}", quoted(key)))),
    }
}

fn parse_metric(definition: &Value) -> Result<ParsedMetric<'_>, Refusal> {
    let name = match definition.get("Name") {
        Some(Value::String(name)) => name,
        _ => {
            let detail = format!("metric definition {} is no object with a string called Name", json(definition));
            return Err((Cause::MetricDefinition, detail));
        }
    };
    if let Err(fault) = check_metric_name(name) {
        return Err((Cause::MetricName, format!("metric name {} {fault}", quoted(name))));
    }
    let unit = match optional(definition.get("Unit")) {
        Some(unit) => unit.as_str().and_then(Unit::parse).ok_or_else(|| {
            (Cause::Unit, format!("unit {} of metric {} is none of CloudWatch's", json(unit), quoted(name)))
        })?,
        None => Unit::default(),
    };
    let resolution = match optional(definition.get("StorageResolution")) {
        Some(seconds) => seconds.as_i64().and_then(Resolution::from_seconds).ok_or_else(|| {
            let detail = format!("storage resolution {} of metric {} is neither 1 nor 60", json(seconds), quoted(name));
            (Cause::StorageResolution, detail)
        })?,
        None => Resolution::default(),
    };
    Ok(ParsedMetric { name, unit, resolution })
}

/// A member that may be left out; `null` is out.
fn optional(member: Option<&Value>) -> Option<&Value> {
    member.filter(|value| !value.is_null())
}

fn json(value: &Value) -> String {
    shortened(&value.to_string())
}
