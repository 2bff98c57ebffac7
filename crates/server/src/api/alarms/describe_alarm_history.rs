//! DescribeAlarmHistory.

use nepho_engine::alarm::text::HistoryItemType;
use nepho_engine::turn::AlarmType;
use nepho_model::Timestamp;
use nepho_protocol::error::ServiceError;
use nepho_protocol::error::constraint::{Constraint, Violations};
use nepho_protocol::shapes::describe_alarm_history as wire;

use super::page;
use crate::alarms::describe::time;
use crate::alarms::history::{Histories, Stored, Wanted};
use crate::api::call::{Call, Reply};

/// How many items are on a page when nothing is said.
const PAGE: i32 = 100;
/// The directions, in the order in which AWS lists them.
const SCAN_BY: [&str; 2] = ["TimestampDescending", "TimestampAscending"];
const ALARM_TYPES: [&str; 3] = [AlarmType::Composite.as_str(), "LogAlarm", AlarmType::Metric.as_str()];

/// What happened to alarms, also to those that are deleted; metric alarms unless others are asked for.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::DescribeAlarmHistoryInput = call.decode(body)?;
    check(&input)?;
    let limit = page::limit(input.max_records, PAGE)?;
    let after = page::after(input.next_token.as_deref())?;
    let only_metric = [AlarmType::Metric.as_str().to_owned()];
    let types = input.alarm_types.as_deref().filter(|types| !types.is_empty());
    // A name says already which kind of alarm is meant.
    let otherwise: &[String] = if input.alarm_name.is_some() { &[] } else { &only_metric };
    let wanted = Wanted {
        alarm: input.alarm_name.as_deref(),
        contributor: input.alarm_contributor_id.as_deref(),
        alarm_types: types.unwrap_or(otherwise),
        item_type: input.history_item_type.as_deref().and_then(HistoryItemType::parse),
        start: input.start_date.map(|date| Timestamp::from_millis(date.ms())),
        end: input.end_date.map(|date| Timestamp::from_millis(date.ms())),
        is_ascending: input.scan_by.as_deref() == Some(SCAN_BY[1]),
    };
    let found = Histories::find(&*call.instance.records, &call.scope, &wanted, after.as_deref(), limit);
    let found = found.map_err(|error| call.store_failed(&error))?;
    Ok(call.encode(&wire::DescribeAlarmHistoryOutput {
        alarm_history_items: Some(found.items.into_iter().map(to_wire).collect()),
        next_token: found.next.as_deref().map(page::token),
    }))
}

fn check(input: &wire::DescribeAlarmHistoryInput) -> Result<(), ServiceError> {
    let mut violations = Violations::default();
    let types = HistoryItemType::ALL.map(HistoryItemType::as_str);
    if let Some(name) = input.history_item_type.as_deref().filter(|name| !types.contains(name)) {
        violations.add("historyItemType", name, Constraint::OneOf(&types));
    }
    if let Some(name) = input.scan_by.as_deref().filter(|name| !SCAN_BY.contains(name)) {
        violations.add("scanBy", name, Constraint::OneOf(&SCAN_BY));
    }
    let alarm_types = input.alarm_types.as_deref().unwrap_or_default();
    if alarm_types.iter().any(|name| !ALARM_TYPES.contains(&name.as_str())) {
        violations.add("alarmTypes", format!("[{}]", alarm_types.join(", ")), Constraint::OneOf(&ALARM_TYPES));
    }
    violations.check()
}

fn to_wire(item: Stored) -> wire::AlarmHistoryItem {
    let (contributor, attributes) = item.contributor.unzip();
    wire::AlarmHistoryItem {
        alarm_name: Some(item.alarm),
        alarm_contributor_id: contributor,
        alarm_type: Some(item.alarm_type),
        timestamp: Some(time(Timestamp::from_millis(item.at_ms))),
        history_item_type: Some(item.item_type),
        history_summary: Some(item.summary),
        history_data: Some(item.data),
        alarm_contributor_attributes: attributes.map(|attributes| attributes.into_iter().collect()),
    }
}
