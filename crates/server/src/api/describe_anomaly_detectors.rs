//! DescribeAnomalyDetectors: which there are, and how far their training is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nepho_model::{NameFault, check_dimension_name, check_metric_name, check_namespace};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::Dimension;
use nepho_protocol::shapes::anomaly_detector::{
    AnomalyDetectorConfiguration, MetricCharacteristics, MetricMathAnomalyDetector, Range, SingleMetricAnomalyDetector,
};
use nepho_protocol::shapes::describe_anomaly_detectors as wire;
use nepho_protocol::value::Timestamp;

use super::call::{Call, Reply};
use super::violations::{Violations, set_of};
use crate::detectors::detector::{DETECTORS, Detector, Of};

/// The most detectors of a page, and how many when nothing is said.
const PAGE_MAX: usize = 100;
/// Records that are read at a time.
const SCAN: usize = 100;
const SINGLE_METRIC: &str = "SINGLE_METRIC";
const METRIC_MATH: &str = "METRIC_MATH";

/// Lists one page, in the order of the records' keys.
pub(super) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::DescribeAnomalyDetectorsInput = call.decode(body)?;
    let wanted = Wanted::new(&input)?;
    let prefix = format!("{}/", call.scope);
    let mut after = match &input.next_token {
        Some(token) => Some(format!("{prefix}{}", read_token(token).ok_or_else(bad_token)?)),
        None => None,
    };
    let (mut detectors, mut next_token) = (Vec::new(), None);
    'page: loop {
        let records = call.instance.records.scan(DETECTORS, &prefix, after.as_deref(), SCAN);
        let records = records.map_err(|error| call.store_failed(&error))?;
        let Some(last) = records.last() else { break };
        let last = last.key.clone();
        for record in records {
            let detector = Detector::from_bytes(&record.value);
            let detector = detector.map_err(|error| call.record_damaged(DETECTORS, &record.key, &error))?;
            if !wanted.is(&detector) {
                continue;
            }
            if detectors.len() == wanted.most {
                next_token = after.as_deref().and_then(|after| after.strip_prefix(&prefix)).map(write_token);
                break 'page;
            }
            detectors.push(to_wire(call, detector));
            after = Some(record.key);
        }
        after = Some(last);
    }
    Ok(call.encode(&wire::DescribeAnomalyDetectorsOutput { anomaly_detectors: Some(detectors), next_token }))
}

/// Which detectors a request asks for.
struct Wanted<'a> {
    namespace: Option<&'a str>,
    metric_name: Option<&'a str>,
    /// All of them, others may be there as well.
    dimensions: Vec<(&'a str, &'a str)>,
    has_single: bool,
    has_math: bool,
    most: usize,
}

impl<'a> Wanted<'a> {
    fn new(input: &'a wire::DescribeAnomalyDetectorsInput) -> Result<Self, ServiceError> {
        let mut violations = Violations::default();
        let types = input.anomaly_detector_types.as_deref().unwrap_or_default();
        for (at, _) in
            types.iter().enumerate().filter(|(_, name)| ![SINGLE_METRIC, METRIC_MATH].contains(&name.as_str()))
        {
            let set = set_of([SINGLE_METRIC, METRIC_MATH]);
            violations.invalid(format!(
                "The parameter AnomalyDetectorTypes.member.{} must be a value in the set {set}.",
                at + 1
            ));
        }
        if types.len() > 2 {
            violations.too_many("AnomalyDetectorTypes", 2);
        }
        let most = match input.max_results {
            None => PAGE_MAX,
            Some(most) => {
                usize::try_from(most).ok().filter(|most| (1..=PAGE_MAX).contains(most)).unwrap_or_else(|| {
                    violations.invalid(format!("The parameter MaxResults must be between 1 and {PAGE_MAX}."));
                    PAGE_MAX
                })
            }
        };
        let mut check = |path: &str, name: Option<&str>, check: fn(&str) -> Result<(), NameFault>| {
            if let Some((name, fault)) = name.and_then(|name| Some((name, check(name).err()?))) {
                violations.name(path, name, fault);
            }
        };
        check("Namespace", input.namespace.as_deref(), check_namespace);
        check("MetricName", input.metric_name.as_deref(), check_metric_name);
        let dimensions = dimensions(input.dimensions.as_deref().unwrap_or_default(), &mut violations);
        let has_math = types.iter().any(|name| name == METRIC_MATH);
        let filters = input.namespace.is_some() || input.metric_name.is_some() || !dimensions.is_empty();
        if has_math && filters {
            violations.add(
                code::INVALID_PARAMETER_COMBINATION,
                "The parameters Namespace, MetricName and Dimensions are those of a metric and cannot be used with the \
                 type METRIC_MATH."
                    .to_owned(),
            );
        }
        violations.check()?;
        Ok(Wanted {
            namespace: input.namespace.as_deref(),
            metric_name: input.metric_name.as_deref(),
            dimensions,
            has_single: types.is_empty() || types.iter().any(|name| name == SINGLE_METRIC),
            has_math,
            most,
        })
    }

    fn is(&self, detector: &Detector) -> bool {
        match &detector.of {
            Of::Math { .. } => self.has_math,
            Of::Metric { namespace, name, dimensions, .. } => {
                let has = |wanted: &(&str, &str)| {
                    dimensions.iter().any(|(name, value)| (name.as_str(), value.as_str()) == *wanted)
                };
                self.has_single
                    && self.namespace.is_none_or(|wanted| wanted == namespace)
                    && self.metric_name.is_none_or(|wanted| wanted == name)
                    && self.dimensions.iter().all(has)
            }
        }
    }
}

fn dimensions<'a>(given: &'a [Dimension], violations: &mut Violations) -> Vec<(&'a str, &'a str)> {
    if given.len() > nepho_model::MAX_DIMENSIONS {
        violations.too_many("Dimensions", nepho_model::MAX_DIMENSIONS);
    }
    let mut pairs = Vec::with_capacity(given.len());
    for (at, dimension) in given.iter().enumerate() {
        let member = format!("Dimensions.member.{}", at + 1);
        match (dimension.name.as_deref(), dimension.value.as_deref()) {
            (Some(name), Some(value)) => {
                if let Err(fault) = check_dimension_name(name) {
                    violations.name(format!("{member}.Name"), name, fault);
                }
                pairs.push((name, value));
            }
            (None, _) => violations.missing(format!("{member}.Name")),
            (_, None) => violations.missing(format!("{member}.Value")),
        }
    }
    pairs
}

fn to_wire(call: &Call, detector: Detector) -> wire::AnomalyDetector {
    let time = |ms: i64| Some(Timestamp::from_ms(ms));
    let range = |(start, end): &(i64, i64)| Range { start_time: time(*start), end_time: time(*end) };
    let shared = wire::AnomalyDetector {
        state_value: Some(detector.state().to_owned()),
        configuration: Some(AnomalyDetectorConfiguration {
            excluded_time_ranges: Some(detector.excluded.iter().map(range).collect()),
            metric_timezone: detector.timezone,
            adaptation_speed: None,
        }),
        metric_characteristics: detector
            .periodic_spikes
            .map(|periodic_spikes| MetricCharacteristics { periodic_spikes: Some(periodic_spikes) }),
        ..wire::AnomalyDetector::default()
    };
    match detector.of {
        Of::Metric { namespace, name, dimensions, stat } => {
            let dimension = |(name, value)| Dimension { name: Some(name), value: Some(value) };
            let single = SingleMetricAnomalyDetector {
                account_id: Some(call.scope.account.clone()),
                namespace: Some(namespace),
                metric_name: Some(name),
                dimensions: Some(dimensions.into_iter().map(dimension).collect()),
                stat: Some(stat),
            };
            wire::AnomalyDetector {
                namespace: single.namespace.clone(),
                metric_name: single.metric_name.clone(),
                dimensions: single.dimensions.clone(),
                stat: single.stat.clone(),
                single_metric_anomaly_detector: Some(single),
                ..shared
            }
        }
        Of::Math { queries } => wire::AnomalyDetector {
            metric_math_anomaly_detector: Some(MetricMathAnomalyDetector { metric_data_queries: Some(queries) }),
            ..shared
        },
    }
}

fn bad_token() -> ServiceError {
    code::INVALID_NEXT_TOKEN.message("Request parameter NextToken is invalid")
}

/// A token that says where a page ended: a key, without the scope.
fn write_token(after: &str) -> String {
    URL_SAFE_NO_PAD.encode(after)
}

fn read_token(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}
