//! What the process says beside its output, line by line on standard error.

use tracing_subscriber::EnvFilter;

use crate::exit::Failure;

/// What is said when nobody says otherwise.
const DEFAULT: &str = "info";

/// Begins to log what passes a filter such as `warn`, or `info,nepho_server=debug`.
pub(crate) fn start(filter: Option<&str>) -> Result<(), Failure> {
    let text = filter.unwrap_or(DEFAULT);
    let filter = EnvFilter::try_new(text).map_err(|error| Failure::usage(format!("log filter {text:?}: {error}")))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}
