//! A function and its process, as Lambda treats them.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::process::{Child, Command};

use super::runtime_api::{Event, Reported, RuntimeApi};

/// How long a process may take until it asks for its first event.
const START_TIME: Duration = Duration::from_secs(10);
/// How long a process has to end after its SIGTERM.
const STOP_TIME: Duration = Duration::from_millis(500);

/// A function: a program, and while it is needed, a process of it.
///
/// Like in Lambda, the process is started with the first invocation, frozen (SIGSTOP) as soon as it asks for the next
/// one, killed when an invocation takes longer than it may, and started anew after that.
#[derive(Debug)]
pub struct Function {
    program: PathBuf,
    environment: Vec<(String, OsString)>,
    process: Option<Process>,
    invocations: u32,
}

/// What came of an invocation.
#[derive(Debug)]
pub struct Invoked {
    /// Its request id.
    pub request_id: String,
    /// What the function answered.
    pub answer: Answer,
    /// What is in the log of it: the lines of standard output, up to when the process was frozen.
    pub log: Vec<String>,
}

/// What a function answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Its result.
    Result(Value),
    /// An error, also one that was a panic.
    Error(Reported),
    /// Nothing within its time; its process was killed.
    TimedOut,
    /// Nothing, because its process ended.
    Exited,
}

#[derive(Debug)]
struct Process {
    api: RuntimeApi,
    child: Child,
    group: Pid,
    /// A file, because of a file one knows what is written; of a pipe only what has come through.
    stdout: NamedTempFile,
    /// How much of it was read.
    read: u64,
}

impl Function {
    /// A function with these variables in its environment beside Lambda's.
    pub fn new(program: &Path, environment: Vec<(String, OsString)>) -> Self {
        Function { program: program.to_owned(), environment, process: None, invocations: 0 }
    }

    /// Invokes it, and waits until it is over, or the time it may take.
    ///
    /// # Errors
    /// When there is no process to be had.
    pub async fn invoke(&mut self, payload: Value, timeout: Duration) -> io::Result<Invoked> {
        if self.process.is_none() {
            self.process = Some(Process::start(&self.program, &self.environment).await?);
        }
        let process = self.process.as_mut().expect("it was started a line ago");
        self.invocations += 1;
        let request_id = format!("00000000-0000-4000-8000-{:012}", self.invocations);
        let answer = process.invoke(&request_id, payload, timeout).await?;
        if matches!(answer, Answer::TimedOut | Answer::Exited) {
            let log = self.process.take().expect("it is still there").kill().await?;
            return Ok(Invoked { request_id, answer, log });
        }
        Ok(Invoked { request_id, answer, log: process.log()? })
    }

    /// Lets the process go, as Lambda does with one that is no longer needed: SIGTERM, and half a second later SIGKILL.
    /// What it wrote at its end comes back.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn stop(&mut self) -> io::Result<Vec<String>> {
        let Some(mut process) = self.process.take() else { return Ok(Vec::new()) };
        process.signal(Signal::TERM)?;
        process.signal(Signal::CONT)?;
        match tokio::time::timeout(STOP_TIME, process.child.wait()).await {
            Ok(_) => process.log(),
            Err(_) => process.kill().await,
        }
    }
}

impl Process {
    async fn start(program: &Path, environment: &[(String, OsString)]) -> io::Result<Self> {
        let api = RuntimeApi::start().await?;
        let stdout = NamedTempFile::new()?;
        let name = program.file_name().unwrap_or_default();
        let child = Command::new(program)
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(stdout.reopen()?)
            // What it starts is frozen and killed with it: Lambda does so with the whole environment.
            .process_group(0)
            .spawn()?;
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let group = group.ok_or_else(|| io::Error::other("a process without an id"))?;
        Ok(Process { api, child, group, stdout, read: 0 })
    }

    async fn invoke(&mut self, request_id: &str, payload: Value, timeout: Duration) -> io::Result<Answer> {
        let mut asked = self.api.asked();
        self.signal(Signal::CONT)?;
        // The time runs when the function has begun to wait: starting is not its invocation's.
        tokio::select! {
            _ = asked.wait_for(|count| *count > 0) => {}
            () = tokio::time::sleep(START_TIME) => return Ok(Answer::TimedOut),
            _ = self.child.wait() => return Ok(Answer::Exited),
        }
        let before = *asked.borrow();
        let event = Event { request_id: request_id.to_owned(), deadline_ms: now_ms() + millis(timeout), payload };
        let answered = self.api.invoke(event);
        let over = async {
            let posted = answered.await;
            let has_asked_again = asked.wait_for(|count| *count > before).await.is_ok();
            posted.ok().filter(|_| has_asked_again)
        };
        let answer = tokio::select! {
            posted = over => match posted {
                Some(Ok(result)) => Answer::Result(result),
                Some(Err(error)) => Answer::Error(error),
                None => Answer::Exited,
            },
            () = tokio::time::sleep(timeout) => return Ok(Answer::TimedOut),
            _ = self.child.wait() => return Ok(Answer::Exited),
        };
        self.signal(Signal::STOP)?;
        Ok(answer)
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill_process_group(self.group, signal)?)
    }

    async fn kill(mut self) -> io::Result<Vec<String>> {
        // Nobody is left to be killed when all ended by themselves.
        let _ = self.signal(Signal::KILL);
        self.child.wait().await?;
        self.log()
    }

    /// The lines that were written since the last look.
    fn log(&mut self) -> io::Result<Vec<String>> {
        let mut file = File::open(self.stdout.path())?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut text = String::new();
        self.read += file.read_to_string(&mut text)? as u64;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let is_running = self.child.id().is_some();
        if is_running {
            // It may end by itself just now.
            let _ = self.signal(Signal::KILL);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "Lambda's deadlines are of the system's clock")]
fn now_ms() -> u64 {
    millis(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
