//! ListAlarmMuteRules.

use nepho_engine::mute::MuteStatus;
use nepho_engine::turn::MuteEntry;
use nepho_protocol::error::ServiceError;
use nepho_protocol::error::constraint::{Constraint, Violations};
use nepho_protocol::shapes::mute_rules as wire;

use super::page;
use crate::alarms::describe::time;
use crate::api::call::{Call, Reply};

/// How many rules are on a page when nothing is said.
const PAGE: i32 = 50;

/// Lists mute rules by name.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::ListAlarmMuteRulesInput = call.decode(body)?;
    let statuses = input.statuses.as_deref().unwrap_or_default();
    let mut violations = Violations::default();
    if statuses.iter().any(|status| MuteStatus::parse(status).is_none()) {
        let all = MuteStatus::ALL.map(MuteStatus::as_str);
        violations.add("statuses", format!("[{}]", statuses.join(", ")), Constraint::OneOf(&all));
    }
    violations.check()?;
    let limit = page::limit(input.max_records, PAGE)?;
    let after = page::after(input.next_token.as_deref())?;
    let is_wanted = |entry: &&MuteEntry| {
        let status = entry.rule.status(call.now).as_str();
        input.alarm_name.as_deref().is_none_or(|alarm| entry.rule.targets(alarm))
            && (statuses.is_empty() || statuses.iter().any(|wanted| wanted == status))
            && after.as_deref().is_none_or(|after| entry.rule.name() > after)
    };
    let (rules, next_token) = call.instance.alarms.look(&call.scope, |alarms| {
        let found: Vec<_> = alarms.mutes.values().filter(is_wanted).take(limit + 1).collect();
        let shown = &found[..limit.min(found.len())];
        let next_token = shown.last().filter(|_| found.len() > limit).map(|last| page::token(last.rule.name()));
        (shown.iter().map(|entry| to_wire(call, entry)).collect(), next_token)
    });
    Ok(call.encode(&wire::ListAlarmMuteRulesOutput { alarm_mute_rule_summaries: Some(rules), next_token }))
}

fn to_wire(call: &Call, entry: &MuteEntry) -> wire::AlarmMuteRuleSummary {
    wire::AlarmMuteRuleSummary {
        alarm_mute_rule_arn: Some(entry.rule.arn()),
        expire_date: entry.rule.expire_date().map(time),
        status: Some(entry.rule.status(call.now).as_str().to_owned()),
        mute_type: Some(entry.rule.mute_type().as_str().to_owned()),
        last_updated_timestamp: Some(time(entry.updated)),
    }
}
