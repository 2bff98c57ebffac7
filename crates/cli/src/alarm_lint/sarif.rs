//! Findings as SARIF 2.1.0, which code hosts show beside the lines.

use serde_json::{Value, json};

use super::finding::Finding;
use super::rules::RULES;

/// One run with all findings.
pub fn sarif(findings: &[Finding]) -> String {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": {"text": rule.what},
                "fullDescription": {"text": rule.why},
                "help": {"text": rule.fix},
                "defaultConfiguration": {"level": rule.severity.to_string()},
            })
        })
        .collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "nepho alarm lint", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn result(finding: &Finding) -> Value {
    json!({
        "ruleId": finding.rule,
        "level": finding.severity.to_string(),
        "message": {"text": format!("{}: {}. {}", finding.alarm, finding.message, finding.fix)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": finding.place.file.to_string_lossy()},
                "region": {"startLine": finding.place.line, "startColumn": finding.place.column},
            },
        }],
    })
}
