//! What a subscription wants to be spared, as JSON: its attribute `NoisePolicy`.

use serde::Deserialize;

use super::deduplication::DeduplicationRule;
use super::flapping::FlappingRule;
use super::grouping::GroupingRule;
use super::reminder::ReminderRule;

/// What a subscription wants to be spared. Without a rule everything comes as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NoisePolicy {
    /// Repeats are folded.
    #[serde(rename = "deduplicationPolicy")]
    pub deduplication: Option<DeduplicationRule>,
    /// Flapping is summed up.
    #[serde(rename = "flappingPolicy")]
    pub flapping: Option<FlappingRule>,
    /// Alarms of one group arrive together.
    #[serde(rename = "groupingPolicy")]
    pub grouping: Option<GroupingRule>,
    /// What stays open is told again.
    #[serde(rename = "reminderPolicy")]
    pub reminder: Option<ReminderRule>,
}

/// Why a text is no noise policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoiseFault {
    /// No JSON, or not of this form.
    #[error("{0}")]
    Form(String),
    /// Nothing in it.
    #[error(
        "it has no rule: expected deduplicationPolicy, flappingPolicy, groupingPolicy or reminderPolicy; to have none, \
         set it to an empty text"
    )]
    Empty,
    /// A number beyond its limits.
    #[error("{member} is {found}, but must be from {least} to {most}")]
    Number {
        /// Which.
        member: &'static str,
        /// What it is.
        found: u64,
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
    },
    /// A list that is too long.
    #[error("{member} has {found} members, more than the limit of {most}")]
    Long {
        /// Which.
        member: &'static str,
        /// How many it has.
        found: usize,
        /// The most it may have.
        most: usize,
    },
}

/// Checks a number against its limits.
pub(super) fn within(member: &'static str, found: u64, least: u64, most: u64) -> Result<(), NoiseFault> {
    match (least..=most).contains(&found) {
        true => Ok(()),
        false => Err(NoiseFault::Number { member, found, least, most }),
    }
}

impl NoisePolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// It is none, or goes beyond a limit.
    pub fn parse(text: &str) -> Result<Self, NoiseFault> {
        let policy: NoisePolicy = serde_json::from_str(text).map_err(|error| NoiseFault::Form(error.to_string()))?;
        if policy == NoisePolicy::default() {
            return Err(NoiseFault::Empty);
        }
        policy.deduplication.map_or(Ok(()), |rule| rule.check())?;
        policy.flapping.map_or(Ok(()), |rule| rule.check())?;
        policy.grouping.as_ref().map_or(Ok(()), GroupingRule::check)?;
        policy.reminder.as_ref().map_or(Ok(()), ReminderRule::check)?;
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is said of a policy; nothing, if it is one.
    fn check(text: &str, expect: &str) {
        let said = NoisePolicy::parse(text).err().map(|fault| fault.to_string()).unwrap_or_default();
        match expect.strip_suffix('*') {
            Some(begin) => assert!(said.starts_with(begin) && !said.is_empty(), "{text}: {said}"),
            None => assert_eq!(said, expect, "{text}"),
        }
    }

    #[test]
    fn policies_have_limits() {
        for seconds in [1, 86_400] {
            check(&format!(r#"{{"deduplicationPolicy": {{"windowSeconds": {seconds}}}}}"#), "");
        }
        for seconds in [0, 86_401] {
            let expected = format!("windowSeconds is {seconds}, but must be from 1 to 86400");
            check(&format!(r#"{{"deduplicationPolicy": {{"windowSeconds": {seconds}}}}}"#), &expected);
        }
        for (changes, seconds, summary) in [(2, 1, 60), (100, 86_400, 86_400)] {
            let rule = format!(r#"{{"changes": {changes}, "windowSeconds": {seconds}, "summarySeconds": {summary}}}"#);
            check(&format!(r#"{{"flappingPolicy": {rule}}}"#), "");
        }
        check(r#"{"flappingPolicy": {"changes": 4, "windowSeconds": 600}}"#, "");
        check(r#"{"flappingPolicy": {"changes": 1, "windowSeconds": 600}}"#, "changes is 1, but must be from 2 to 100");
        check(
            r#"{"flappingPolicy": {"changes": 101, "windowSeconds": 600}}"#,
            "changes is 101, but must be from 2 to 100",
        );
        check(
            r#"{"flappingPolicy": {"changes": 4, "windowSeconds": 600, "summarySeconds": 59}}"#,
            "summarySeconds is 59, but must be from 60 to 86400",
        );
        check(r#"{"groupingPolicy": {"waitSeconds": 30}}"#, "");
        check(r#"{"groupingPolicy": {"waitSeconds": 30, "by": ["Namespace", "Severity", "Dimension:Service"]}}"#, "");
        check(r#"{"groupingPolicy": {"waitSeconds": 0}}"#, "waitSeconds is 0, but must be from 1 to 3600");
        check(r#"{"groupingPolicy": {"waitSeconds": 3601}}"#, "waitSeconds is 3601, but must be from 1 to 3600");
        check(r#"{"groupingPolicy": {"waitSeconds": 1, "by": ["Colour"]}}"#, "\"Colour\" is nothing to group by*");
        let six = r#"["Severity", "Severity", "Severity", "Severity", "Severity", "Severity"]"#;
        let long = format!(r#"{{"groupingPolicy": {{"waitSeconds": 1, "by": {six}}}}}"#);
        check(&long, "by has 6 members, more than the limit of 5");
        check(r#"{"reminderPolicy": {"everyHours": 168, "severities": ["critical", "error"]}}"#, "");
        check(r#"{"reminderPolicy": {"everyHours": 0}}"#, "everyHours is 0, but must be from 1 to 168");
        check(r#"{"reminderPolicy": {"everyHours": 169}}"#, "everyHours is 169, but must be from 1 to 168");
        check(r#"{"reminderPolicy": {"everyHours": 1, "severities": ["huge"]}}"#, "\"huge\" is no severity*");
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        check("{", "EOF while parsing*");
        check("{}", "it has no rule*");
        check(r#"{"colour": 1}"#, "unknown field `colour`*");
        check(r#"{"deduplicationPolicy": {}}"#, "missing field `windowSeconds`*");
        check(r#"{"deduplicationPolicy": {"windowSeconds": -1}}"#, "invalid value: integer `-1`*");
    }

    proptest! {
        #[test]
        fn any_text_is_a_policy_or_not(text in "[\\[\\]{}\":,a-zA-Z0-9 ]{0,60}") {
            drop(NoisePolicy::parse(&text));
        }
    }
}
