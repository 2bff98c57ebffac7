//! What the environment says about metrics.

use std::collections::BTreeMap;

/// The environment variables that matter here, as they were when they were read.
///
/// | variable | meaning |
/// | --- | --- |
/// | `CLOUDWATCH_METRICS_ENABLED` | `false` switches metrics off, whatever else is set |
/// | `ENVIRONMENT` | in `development` and `test`, metrics are off |
/// | `FORCE_CLOUDWATCH` | `true`: on all the same |
/// | `AWS_LAMBDA_FUNCTION_NAME` | set by Lambda: EMF goes to standard output, and nothing is left for an interval |
/// | `AWS_EMF_AGENT_ENDPOINT` | `tcp://host:port` or `udp://host:port` of an agent |
/// | `AWS_EMF_LOG_GROUP_NAME`, `AWS_EMF_LOG_STREAM_NAME` | where the agent is to put documents |
///
/// `AWS_REGION` and credentials are read by the AWS SDK.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

const NAMES: [&str; 7] = [
    "CLOUDWATCH_METRICS_ENABLED",
    "ENVIRONMENT",
    "FORCE_CLOUDWATCH",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_EMF_AGENT_ENDPOINT",
    "AWS_EMF_LOG_GROUP_NAME",
    "AWS_EMF_LOG_STREAM_NAME",
];

impl Environment {
    /// The process's.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn read() -> Self {
        let set = |name: &str| std::env::var(name).ok().map(|value| (name.to_owned(), value));
        Environment(NAMES.iter().filter_map(|name| set(name)).collect())
    }

    /// With this variable set as well.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// Whether metrics are to leave the process.
    pub(crate) fn is_on(&self) -> bool {
        if self.switch("CLOUDWATCH_METRICS_ENABLED") == Some(false) {
            return false;
        }
        let is_quiet =
            matches!(self.get("ENVIRONMENT").map(str::to_ascii_lowercase).as_deref(), Some("development" | "test"));
        !is_quiet || self.switch("FORCE_CLOUDWATCH") == Some(true)
    }

    pub(crate) fn is_lambda(&self) -> bool {
        self.get("AWS_LAMBDA_FUNCTION_NAME").is_some()
    }

    fn switch(&self, name: &str) -> Option<bool> {
        match self.get(name)?.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_off_in_development_and_test_unless_forced() {
        let cases = [
            ("", true),
            ("ENVIRONMENT=production", true),
            ("ENVIRONMENT=development", false),
            ("ENVIRONMENT=Test", false),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=true", true),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=1", true),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=false", false),
            ("ENVIRONMENT=test CLOUDWATCH_METRICS_ENABLED=true", false),
            ("CLOUDWATCH_METRICS_ENABLED=false", false),
            ("CLOUDWATCH_METRICS_ENABLED=false FORCE_CLOUDWATCH=true", false),
            ("CLOUDWATCH_METRICS_ENABLED=maybe", true),
        ];
        for (variables, expected) in cases {
            let variables = variables.split_whitespace().filter_map(|variable| variable.split_once('='));
            let environment = variables.fold(Environment::default(), |it, (name, value)| it.with(name, value));
            assert_eq!(environment.is_on(), expected, "{environment:?}");
        }
    }
}
