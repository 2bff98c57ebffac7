//! The part of CloudWatch Logs that EMF needs: groups and streams by name, and events whose metrics are kept.

pub(super) mod create_log_group;
pub(super) mod create_log_stream;
pub(super) mod describe_log_groups;
pub(super) mod describe_log_streams;
mod group;
mod page;
pub(super) mod put_log_events;
mod stream;

use nepho_protocol::error::{ServiceError, logs};

/// A parameter that is not what it should be.
fn invalid(message: impl Into<String>) -> ServiceError {
    logs::INVALID_PARAMETER.message(message)
}

/// A parameter that has to be there.
fn required<'a>(value: Option<&'a str>, member: &str) -> Result<&'a str, ServiceError> {
    value.ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

/// A parameter that breaks a constraint of the model.
fn constraint(value: &str, member: &str, constraint: &str) -> ServiceError {
    let value: String = value.chars().take(512).collect();
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    ))
}

/// Refuses a parameter that is not served, rather than ignoring it.
fn refuse_given(is_given: bool, parameter: &str) -> Result<(), ServiceError> {
    match is_given {
        true => Err(invalid(format!("The parameter {parameter} is not available here."))),
        false => Ok(()),
    }
}
