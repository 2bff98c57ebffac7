//! DeleteAlarms.

use nepho_engine::composite::alarm_arn;
use nepho_protocol::error::ServiceError;
use nepho_protocol::error::constraint::Violations;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::named_alarms::DeleteAlarmsInput;

use super::put_metric_alarm::not_put;
use crate::api::call::{Call, Reply};
use crate::api::tags;

/// Deletes all alarms that are named, or none.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: DeleteAlarmsInput = call.decode(body)?;
    let Some(names) = input.alarm_names else {
        let mut violations = Violations::default();
        violations.add_null("alarmNames");
        return Err(violations.check().expect_err("a violation was added"));
    };
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let tags = |name: &str| tags::removal(call, &alarm_arn(&call.scope, name));
    let deleted = call.instance.alarms.delete(&call.instance, &call.scope, &names, &tags, call.now);
    deleted.map_err(|error| not_put(call, error))?;
    call.instance.deadlines_changed();
    Ok(call.encode(&NoOutput))
}
