//! Settings of a function: environment variables, read once at its start.

use std::time::Duration;

/// A setting that is missing, or not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {fault}")]
pub struct SettingError {
    name: &'static str,
    fault: String,
}

/// A text that has to be there.
///
/// # Errors
/// When it is not.
#[expect(clippy::disallowed_methods, reason = "a function's settings are its environment")]
pub fn text(name: &'static str) -> Result<String, SettingError> {
    std::env::var(name).map_err(|error| SettingError { name, fault: error.to_string() })
}

/// A time in seconds, which may have a fraction.
///
/// # Errors
/// When it is there and no time.
pub fn seconds(name: &'static str, default: Duration) -> Result<Duration, SettingError> {
    let Ok(text) = text(name) else { return Ok(default) };
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| SettingError { name, fault: format!("{text:?} is no number of seconds") })
}
