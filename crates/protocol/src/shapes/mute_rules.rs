//! PutAlarmMuteRule, GetAlarmMuteRule, DeleteAlarmMuteRule and ListAlarmMuteRules.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Tag;
use super::list::{ELEMENTS_MAX, at_most};
use crate::value::Timestamp;

/// The request of PutAlarmMuteRule; the operation has no output.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutAlarmMuteRuleInput {
    /// The rule's name.
    pub name: Option<String>,
    /// What the rule is for.
    pub description: Option<String>,
    /// When it mutes.
    pub rule: Option<Rule>,
    /// What it mutes.
    pub mute_targets: Option<MuteTargets>,
    /// The tags of a rule that is new.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub tags: Option<Vec<Tag>>,
    /// Before this it does not mute.
    pub start_date: Option<Timestamp>,
    /// After this it does not mute.
    pub expire_date: Option<Timestamp>,
}

/// When a rule mutes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule {
    /// The schedule.
    pub schedule: Option<Schedule>,
}

/// When windows begin, and how long they last.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Schedule {
    /// `cron(...)` or `at(...)`.
    pub expression: Option<String>,
    /// How long a window lasts, such as `PT2H`.
    pub duration: Option<String>,
    /// The zone of the expression and the dates; UTC, when absent.
    pub timezone: Option<String>,
}

/// What a rule mutes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MuteTargets {
    /// The names of alarms.
    pub alarm_names: Option<Vec<String>>,
}

/// The request of GetAlarmMuteRule.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAlarmMuteRuleInput {
    /// The rule's name.
    pub alarm_mute_rule_name: Option<String>,
}

/// The response of GetAlarmMuteRule.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAlarmMuteRuleOutput {
    /// The rule's name.
    pub name: Option<String>,
    /// The rule's ARN.
    pub alarm_mute_rule_arn: Option<String>,
    /// What the rule is for.
    pub description: Option<String>,
    /// When it mutes.
    pub rule: Option<Rule>,
    /// What it mutes.
    pub mute_targets: Option<MuteTargets>,
    /// Before this it does not mute.
    pub start_date: Option<Timestamp>,
    /// After this it does not mute.
    pub expire_date: Option<Timestamp>,
    /// `SCHEDULED`, `ACTIVE` or `EXPIRED`.
    pub status: Option<String>,
    /// When it was last put.
    pub last_updated_timestamp: Option<Timestamp>,
    /// `ONE_TIME` or `RECURRING`.
    pub mute_type: Option<String>,
}

/// The request of DeleteAlarmMuteRule; the operation has no output.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAlarmMuteRuleInput {
    /// The rule's name.
    pub alarm_mute_rule_name: Option<String>,
}

/// The request of ListAlarmMuteRules.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAlarmMuteRulesInput {
    /// Only rules that mute this alarm.
    pub alarm_name: Option<String>,
    /// Only rules in one of these states.
    pub statuses: Option<Vec<String>>,
    /// The most rules on one page.
    pub max_records: Option<i32>,
    /// The token of the previous page.
    pub next_token: Option<String>,
}

/// The response of ListAlarmMuteRules.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAlarmMuteRulesOutput {
    /// The rules.
    pub alarm_mute_rule_summaries: Option<Vec<AlarmMuteRuleSummary>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}

/// A rule in short.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmMuteRuleSummary {
    /// The rule's ARN.
    pub alarm_mute_rule_arn: Option<String>,
    /// After this it does not mute.
    pub expire_date: Option<Timestamp>,
    /// `SCHEDULED`, `ACTIVE` or `EXPIRED`.
    pub status: Option<String>,
    /// `ONE_TIME` or `RECURRING`.
    pub mute_type: Option<String>,
    /// When it was last put.
    pub last_updated_timestamp: Option<Timestamp>,
}
