//! The page about the rules.

use std::fmt::Write;

use super::rules::RULES;

const HEAD: &str = "\
# Rules for definitions of alarms

`nepho alarm lint FILE...` finds definitions that can never work, or not as they were meant, before an incident does. It reads Terraform, CloudFormation, CDK's output, `describe-alarms` and PutMetricAlarm's own form, and names file, line and column. Rules marked *inventory* compare with what is really published: they ask the server at `--endpoint`, or Amazon with `--endpoint aws`, and are skipped with `--offline`.

The exit code is 1 when there is an error, with `--strict` also when there is a warning. `--ignore RULE` leaves a rule out. `--json` and `--sarif FILE` are for programs. This page is what `nepho alarm lint --rules` prints.

| rule | severity | what it finds |
| --- | --- | --- |
";

/// A page in Markdown that describes every rule.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for rule in RULES {
        let inventory = if rule.needs_inventory { ", inventory" } else { "" };
        let _ = writeln!(page, "| [{0}](#{0}) | {1}{inventory} | {2} |", rule.id, rule.severity, rule.what);
    }
    for rule in RULES {
        let _ = write!(page, "\n## {}\n\n{} {}\n\nFix: {}\n", rule.id, rule.what, rule.why, rule.fix);
    }
    page
}
