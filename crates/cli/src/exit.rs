//! How a command ends: the exit codes of the command line.

use std::process::ExitCode;

use nepho_cli::artefacts::ReadError;

use crate::print;

/// Why a command did not do what it was asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// It was done with what there was, but that was not everything. Exit code 1.
    #[error("{0}")]
    Incomplete(String),
    /// What was asked cannot be done as it was asked. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Something could not be reached or read. Exit code 3.
    #[error("{0}")]
    Unreachable(String),
    /// Whoever read the output has gone, as `head` does. That is an end like another.
    #[error("the output is closed")]
    ClosedOutput,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Failure::Usage(message.into())
    }

    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Failure::Unreachable(message.into())
    }

    fn code(&self) -> u8 {
        match self {
            Failure::ClosedOutput => 0,
            Failure::Incomplete(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Unreachable(_) => 3,
        }
    }
}

/// A file that is there but wrong is somebody's mistake, like a wrong flag.
impl From<&ReadError> for Failure {
    fn from(error: &ReadError) -> Self {
        match error {
            ReadError::Inaccessible { .. } => Failure::Unreachable(error.to_string()),
            ReadError::Place { .. } | ReadError::File { .. } => Failure::Usage(error.to_string()),
        }
    }
}

/// Runs an asynchronous command to its end, and says why when it fails.
pub(crate) fn run(command: impl Future<Output = Result<(), Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    end(match runtime {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(Failure::unreachable(format!("cannot start: {error}"))),
    })
}

/// Says why when a command has failed.
pub(crate) fn end(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure != Failure::ClosedOutput {
                print::note(&format!("nepho: {failure}"));
            }
            ExitCode::from(failure.code())
        }
    }
}
