//! An EMF document in a function's log.

use serde_json::Value;

/// What a document says.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) namespace: String,
    pub(crate) request_id: String,
    /// Names of the dimensions of all sets.
    pub(crate) dimensions: Vec<String>,
    /// Every value of every metric.
    pub(crate) values: Vec<(String, f64)>,
}

impl Document {
    /// Reads a document with one directive.
    pub(crate) fn parse(line: &str) -> Self {
        let document: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let directives = document["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        assert_eq!(directives.len(), 1, "{line}");
        let directive = &directives[0];
        let sets = directive["Dimensions"].as_array().unwrap();
        let names = sets.iter().flat_map(|set| set.as_array().unwrap());
        let values = directive["Metrics"].as_array().unwrap().iter().flat_map(|metric| {
            let name = metric["Name"].as_str().unwrap();
            values(&document[name]).into_iter().map(|value| (name.to_owned(), value)).collect::<Vec<_>>()
        });
        Document {
            namespace: directive["Namespace"].as_str().unwrap().to_owned(),
            request_id: document["request_id"].as_str().unwrap_or_default().to_owned(),
            dimensions: names.map(|name| name.as_str().unwrap().to_owned()).collect(),
            values: values.collect(),
        }
    }
}

fn values(target: &Value) -> Vec<f64> {
    match target {
        Value::Array(values) => values.iter().map(|value| value.as_f64().unwrap()).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}
