//! A metric as a command names it, and as the API has it.

use aws_sdk_cloudwatch::types;
use nepho_model::{check_metric_name, check_namespace};

use crate::dimension::{self, Dimension};
use crate::shell;

/// A namespace, a name and the dimensions, sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Metric {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: Vec<Dimension>,
}

impl Metric {
    pub(crate) fn new(namespace: &str, name: &str, dimensions: &[Dimension]) -> Self {
        let mut dimensions = dimensions.to_vec();
        dimensions.sort();
        Metric { namespace: namespace.to_owned(), name: name.to_owned(), dimensions }
    }

    /// As the API has it.
    pub(crate) fn to_wire(&self) -> types::Metric {
        types::Metric::builder()
            .namespace(&self.namespace)
            .metric_name(&self.name)
            .set_dimensions(Some(to_wire(&self.dimensions)))
            .build()
    }

    /// From what the API gives. What it leaves out is empty.
    pub(crate) fn from_wire(metric: &types::Metric) -> Self {
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let dimension = |found: &types::Dimension| Dimension { name: text(found.name()), value: text(found.value()) };
        let dimensions: Vec<_> = metric.dimensions().iter().map(dimension).collect();
        Metric::new(&text(metric.namespace()), &text(metric.metric_name()), &dimensions)
    }

    /// As words of a command: namespace, name, and a flag for each dimension.
    pub(crate) fn words(&self) -> String {
        let (namespace, name) = (shell::quoted(&self.namespace), shell::quoted(&self.name));
        format!("{namespace} {name}{}", dimension::flags_of(&self.dimensions))
    }
}

impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.namespace, self.name)?;
        match dimension::text_of(&self.dimensions).as_str() {
            "" => Ok(()),
            dimensions => write!(f, " ({dimensions})"),
        }
    }
}

/// Dimensions as the API has them.
pub(crate) fn to_wire(dimensions: &[Dimension]) -> Vec<types::Dimension> {
    let one = |dimension: &Dimension| types::Dimension::builder().name(&dimension.name).value(&dimension.value).build();
    dimensions.iter().map(one).collect()
}

/// Reads a namespace.
pub(crate) fn parse_namespace(text: &str) -> Result<String, String> {
    check_namespace(text)
        .map_err(|fault| format!("a namespace {fault}: expected a name such as Shop or MyTeam/Shop"))?;
    Ok(text.to_owned())
}

/// Reads a metric name.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    check_metric_name(text).map_err(|fault| format!("a metric name {fault}: expected a name such as Orders"))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_and_back() {
        let dimension = |name: &str, value: &str| Dimension { name: name.to_owned(), value: value.to_owned() };
        let metric = Metric::new("Shop", "Queue Depth", &[dimension("b", "2"), dimension("a", "1")]);
        assert_eq!(Metric::from_wire(&metric.to_wire()), metric);
        assert_eq!(metric.to_string(), "Shop Queue Depth (a=1, b=2)");
        assert_eq!(metric.words(), "Shop 'Queue Depth' --dimension a=1 --dimension b=2");
    }
}
