//! Standard output and standard error.

use std::io::{ErrorKind, Write, stderr, stdout};

use crate::exit::Failure;

/// Writes a command's output, as it is.
pub(crate) fn out(text: &str) -> Result<(), Failure> {
    let mut stdout = stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::ClosedOutput,
        _ => Failure::unreachable(format!("cannot write the output: {error}")),
    })
}

/// Says something beside the output, as a line. When standard error is gone, there is nobody to tell.
pub(crate) fn note(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// Writes over the last line of a terminal's standard error.
pub(crate) fn note_over(text: &str) {
    let mut stderr = stderr().lock();
    let _ = write!(stderr, "\r\x1b[2K{text}").and_then(|()| stderr.flush());
}
