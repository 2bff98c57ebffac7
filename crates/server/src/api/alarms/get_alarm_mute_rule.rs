//! GetAlarmMuteRule.

use nepho_engine::turn::MuteEntry;
use nepho_protocol::error::constraint::Violations;
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::mute_rules as wire;

use crate::alarms::describe::time;
use crate::api::call::{Call, Reply};

/// Shows a mute rule.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::GetAlarmMuteRuleInput = call.decode(body)?;
    let name = name_of(input.alarm_mute_rule_name)?;
    let rule =
        call.instance.alarms.look(&call.scope, |alarms| alarms.mutes.get(&name).map(|entry| to_wire(call, entry)));
    let unknown = || code::RESOURCE_NOT_FOUND_EXCEPTION.message(format!("Alarm mute rule {name} does not exist."));
    Ok(call.encode(&rule.ok_or_else(unknown)?))
}

/// The name of the rule that is meant.
pub(super) fn name_of(name: Option<String>) -> Result<String, ServiceError> {
    name.ok_or_else(|| {
        let mut violations = Violations::default();
        violations.add_null("alarmMuteRuleName");
        violations.check().expect_err("a violation was added")
    })
}

fn to_wire(call: &Call, entry: &MuteEntry) -> wire::GetAlarmMuteRuleOutput {
    let rule = &entry.rule;
    let schedule = wire::Schedule {
        expression: Some(rule.expression().to_owned()),
        duration: Some(rule.duration().to_owned()),
        timezone: rule.timezone().map(str::to_owned),
    };
    wire::GetAlarmMuteRuleOutput {
        name: Some(rule.name().to_owned()),
        alarm_mute_rule_arn: Some(rule.arn()),
        description: rule.description().map(str::to_owned),
        rule: Some(wire::Rule { schedule: Some(schedule) }),
        mute_targets: Some(wire::MuteTargets { alarm_names: Some(rule.alarm_names().to_vec()) }),
        start_date: rule.start_date().map(time),
        expire_date: rule.expire_date().map(time),
        status: Some(rule.status(call.now).as_str().to_owned()),
        last_updated_timestamp: Some(time(entry.updated)),
        mute_type: Some(rule.mute_type().as_str().to_owned()),
    }
}
