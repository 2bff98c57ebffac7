//! What the environment says about metrics.

use std::collections::BTreeMap;

use crate::warnings::{Notice, Warnings};

/// The environment variables that matter here, as they were when they were read.
///
/// | variable | meaning |
/// | --- | --- |
/// | `CLOUDWATCH_METRICS_ENABLED` | `false`, `0`, `no` or `off`: metrics are off, whatever else is set; `true`, `1`, `yes` or `on` says what holds anyway, and anything else is warned about |
/// | `ENVIRONMENT` | in `development` and `test`, metrics are off |
/// | `FORCE_CLOUDWATCH` | anything but `false`, `0`, `no`, `off` and nothing: on all the same |
/// | `AWS_LAMBDA_FUNCTION_NAME` | set by Lambda: EMF goes to standard output, and nothing is left for an interval |
/// | `AWS_EMF_AGENT_ENDPOINT` | `tcp://host:port` or `udp://host:port` of an agent |
/// | `AWS_EMF_LOG_GROUP_NAME`, `AWS_EMF_LOG_STREAM_NAME` | where the agent is to put documents |
///
/// `AWS_REGION` and credentials are read by the AWS SDK.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// Switches metrics off.
const ENABLED: &str = "CLOUDWATCH_METRICS_ENABLED";
/// How many characters of a value that is not understood are shown.
const SHOWN_MAX: usize = 100;

const NAMES: [&str; 7] = [
    ENABLED,
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
        if self.switch(ENABLED) == Some(false) {
            return false;
        }
        let is_quiet =
            matches!(self.get("ENVIRONMENT").map(str::to_ascii_lowercase).as_deref(), Some("development" | "test"));
        !is_quiet || self.get("FORCE_CLOUDWATCH").is_some_and(|value| truth(value) != Some(false))
    }

    /// Warns of what is set and not understood.
    pub(crate) fn check(&self, warnings: &Warnings) {
        if let Some(value) = self.get(ENABLED)
            && truth(value).is_none()
        {
            let shown: String = value.chars().take(SHOWN_MAX).collect();
            let detail = format_args!("{shown:?} has no effect: false, 0, no, off, true, 1, yes and on are understood");
            warnings.notice(Notice::Setting, ENABLED, detail);
        }
    }

    pub(crate) fn is_lambda(&self) -> bool {
        self.get("AWS_LAMBDA_FUNCTION_NAME").is_some()
    }

    fn switch(&self, name: &str) -> Option<bool> {
        truth(self.get(name)?)
    }
}

/// What a word says, if it is one of those for yes and no.
fn truth(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warnings::tests::Log;

    #[test]
    fn metrics_are_off_in_development_and_test_unless_forced() {
        let cases = [
            ("", true),
            ("ENVIRONMENT=production", true),
            ("ENVIRONMENT=development", false),
            ("ENVIRONMENT=Test", false),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=true", true),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=1", true),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=yes", true),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=please", true),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=false", false),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=False", false),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=0", false),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=no", false),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=off", false),
            ("ENVIRONMENT=test FORCE_CLOUDWATCH=", false),
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

    #[test]
    fn a_switch_that_is_not_understood_is_said_once() {
        let long = "x".repeat(SHOWN_MAX + 1);
        let cases = [
            ("", None),
            ("true", None),
            ("ON", None),
            ("0", None),
            ("maybe", Some("maybe")),
            (&long, Some(&long[..SHOWN_MAX])),
        ];
        for (value, told) in cases {
            let log = Log::default();
            let warnings = Warnings::default();
            tracing::subscriber::with_default(log.clone(), || {
                let environment = Environment::default().with(ENABLED, value);
                (0..2).for_each(|_| environment.check(&warnings));
            });
            let expected = told.map(|told| {
                format!(
                    "WARN message=CLOUDWATCH_METRICS_ENABLED: {told:?} has no effect: false, 0, no, off, true, 1, yes \
                     and on are understood cause=\"setting\""
                )
            });
            assert_eq!(log.lines(), Vec::from_iter(expected));
        }
    }
}
