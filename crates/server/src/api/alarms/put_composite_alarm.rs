//! PutCompositeAlarm.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;

use super::put_metric_alarm::not_put;
use crate::alarms::Put;
use crate::alarms::crossing::{check_served, composite_alarm, refused};
use crate::api::call::{Call, Reply};
use crate::api::tags;

/// Makes the alarm, or replaces the one of that name, and evaluates it.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: PutCompositeAlarmInput = call.decode(body)?;
    check_served(input.action_configuration.is_some())?;
    let alarm = composite_alarm(&call.scope, &input).map_err(|faults| refused(&faults))?;
    alarm.check_regions().map_err(|faults| refused(&faults))?;
    let tags = tags::of_new(call, &alarm.arn(), input.tags.as_deref())?;
    let put = Put { instance: &call.instance, scope: &call.scope, now: call.now, tags };
    call.instance.alarms.put_composite(put, alarm, input).map_err(|error| not_put(call, error))?;
    call.instance.deadlines_changed();
    Ok(call.encode(&NoOutput))
}
