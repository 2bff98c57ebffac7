//! DeleteAlarmMuteRule.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::mute_rules::DeleteAlarmMuteRuleInput;

use super::get_alarm_mute_rule::name_of;
use crate::api::call::{Call, Reply};
use crate::api::tags;

/// Deletes a mute rule, if it is there.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: DeleteAlarmMuteRuleInput = call.decode(body)?;
    let name = name_of(input.alarm_mute_rule_name)?;
    let arn = format!("arn:aws:cloudwatch:{}:{}:alarm-mute-rule:{name}", call.scope.region, call.scope.account);
    let tags = tags::removal(call, &arn);
    let deleted = call.instance.alarms.delete_mute(&call.instance, &call.scope, &name, tags, call.now);
    deleted.map_err(|error| call.store_failed(&error))?;
    call.instance.deadlines_changed();
    Ok(call.encode(&NoOutput))
}
