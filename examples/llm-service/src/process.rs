//! The service as a process of its own, as it is when it is in use: it takes its settings from its environment, and the
//! SDK takes endpoint, region and credentials from there.

use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// What the service says before its address when it is ready.
pub const READY: &str = "llm-service listens on ";
/// How long it may take to start, and to stop.
const TIME: Duration = Duration::from_secs(30);

/// A running service. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    origin: String,
    /// Closed when this is dropped, not before: who writes to a closed pipe fails.
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts `program serve` on a free port with variables of its environment. What it logs is kept if `keeps_log`, and
    /// goes to this process's standard error otherwise.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(program: &Path, variables: &[(&str, &str)], keeps_log: bool) -> io::Result<Self> {
        let stderr = if keeps_log { Stdio::piped() } else { Stdio::inherit() };
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0"]).envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(stderr).kill_on_drop(true).spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        tokio::time::timeout(TIME, stdout.read_line(&mut line)).await??;
        let origin = line.trim_end().strip_prefix(READY).map(str::to_owned);
        let origin = origin.ok_or_else(|| io::Error::other(format!("the service did not start: {line:?}")))?;
        Ok(Process { child, origin, _stdout: stdout })
    }

    /// Where it is: `http://HOST:PORT`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    ///
    /// # Errors
    /// When it does not.
    pub async fn stop(self) -> io::Result<Output> {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let id = id.ok_or_else(|| io::Error::other("the service has ended already"))?;
        kill_process(id, Signal::TERM)?;
        tokio::time::timeout(TIME, self.child.wait_with_output()).await?
    }
}
