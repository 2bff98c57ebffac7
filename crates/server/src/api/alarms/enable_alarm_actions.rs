//! EnableAlarmActions and DisableAlarmActions.

use nepho_protocol::error::ServiceError;
use nepho_protocol::error::constraint::{Constraint, Violations};
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::named_alarms::EnableAlarmActionsInput;

use crate::api::call::{Call, Reply};

/// The most alarms of one call.
const NAMES_MAX: usize = 100;

/// Lets alarms act. What was missed is not made up for.
pub(in crate::api) fn enable(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    set(call, body, true)
}

/// Keeps alarms from acting.
pub(in crate::api) fn disable(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    set(call, body, false)
}

fn set(call: &Call, body: &[u8], is_enabled: bool) -> Result<Reply, ServiceError> {
    let input: EnableAlarmActionsInput = call.decode(body)?;
    let mut violations = Violations::default();
    let names = input.alarm_names.unwrap_or_else(|| {
        violations.add_null("alarmNames");
        Vec::new()
    });
    if names.len() > NAMES_MAX {
        violations.add("alarmNames", format!("[{}]", names.join(", ")), Constraint::LengthMax(NAMES_MAX));
    }
    violations.check()?;
    let alarms = &call.instance.alarms;
    let set = alarms.enable_actions(&call.instance, &call.scope, &names, is_enabled, call.now);
    set.map_err(|error| call.store_failed(&error))?;
    Ok(call.encode(&NoOutput))
}
