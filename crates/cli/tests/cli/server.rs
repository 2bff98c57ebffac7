//! A running `nepho serve`, on ports of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::http::Connection;

/// The binary, with nothing of this process's environment.
pub(crate) fn nepho() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nepho"));
    command.env_clear().env("TZ", "UTC").stdin(Stdio::null());
    command
}

/// A server process; it is killed when it is dropped.
pub(crate) struct Server {
    process: Child,
    stdout: BufReader<ChildStdout>,
    http: String,
}

impl Server {
    /// Starts one on a folder, and waits until it is ready.
    pub(crate) fn start(data: &Path, flags: &[&str]) -> Self {
        let mut server = Server::spawn(data, flags);
        let mut line = String::new();
        server.stdout.read_line(&mut line).unwrap();
        let http = line.split_whitespace().find_map(|word| word.strip_prefix("http="));
        server.http = http.unwrap_or_else(|| panic!("the server did not start: {line:?}")).to_owned();
        server
    }

    /// Starts one, and does not wait.
    pub(crate) fn spawn(data: &Path, flags: &[&str]) -> Self {
        let mut command = nepho();
        command.args(["serve", "--listen", "127.0.0.1:0", "--emf", "127.0.0.1:0", "--log", "warn", "--data"]).arg(data);
        let mut process = command.args(flags).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        Server { process, stdout, http: String::new() }
    }

    /// Where it answers HTTP: address and port.
    pub(crate) fn address(&self) -> &str {
        &self.http
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// Stands its manual clock at a time.
    pub(crate) fn set_clock(&self, now: &str) {
        let body = format!(r#"{{"now": "{now}"}}"#);
        let answer = Connection::open(&self.http).and_then(|mut it| it.post("/clock", &[], body.as_bytes())).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Kills it at once: no signal handler runs.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
