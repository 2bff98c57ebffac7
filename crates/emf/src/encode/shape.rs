//! What stays the same from document to document.

use std::collections::BTreeSet;

use nepho_model::{
    MAX_DIMENSIONS, NameFault, Resolution, Unit, check_dimension_name, check_metric_name, check_namespace,
};

use crate::template::{MAX_METRICS, MAX_SAMPLES, RESERVED_NAMESPACE};

/// What documents of one kind have in common: names, units, dimension sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape<'a> {
    /// The namespace of the metrics.
    pub namespace: &'a str,
    /// The names of dimensions, one list for each set, at most 30 in one; an empty list is the metric without
    /// dimensions, and so is no list at all.
    pub dimension_sets: &'a [&'a [&'a str]],
    /// At most [`MAX_METRICS`] metrics, in the order in which their values come.
    pub metrics: &'a [MetricDefinition<'a>],
    /// The names of the other root members in the order in which their values come: the dimensions of all sets, and
    /// properties.
    pub members: &'a [&'a str],
    /// The log group that the CloudWatch agent is to write to.
    pub log_group: Option<&'a str>,
    /// The log stream that the CloudWatch agent is to write to.
    pub log_stream: Option<&'a str>,
}

/// A metric, but for its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricDefinition<'a> {
    /// Its name.
    pub name: &'a str,
    /// The unit of its values.
    pub unit: Unit,
    /// How finely their time is to be kept.
    pub resolution: Resolution,
}

/// Why documents of a shape could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A bad namespace.
    #[error("namespace {namespace:?} {fault}")]
    Namespace {
        /// The namespace as it was given.
        namespace: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A namespace that begins with `AWS/`.
    #[error("namespace {0:?} begins with {RESERVED_NAMESPACE}, which is AWS's own")]
    ReservedNamespace(String),
    /// A bad metric name.
    #[error("metric name {name:?} {fault}")]
    MetricName {
        /// The name as it was given.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A bad dimension name.
    #[error("dimension name {name:?} {fault}")]
    DimensionName {
        /// The name as it was given.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// More than [`MAX_METRICS`].
    #[error("{0} metrics exceed the limit of {MAX_METRICS} in a document")]
    TooManyMetrics(usize),
    /// A set with more than [`MAX_DIMENSIONS`].
    #[error("{0} dimensions exceed the limit of {MAX_DIMENSIONS} in a set")]
    TooManyDimensions(usize),
    /// More than [`MAX_SAMPLES`]: the metrics, once for each set.
    #[error("{0} samples exceed the limit of {MAX_SAMPLES} in a document")]
    TooManySamples(usize),
    /// Two root members of one name. Metrics, dimensions, properties and `_aws` share the root.
    #[error("two members of a document cannot both be called {0:?}")]
    RepeatedMember(String),
    /// The same dimension twice in a set.
    #[error("dimension {0:?} is given twice in a set")]
    RepeatedDimension(String),
    /// The same set twice: every metric would count double.
    #[error("the dimension set {0:?} is given twice")]
    RepeatedSet(Vec<String>),
    /// A dimension of a set that is none of [`Shape::members`].
    #[error("dimension {0:?} is no member of the document")]
    MissingDimension(String),
}

impl Shape<'_> {
    /// Checks that a document of this shape is one that can be read, with each member once.
    pub(crate) fn check(&self) -> Result<(), ShapeError> {
        check_namespace(self.namespace)
            .map_err(|fault| ShapeError::Namespace { namespace: self.namespace.to_owned(), fault })?;
        if self.namespace.starts_with(RESERVED_NAMESPACE) {
            return Err(ShapeError::ReservedNamespace(self.namespace.to_owned()));
        }
        if self.metrics.len() > MAX_METRICS {
            return Err(ShapeError::TooManyMetrics(self.metrics.len()));
        }
        let samples = self.metrics.len() * self.dimension_sets.len();
        if samples > MAX_SAMPLES {
            return Err(ShapeError::TooManySamples(samples));
        }
        self.check_members()?;
        self.check_sets()
    }

    fn check_members(&self) -> Result<(), ShapeError> {
        let mut names = BTreeSet::from(["_aws"]);
        for metric in self.metrics {
            check_metric_name(metric.name)
                .map_err(|fault| ShapeError::MetricName { name: metric.name.to_owned(), fault })?;
        }
        for name in self.metrics.iter().map(|metric| metric.name).chain(self.members.iter().copied()) {
            if !names.insert(name) {
                return Err(ShapeError::RepeatedMember(name.to_owned()));
            }
        }
        Ok(())
    }

    fn check_sets(&self) -> Result<(), ShapeError> {
        let members: BTreeSet<&str> = self.members.iter().copied().collect();
        let mut sets = BTreeSet::new();
        for set in self.dimension_sets {
            if set.len() > MAX_DIMENSIONS {
                return Err(ShapeError::TooManyDimensions(set.len()));
            }
            let mut names = BTreeSet::new();
            for name in set.iter().copied() {
                check_dimension_name(name)
                    .map_err(|fault| ShapeError::DimensionName { name: name.to_owned(), fault })?;
                if !members.contains(name) {
                    return Err(ShapeError::MissingDimension(name.to_owned()));
                }
                if !names.insert(name) {
                    return Err(ShapeError::RepeatedDimension(name.to_owned()));
                }
            }
            if !sets.insert(names) {
                return Err(ShapeError::RepeatedSet(set.iter().map(|name| (*name).to_owned()).collect()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape<'_> =
        Shape { namespace: "Shop", dimension_sets: &[], metrics: &[], members: &[], log_group: None, log_stream: None };

    const fn metric(name: &str) -> MetricDefinition<'_> {
        MetricDefinition { name, unit: Unit::None, resolution: Resolution::Minute }
    }

    fn told(shape: &Shape<'_>) -> String {
        shape.check().map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn what_is_refused() {
        let long = "n".repeat(256);
        for (shape, expected) in [
            (SHAPE, "fine"),
            (Shape { namespace: "", ..SHAPE }, r#"namespace "" is empty"#),
            (Shape { namespace: "AWS/S3", ..SHAPE }, r#"namespace "AWS/S3" begins with AWS/, which is AWS's own"#),
            (Shape { metrics: &[metric("A\n")], ..SHAPE }, r#"metric name "A\n" contains the control character '\n'"#),
            (
                Shape { metrics: &[metric("A"), metric("A")], ..SHAPE },
                r#"two members of a document cannot both be called "A""#,
            ),
            (
                Shape { metrics: &[metric("A")], members: &["B", "A"], ..SHAPE },
                r#"two members of a document cannot both be called "A""#,
            ),
            (Shape { members: &["B", "B"], ..SHAPE }, r#"two members of a document cannot both be called "B""#),
            (Shape { members: &["_aws"], ..SHAPE }, r#"two members of a document cannot both be called "_aws""#),
            (
                Shape { metrics: &[metric("_aws")], ..SHAPE },
                r#"two members of a document cannot both be called "_aws""#,
            ),
            (Shape { dimension_sets: &[&["B"]], ..SHAPE }, r#"dimension "B" is no member of the document"#),
            (
                Shape { dimension_sets: &[&["A"]], metrics: &[metric("A")], ..SHAPE },
                r#"dimension "A" is no member of the document"#,
            ),
            (Shape { dimension_sets: &[&[":"]], ..SHAPE }, r#"dimension name ":" begins with a colon"#),
            (
                Shape { dimension_sets: &[&["B", "B"]], members: &["B"], ..SHAPE },
                r#"dimension "B" is given twice in a set"#,
            ),
            (
                Shape { dimension_sets: &[&["B", "C"], &["C", "B"]], members: &["B", "C"], ..SHAPE },
                r#"the dimension set ["C", "B"] is given twice"#,
            ),
            (Shape { dimension_sets: &[&["B"], &[]], members: &["B", "C\n\""], ..SHAPE }, "fine"),
            (
                Shape { metrics: &[metric(&long)], ..SHAPE },
                &format!("metric name {long:?} has 256 characters, more than the limit of 255"),
            ),
        ] {
            assert_eq!(told(&shape), expected);
        }
    }

    #[test]
    fn the_limits_and_one_past_them() {
        let names: Vec<String> = (0..=MAX_METRICS).map(|n| format!("N{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let metrics: Vec<_> = names.iter().map(|name| metric(name)).collect();
        assert_eq!(told(&Shape { metrics: &metrics[..MAX_METRICS], ..SHAPE }), "fine");
        let expected = "101 metrics exceed the limit of 100 in a document";
        assert_eq!(told(&Shape { metrics: &metrics, ..SHAPE }), expected);

        let (all, more) = (&names[..MAX_DIMENSIONS], &names[..=MAX_DIMENSIONS]);
        assert_eq!(told(&Shape { dimension_sets: &[all], members: &names, ..SHAPE }), "fine");
        let expected = "31 dimensions exceed the limit of 30 in a set";
        assert_eq!(told(&Shape { dimension_sets: &[more], members: &names, ..SHAPE }), expected);

        let members: Vec<String> = (0..=MAX_SAMPLES / MAX_METRICS).map(|n| format!("D{n}")).collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let sets: Vec<&[&str]> = members.iter().map(std::slice::from_ref).collect();
        let shape = Shape { metrics: &metrics[..MAX_METRICS], members: &members, ..SHAPE };
        assert_eq!(told(&Shape { dimension_sets: &sets[..MAX_SAMPLES / MAX_METRICS], ..shape }), "fine");
        let expected = "10100 samples exceed the limit of 10000 in a document";
        assert_eq!(told(&Shape { dimension_sets: &sets, ..shape }), expected);
    }
}
