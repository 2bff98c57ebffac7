//! Finds definitions of alarms that can never work, or not as they were meant.
//!
//! Each rule is a file in `rules/`, all of one form: what it is, and one function from definitions and
//! inventory to findings. They are described in `docs/alarm-lint.md`, which is [`page`].
//!
//! This is **not** a style guide: a rule is about alarms that stay silent, or shout, whatever happens.
//!
//! ```
//! use std::path::Path;
//!
//! use nepho_cli::alarm_lint::{self, Definitions};
//! use nepho_cli::artefacts::{self, Options};
//!
//! let text = "{AlarmName: cpu, Namespace: AWS/EC2, MetricName: CPUUtilization, Statistic: Average, Period: 60,
//!   EvaluationPeriods: 1, Threshold: 120, ComparisonOperator: GreaterThanThreshold, AlarmActions: ['arn:aws:sns:us-east-1:1:ops']}";
//! let found = artefacts::read_text(Path::new("cpu.yaml"), text.into(), &Options::default())?;
//! let findings = alarm_lint::lint(&Definitions::new(&found, "us-east-1", "1"), None);
//! assert_eq!(findings[0].rule, "threshold-unreachable");
//! assert_eq!(findings[0].place.to_string(), "cpu.yaml:2:36");
//! # Ok::<(), artefacts::ReadError>(())
//! ```

mod definitions;
mod finding;
mod inventory;
mod page;
mod rule;
mod rules;
mod sarif;

use std::collections::HashSet;

pub use definitions::Definitions;
pub use finding::{Finding, Severity};
pub use inventory::{Inventory, LiveTopic, Published};
pub use page::page;
pub use rule::Rule;
pub use rules::RULES;
pub use sarif::sarif;

/// All findings of all rules, each once, in the order of places. Without an inventory, rules that need one find nothing.
pub fn lint(definitions: &Definitions<'_>, inventory: Option<&Inventory>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES
        .iter()
        .filter(|rule| inventory.is_some() || !rule.needs_inventory)
        .flat_map(|rule| (rule.find)(rule, definitions, inventory.unwrap_or(&Inventory::NOTHING)))
        .collect();
    // Several metrics of an alarm may be wrong at one place, as where they share the text of a namespace.
    let mut told = HashSet::new();
    findings.retain(|one| told.insert((one.place.clone(), one.rule, one.alarm.clone(), one.message.clone())));
    findings.sort_by(|one, other| (&one.place, one.rule).cmp(&(&other.place, other.rule)));
    findings
}
