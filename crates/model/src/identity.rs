//! What makes a metric that metric: namespace, name and the set of dimensions.

use crate::dimension::{self, DimensionFault, MAX_DIMENSIONS};

/// The longest namespace, in characters.
pub const MAX_NAMESPACE: usize = 255;
/// The longest metric name, in characters.
pub const MAX_METRIC_NAME: usize = 255;

/// Separates the parts of a key; no part may contain it.
const SEPARATOR: char = '\0';

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// No characters at all.
    #[error("is empty")]
    Empty,
    /// White space only.
    #[error("is blank")]
    Blank,
    /// Too many characters.
    #[error("has {length} characters, more than the limit of {limit}")]
    TooLong {
        /// Its length.
        length: usize,
        /// The most it may have.
        limit: usize,
    },
    /// A control character.
    #[error("contains the control character {0:?}")]
    Control(char),
    /// A character outside ASCII, where only ASCII is legal.
    #[error("contains {0:?}, which is not ASCII")]
    NotAscii(char),
    /// It begins with `:`.
    #[error("begins with a colon")]
    LeadingColon,
}

/// Why something is no metric.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A bad namespace.
    #[error("namespace {namespace:?} {fault}")]
    Namespace {
        /// The namespace as it was given.
        namespace: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A bad metric name.
    #[error("metric name {name:?} {fault}")]
    MetricName {
        /// The name as it was given.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A bad dimension.
    #[error(transparent)]
    Dimension(#[from] DimensionFault),
}

/// Checks a namespace: 1 to [`MAX_NAMESPACE`] characters, no control character, no colon in front.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_namespace(namespace: &str) -> Result<(), NameFault> {
    if namespace.starts_with(':') {
        return Err(NameFault::LeadingColon);
    }
    check_name(namespace, MAX_NAMESPACE)
}

/// Checks a metric name: 1 to [`MAX_METRIC_NAME`] characters, none of them a control character.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_metric_name(name: &str) -> Result<(), NameFault> {
    check_name(name, MAX_METRIC_NAME)
}

fn check_name(text: &str, limit: usize) -> Result<(), NameFault> {
    if text.is_empty() {
        return Err(NameFault::Empty);
    }
    if text.len() > limit {
        let length = text.chars().count();
        if length > limit {
            return Err(NameFault::TooLong { length, limit });
        }
    }
    match text.chars().find(|c| c.is_control()) {
        Some(found) => Err(NameFault::Control(found)),
        None => Ok(()),
    }
}

/// A metric's identity as one borrowed text: its parts in a fixed order, dimensions sorted by name.
///
/// Two keys are equal exactly when the metrics are the same. Made by [`MetricKey::write`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricKey<'a>(&'a str);

impl<'a> MetricKey<'a> {
    /// Appends the key of a metric to `out` after checking every part. Sorts `dimensions`.
    ///
    /// # Errors
    /// The first part that is no legal name; `out` is then as it was.
    pub fn write(
        out: &mut String,
        namespace: &str,
        name: &str,
        dimensions: &mut [(&str, &str)],
    ) -> Result<(), IdentityError> {
        check_namespace(namespace)
            .map_err(|fault| IdentityError::Namespace { namespace: namespace.to_owned(), fault })?;
        check_metric_name(name).map_err(|fault| IdentityError::MetricName { name: name.to_owned(), fault })?;
        if dimensions.len() > MAX_DIMENSIONS {
            return Err(DimensionFault::TooMany(dimensions.len()).into());
        }
        for (dimension, value) in dimensions.iter() {
            dimension::check(dimension, value)?;
        }
        dimensions.sort_unstable();
        if let Some(pair) = dimensions.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(DimensionFault::Repeated(pair[0].0.to_owned()).into());
        }
        out.push_str(namespace);
        out.push(SEPARATOR);
        out.push_str(name);
        for (dimension, value) in dimensions.iter() {
            push_dimension(out, dimension, value);
        }
        Ok(())
    }

    /// Appends one dimension to `out` after checking it: a key without dimensions becomes the key of the
    /// metric with this one. Several come in ascending order of their names, each name once.
    ///
    /// For callers that write many keys with the same dimensions: these may be collected in a text of
    /// their own, which is the end of every such key (see [`Batch::joined_key`](crate::Batch::joined_key)).
    ///
    /// # Errors
    /// What is wrong with the dimension; `out` is then as it was.
    pub fn write_dimension(out: &mut String, name: &str, value: &str) -> Result<(), DimensionFault> {
        dimension::check(name, value)?;
        push_dimension(out, name, value);
        Ok(())
    }

    /// The key that [`MetricKey::write`] wrote as `text`.
    pub fn from_written(text: &'a str) -> Self {
        MetricKey(text)
    }

    /// The text itself: what to hash, store and compare.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The namespace.
    pub fn namespace(self) -> &'a str {
        self.0.split(SEPARATOR).next().unwrap_or_default()
    }

    /// The metric name.
    pub fn name(self) -> &'a str {
        self.0.split(SEPARATOR).nth(1).unwrap_or_default()
    }

    /// The dimensions, sorted by name.
    pub fn dimensions(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut parts = self.0.split(SEPARATOR).skip(2);
        std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
    }

    /// The namespace, the metric name, then name and value of each dimension in turn.
    pub fn parts(self) -> impl Iterator<Item = &'a str> {
        self.0.split(SEPARATOR)
    }

    /// An owned copy.
    pub fn to_metric(self) -> Metric {
        Metric(self.0.into())
    }
}

fn push_dimension(out: &mut String, name: &str, value: &str) {
    out.push(SEPARATOR);
    out.push_str(name);
    out.push(SEPARATOR);
    out.push_str(value);
}

/// An owned [`MetricKey`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Metric(Box<str>);

impl Metric {
    /// The metric with this identity.
    ///
    /// # Errors
    /// The first part that is no legal name.
    pub fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Result<Self, IdentityError> {
        let mut text = String::new();
        MetricKey::write(&mut text, namespace, name, &mut dimensions.to_vec())?;
        Ok(Metric(text.into()))
    }

    /// Its key.
    pub fn key(&self) -> MetricKey<'_> {
        MetricKey(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_dimensions_does_not_matter() {
        let one = Metric::new("Shop", "Orders", &[("b", "2"), ("a", "1")]).unwrap();
        let other = Metric::new("Shop", "Orders", &[("a", "1"), ("b", "2")]).unwrap();
        assert_eq!(one, other);
        assert_eq!(one.key().namespace(), "Shop");
        assert_eq!(one.key().name(), "Orders");
        assert_eq!(one.key().dimensions().collect::<Vec<_>>(), [("a", "1"), ("b", "2")]);
        assert_ne!(one, Metric::new("Shop", "Orders", &[("a", "1")]).unwrap());
    }

    #[test]
    fn a_key_can_be_written_dimension_by_dimension() {
        let mut text = Metric::new("Shop", "Orders", &[]).unwrap().key().as_str().to_owned();
        MetricKey::write_dimension(&mut text, "a", "1").unwrap();
        MetricKey::write_dimension(&mut text, "b", "2").unwrap();
        assert!(MetricKey::write_dimension(&mut text, "c", "").is_err());
        assert_eq!(
            MetricKey::from_written(&text),
            Metric::new("Shop", "Orders", &[("b", "2"), ("a", "1")]).unwrap().key()
        );
    }

    #[test]
    fn what_is_refused_is_named() {
        let long = "x".repeat(256);
        let value = "v".repeat(1025);
        let many: Vec<_> = (0..31).map(|n| format!("d{n}")).collect();
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), "v")).collect();
        type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);
        let cases: &[Case<'_>] = &[
            ("", "n", &[], "namespace \"\" is empty"),
            (":a", "n", &[], "namespace \":a\" begins with a colon"),
            ("a\0b", "n", &[], "namespace \"a\\0b\" contains the control character '\\0'"),
            (&long, "n", &[], "has 256 characters, more than the limit of 255"),
            ("a", "", &[], "metric name \"\" is empty"),
            ("a", &long, &[], "has 256 characters, more than the limit of 255"),
            ("a", "n", &[(":d", "v")], "dimension name \":d\" begins with a colon"),
            ("a", "n", &[("d", "")], "value \"\" of dimension \"d\" is empty"),
            ("a", "n", &[("d", "  ")], "value \"  \" of dimension \"d\" is blank"),
            ("a", "n", &[("d", "é")], "contains 'é', which is not ASCII"),
            ("a", "n", &[("d", "a\tb")], "contains the control character '\\t'"),
            ("a", "n", &[("d", &value)], "has 1025 characters, more than the limit of 1024"),
            ("a", "n", &[("d", "1"), ("d", "2")], "dimension name \"d\" is given twice"),
            ("a", "n", &many, "31 dimensions exceed the limit of 30"),
        ];
        for (namespace, name, dimensions, expected) in cases {
            let error = Metric::new(namespace, name, dimensions).unwrap_err().to_string();
            assert!(error.ends_with(expected), "{error:?} does not end with {expected:?}");
        }
        assert!(Metric::new(&long[1..], &long[1..], &many[1..]).is_ok());
    }
}
