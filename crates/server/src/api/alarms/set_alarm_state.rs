//! SetAlarmState.

use nepho_engine::alarm::StateRequest;
use nepho_model::AlarmState;
use nepho_protocol::error::constraint::{Constraint, Violations};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::set_alarm_state::SetAlarmStateInput;

use crate::alarms::crossing::wire_code;
use crate::api::call::{Call, Reply};

/// The states, in the order in which AWS lists them.
const STATES: [&str; 3] = ["INSUFFICIENT_DATA", "ALARM", "OK"];

/// Sets the state of an alarm at once.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: SetAlarmStateInput = call.decode(body)?;
    let (name, request) = request(input)?;
    let alarms = &call.instance.alarms;
    let set = alarms.set_state(&call.instance, &call.scope, &name, request, call.now);
    set.map_err(|error| call.store_failed(&error))?.map_err(|_| code::RESOURCE_NOT_FOUND.bare())?;
    call.instance.deadlines_changed();
    Ok(call.encode(&NoOutput))
}

fn request(input: SetAlarmStateInput) -> Result<(String, StateRequest), ServiceError> {
    let mut violations = Violations::default();
    let mut required = |member: &str, value: Option<String>| {
        if value.is_none() {
            violations.add_null(member);
        }
        value.unwrap_or_default()
    };
    let name = required("alarmName", input.alarm_name);
    let value = required("stateValue", input.state_value);
    let reason = required("stateReason", input.state_reason);
    violations.check()?;
    let mut violations = Violations::default();
    let state = AlarmState::parse(&value);
    if state.is_none() {
        violations.add("stateValue", &value, Constraint::OneOf(&STATES));
    }
    violations.check()?;
    let state = state.expect("another value was refused");
    let request = StateRequest::new(state, reason, input.state_reason_data);
    Ok((name, request.map_err(|fault| wire_code(fault.code()).message(fault.to_string()))?))
}
