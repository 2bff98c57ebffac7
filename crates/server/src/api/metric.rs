//! The metric that a read names.

use std::fmt::Display;

use nepho_engine::Period;
use nepho_model::{IdentityError, Metric, UNITS, Unit};
use nepho_protocol::shapes::Dimension;

use super::violations::{Violations, set_of};

/// Crosses from what a request says to a metric. `path` is what its parameters are called by: empty, or ending in
/// a dot.
pub(super) fn metric(
    path: &str,
    namespace: Option<&str>,
    name: Option<&str>,
    dimensions: Option<&[Dimension]>,
    violations: &mut Violations,
) -> Option<Metric> {
    if namespace.is_none() {
        violations.missing(format!("{path}Namespace"));
    }
    if name.is_none() {
        violations.missing(format!("{path}MetricName"));
    }
    let mut pairs = Vec::new();
    for (position, dimension) in dimensions.unwrap_or_default().iter().enumerate() {
        let member = format!("{path}Dimensions.member.{}", position + 1);
        match (dimension.name.as_deref(), dimension.value.as_deref()) {
            (Some(name), Some(value)) => pairs.push((name, value)),
            (None, _) => violations.missing(format!("{member}.Name")),
            (_, None) => violations.missing(format!("{member}.Value")),
        }
    }
    let (namespace, name) = (namespace?, name?);
    match Metric::new(namespace, name, &pairs) {
        Ok(metric) => Some(metric),
        Err(error) => {
            identity_fault(path, &pairs, &error, violations);
            None
        }
    }
}

fn identity_fault(path: &str, pairs: &[(&str, &str)], error: &IdentityError, violations: &mut Violations) {
    match error {
        IdentityError::Namespace { namespace, fault } => {
            violations.name(format!("{path}Namespace"), namespace, *fault);
        }
        IdentityError::MetricName { name, fault } => violations.name(format!("{path}MetricName"), name, *fault),
        IdentityError::Dimension(fault) => {
            let position = pairs.iter().position(|(name, value)| is_about(fault, name, value));
            violations.dimension(path, position, fault);
        }
    }
}

/// Whether the fault is that of this dimension.
pub(super) fn is_about(fault: &nepho_model::DimensionFault, name: &str, value: &str) -> bool {
    use nepho_model::DimensionFault::{Name, Repeated, TooMany, Value};
    match fault {
        TooMany(_) => false,
        Repeated(bad) | Name { name: bad, .. } => name == bad,
        Value { name: of, value: bad, .. } => name == of && value == bad,
    }
}

/// The unit of this name.
pub(super) fn unit(path: impl Display, name: Option<&str>, violations: &mut Violations) -> Option<Unit> {
    let unit = Unit::parse(name?);
    if unit.is_none() {
        let units = set_of(UNITS.iter().map(|(_, name)| name));
        violations.invalid(format!("The parameter {path} must be a value in the set {units}."));
    }
    unit
}

/// The period of so many seconds.
pub(super) fn period(path: impl Display, seconds: Option<i32>, violations: &mut Violations) -> Option<Period> {
    let Some(seconds) = seconds else {
        violations.missing(path);
        return None;
    };
    if seconds < 1 {
        violations.invalid(format!("The parameter {path} must be greater than 0."));
        return None;
    }
    let period = Period::from_seconds(i64::from(seconds));
    if period.is_err() {
        violations.invalid(format!("The parameter {path} must be 1, 5, 10, 20, 30 or a multiple of 60."));
    }
    period.ok()
}
