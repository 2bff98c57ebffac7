//! Why a command did not do what it should.

use std::process::ExitCode;

/// A failure, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What was found is not what should be there.
    #[error("{0}")]
    Check(String),
    /// Somebody who is needed cannot be reached.
    #[error("{0}")]
    Unreachable(String),
}

impl Failure {
    /// 1 for a check that failed, 3 for what could not be reached.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Failure::Check(_) => ExitCode::from(1),
            Failure::Unreachable(_) => ExitCode::from(3),
        }
    }

    /// Something that cannot be reached, and why.
    pub(crate) fn unreachable(what: &str) -> impl Fn(std::io::Error) -> Failure {
        move |error| Failure::Unreachable(format!("{what}: {error}"))
    }
}
