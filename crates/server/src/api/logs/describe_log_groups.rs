//! DescribeLogGroups.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::log_groups::{DescribeLogGroupsInput, DescribeLogGroupsOutput, LogGroup};
use nepho_store::Record;

use super::group::{self, GROUPS, Group};
use super::{invalid, page, refuse_given};
use crate::api::call::{Call, Reply};

/// Groups read at once when they are searched for a pattern.
const SCAN: usize = 1000;

/// Lists groups by name.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: DescribeLogGroupsInput = call.decode(body)?;
    let accounts = input.account_identifiers.unwrap_or_default();
    refuse_given(accounts.iter().any(|account| *account != call.scope.account), "accountIdentifiers")?;
    refuse_given(input.log_group_identifiers.is_some_and(|named| !named.is_empty()), "logGroupIdentifiers")?;
    refuse_given(input.log_group_class.is_some_and(|class| class != "STANDARD"), "logGroupClass")?;
    let limit = page::limit(input.limit)?;
    let (prefix, pattern) = (input.log_group_name_prefix, input.log_group_name_pattern);
    if prefix.is_some() && pattern.is_some() {
        return Err(invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."));
    }
    let mut after = page::after(input.next_token.as_deref())?;
    let prefix = group::key(call, &prefix.unwrap_or_default());
    let own = group::key(call, "");
    let mut found: Vec<Record> = Vec::new();
    loop {
        let records = call.instance.records.scan(GROUPS, &prefix, after.as_deref(), SCAN);
        let records = records.map_err(|error| call.store_failed(&error))?;
        let is_last = records.len() < SCAN;
        after = records.last().map(|record| record.key.clone());
        let matches = |record: &Record| pattern.as_ref().is_none_or(|wanted| record.key[own.len()..].contains(wanted));
        found.extend(records.into_iter().filter(matches));
        if is_last || found.len() > limit {
            break;
        }
    }
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_token = found.last().filter(|_| has_more).map(|record| page::token(&record.key));
    let groups: Result<Vec<_>, _> = found.iter().map(|record| to_wire(call, &own, record)).collect();
    Ok(call.encode(&DescribeLogGroupsOutput { log_groups: Some(groups?), next_token }))
}

fn to_wire(call: &Call, own: &str, record: &Record) -> Result<LogGroup, ServiceError> {
    let group: Group =
        serde_json::from_slice(&record.value).map_err(|error| call.record_damaged(GROUPS, &record.key, &error))?;
    let name = &record.key[own.len()..];
    let arn = group::arn(call, name);
    Ok(LogGroup {
        log_group_name: Some(name.to_owned()),
        creation_time: Some(group.created),
        metric_filter_count: Some(0),
        arn: Some(format!("{arn}:*")),
        stored_bytes: Some(0),
        log_group_class: Some("STANDARD".to_owned()),
        log_group_arn: Some(arn),
        ..LogGroup::default()
    })
}
