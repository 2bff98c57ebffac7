//! CreateLogGroup and DescribeLogGroups, of Logs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of CreateLogGroup.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateLogGroupInput {
    /// The group's name.
    pub log_group_name: Option<String>,
    /// The key that encrypts the group.
    pub kms_key_id: Option<String>,
    /// The group's tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
    pub log_group_class: Option<String>,
    /// Whether the group is protected from being deleted.
    pub deletion_protection_enabled: Option<bool>,
}

/// The request of DescribeLogGroups.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeLogGroupsInput {
    /// The accounts to look in.
    pub account_identifiers: Option<Vec<String>>,
    /// Only groups whose name begins so.
    pub log_group_name_prefix: Option<String>,
    /// Only groups whose name contains this.
    pub log_group_name_pattern: Option<String>,
    /// The token of the previous page.
    pub next_token: Option<String>,
    /// The most groups on one page.
    pub limit: Option<i32>,
    /// Whether groups of linked accounts are listed too.
    pub include_linked_accounts: Option<bool>,
    /// Only groups of this class.
    pub log_group_class: Option<String>,
    /// Only these groups.
    pub log_group_identifiers: Option<Vec<String>>,
}

/// The response of DescribeLogGroups.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeLogGroupsOutput {
    /// The groups, by name.
    pub log_groups: Option<Vec<LogGroup>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}

/// A log group.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogGroup {
    /// The name.
    pub log_group_name: Option<String>,
    /// When it was created, in milliseconds since the epoch.
    pub creation_time: Option<i64>,
    /// How long events are kept.
    pub retention_in_days: Option<i32>,
    /// How many metric filters it has.
    pub metric_filter_count: Option<i32>,
    /// The ARN, which ends in `:*`.
    pub arn: Option<String>,
    /// How many bytes are stored.
    pub stored_bytes: Option<i64>,
    /// The key that encrypts the group.
    pub kms_key_id: Option<String>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
    pub log_group_class: Option<String>,
    /// The ARN without `:*`.
    pub log_group_arn: Option<String>,
    /// Whether the group is protected from being deleted.
    pub deletion_protection_enabled: Option<bool>,
}
