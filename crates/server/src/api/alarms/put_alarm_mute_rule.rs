//! PutAlarmMuteRule.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::mute_rules::PutAlarmMuteRuleInput;

use super::put_metric_alarm::not_put;
use crate::alarms::Put;
use crate::alarms::crossing::{mute_rule, refused};
use crate::api::call::{Call, Reply};
use crate::api::tags;

/// Makes the rule, or replaces the one of that name.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: PutAlarmMuteRuleInput = call.decode(body)?;
    let rule = mute_rule(&call.scope, &input).map_err(|faults| refused(&faults))?;
    let tags = tags::of_new(call, &rule.arn(), input.tags.as_deref())?;
    let put = Put { instance: &call.instance, scope: &call.scope, now: call.now, tags };
    call.instance.alarms.put_mute(put, rule, input).map_err(|error| not_put(call, error))?;
    call.instance.deadlines_changed();
    Ok(call.encode(&NoOutput))
}
