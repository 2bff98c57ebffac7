//! Commands, each with a bound on its time.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// How much of what a command complained about is repeated.
const COMPLAINT_CHARACTERS_MAX: usize = 300;

/// A command that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It could not be started.
    #[error("{program} could not be started: {source}")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It ended with another code than 0.
    #[error("{program} failed with {code}: {complaint}")]
    Failed {
        /// The program.
        program: String,
        /// Its exit code, or the signal that ended it.
        code: String,
        /// The end of what it wrote to standard error.
        complaint: String,
    },
    /// It was killed because its time was over.
    #[error("{program} was not done within {time:?}")]
    Late {
        /// The program.
        program: String,
        /// How long it was given.
        time: Duration,
    },
}

/// Runs a program to its end, and gives what it wrote to standard output.
///
/// # Errors
/// When it cannot be started, fails, or takes longer than `time`.
pub(crate) async fn run(program: &str, arguments: &[&str], time: Duration) -> Result<String, CommandError> {
    let output = output(program, arguments, time).await?;
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let code = output.status.to_string();
    Err(CommandError::Failed { program: program.to_owned(), code, complaint: end_of(text(&output.stderr).trim()) })
}

/// Runs a program whose exit code is no verdict on the run: `etcdctl endpoint health` fails when one of the endpoints
/// is not healthy, and has said all the same which ones are.
///
/// # Errors
/// When it cannot be started, or takes longer than `time`.
pub(crate) async fn answer(program: &str, arguments: &[&str], time: Duration) -> Result<String, CommandError> {
    output(program, arguments, time).await.map(|output| text(&output.stdout))
}

async fn output(program: &str, arguments: &[&str], time: Duration) -> Result<Output, CommandError> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(time, command.output()).await {
        Ok(ran) => ran.map_err(|source| CommandError::NotStarted { program: program.to_owned(), source }),
        Err(_) => Err(CommandError::Late { program: program.to_owned(), time }),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn end_of(text: &str) -> String {
    let surplus = text.chars().count().saturating_sub(COMPLAINT_CHARACTERS_MAX);
    text.chars().skip(surplus).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn what_it_writes_comes_back() {
        assert_eq!(run("sh", &["-c", "echo $0 $1", "a b", "c"], TIME).await.unwrap(), "a b c\n");
        assert_eq!(answer("sh", &["-c", "echo some; exit 1"], TIME).await.unwrap(), "some\n");
    }

    #[tokio::test]
    async fn what_goes_wrong_is_said() {
        let failed = |script| async move { run("sh", &["-c", script], TIME).await.unwrap_err().to_string() };
        assert_eq!(failed("echo no >&2; exit 7").await, "sh failed with exit status: 7: no");
        assert_eq!(failed("kill -9 $$").await, "sh failed with signal: 9 (SIGKILL): ");
        let missing = run("/nowhere/kubectl", &[], TIME).await.unwrap_err().to_string();
        assert!(missing.starts_with("/nowhere/kubectl could not be started"), "{missing}");
        let late = run("cat", &["/dev/zero"], Duration::from_millis(50)).await.unwrap_err().to_string();
        assert_eq!(late, "cat was not done within 50ms");
    }

    #[test]
    fn complaints_are_cut_at_their_beginning() {
        let long = "e".repeat(COMPLAINT_CHARACTERS_MAX);
        assert_eq!(end_of(&long), long);
        assert_eq!(end_of(&format!("x{long}")), long);
    }
}
