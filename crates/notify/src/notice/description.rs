//! What the description of an alarm says, by convention.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How severe an alarm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something to look at.
    Warning,
    /// Something is broken.
    Error,
    /// Somebody has to get up.
    Critical,
}

impl Severity {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Critical => "critical",
        }
    }

    /// The severity of a word, in any case: these, and what else is usual.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().trim_end_matches('.').to_ascii_lowercase().as_str() {
            "critical" | "crit" | "p1" | "sev1" => Some(Severity::Critical),
            "error" | "high" | "major" | "p2" | "sev2" => Some(Severity::Error),
            "warning" | "warn" | "medium" | "minor" | "p3" | "sev3" => Some(Severity::Warning),
            "info" | "information" | "low" | "p4" | "sev4" => Some(Severity::Info),
            _ => None,
        }
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let expected = "expected critical, error, warning or info";
        Severity::parse(&word).ok_or_else(|| de::Error::custom(format!("{word:?} is no severity: {expected}")))
    }
}

/// The description of an alarm in its parts.
///
/// A part `Severity: ...`, `Impact: ...` or `Runbook: ...` is a line of its own, or stands between semicolons; in any
/// case of letters, and in any order. Of one that comes twice the first counts. The rest is text.
///
/// ```
/// use nepho_notify::notice::{Description, Severity};
///
/// let description = Description::parse("Uploads fail.\nSeverity: critical; Impact: customers cannot upload\nRunbook: https://wiki/u");
/// assert_eq!(description.severity, Some(Severity::Critical));
/// assert_eq!(description.impact.as_deref(), Some("customers cannot upload"));
/// assert_eq!(description.runbook.as_deref(), Some("https://wiki/u"));
/// assert_eq!(description.text, "Uploads fail.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// How severe it is.
    pub severity: Option<Severity>,
    /// What it means for whom.
    pub impact: Option<String>,
    /// What to do: an address, or words.
    pub runbook: Option<String>,
    /// What else there is.
    pub text: String,
}

impl Description {
    /// Reads a description. Every text is one.
    pub fn parse(text: &str) -> Self {
        let mut description = Description::default();
        let mut rest = Vec::new();
        for line in text.lines() {
            let others: Vec<_> = line.split(';').filter(|part| !description.take(part)).map(str::trim).collect();
            let others = others.join("; ");
            if !others.is_empty() {
                rest.push(others);
            }
        }
        description.text = rest.join("\n");
        description
    }

    /// The address of the runbook, if it is one.
    pub fn runbook_url(&self) -> Option<&str> {
        self.runbook.as_deref().filter(|runbook| {
            let is_url = runbook.starts_with("https://") || runbook.starts_with("http://");
            is_url && !runbook.chars().any(char::is_whitespace)
        })
    }

    /// Keeps a part, if it is one of the convention.
    fn take(&mut self, part: &str) -> bool {
        let Some((label, value)) = part.split_once(':') else { return false };
        let value = value.trim();
        match label.trim().to_ascii_lowercase().as_str() {
            "severity" => match Severity::parse(value) {
                Some(severity) => {
                    self.severity.get_or_insert(severity);
                    true
                }
                None => false,
            },
            "impact" if !value.is_empty() => {
                self.impact.get_or_insert_with(|| value.to_owned());
                true
            }
            "runbook" if !value.is_empty() => {
                self.runbook.get_or_insert_with(|| value.to_owned());
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Severity, impact, runbook, text; a dash where there is none.
    fn check(text: &str, expect: [&str; 4]) {
        let found = Description::parse(text);
        let or_dash = |value: Option<&str>| value.unwrap_or("-").to_owned();
        let told = [
            or_dash(found.severity.map(Severity::as_str)),
            or_dash(found.impact.as_deref()),
            or_dash(found.runbook.as_deref()),
            found.text,
        ];
        assert_eq!(told, expect.map(str::to_owned), "{text:?}");
    }

    #[test]
    fn descriptions_have_parts() {
        check("", ["-", "-", "-", ""]);
        check("Just text: nothing else; really", ["-", "-", "-", "Just text: nothing else; really"]);
        check("Severity: critical", ["critical", "-", "-", ""]);
        check("SEVERITY : P2.\nrunbook:  see the wiki ", ["error", "-", "see the wiki", ""]);
        check("a; Severity: warn; b", ["warning", "-", "-", "a; b"]);
        check("Severity: huge", ["-", "-", "-", "Severity: huge"]);
        check("Impact:\nnone", ["-", "-", "-", "Impact:\nnone"]);
        check("Impact: one\nImpact: two", ["-", "one", "-", ""]);
        check(
            "High load.\n\nImpact: slow pages\nRunbook: https://wiki/load?a=b",
            ["-", "slow pages", "https://wiki/load?a=b", "High load."],
        );
    }

    #[test]
    fn only_addresses_are_links() {
        for (runbook, is_url) in
            [("https://wiki/x", true), ("http://wiki/x", true), ("see https://wiki/x", false), ("javascript:x", false)]
        {
            let description = Description { runbook: Some(runbook.to_owned()), ..Description::default() };
            assert_eq!(description.runbook_url().is_some(), is_url, "{runbook}");
        }
    }

    proptest! {
        #[test]
        fn every_text_is_a_description(text in "(?s).{0,200}") {
            let description = Description::parse(&text);
            prop_assert!(description.text.len() <= text.len() * 2);
        }
    }
}
