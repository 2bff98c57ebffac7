//! Servers as child processes, and what the system knows of them.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::clock;
use crate::http::Connection;
use crate::setup::Setup;
use crate::{Outcome, report};

/// How long a server may take to be ready, in seconds.
const READY_SECONDS: f64 = 60.0;
/// How long VictoriaMetrics may merge, in seconds.
const MERGED_SECONDS: f64 = 60.0;
/// Ticks of processor time in a second, on every Linux of today.
const TICKS: f64 = 100.0;

/// A running server; it is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) http: SocketAddr,
    pub(crate) emf: Option<SocketAddr>,
}

impl Server {
    /// `nepho serve` on a folder.
    pub(crate) fn nepho(setup: &Setup, folder: &Path) -> Outcome<Self> {
        Server::announced(&mut serve(setup, folder))
    }

    /// The same with a clock that `POST /clock` moves.
    pub(crate) fn nepho_on_manual_clock(setup: &Setup, folder: &Path) -> Outcome<Self> {
        Server::announced(serve(setup, folder).args(["--clock", "manual"]))
    }

    /// The same with a clock that is moved by hand.
    pub(crate) fn nepho_manual(setup: &Setup, folder: &Path) -> Outcome<Self> {
        let mut command = Command::new(&setup.nepho);
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--emf",
            "127.0.0.1:0",
            "--log",
            "warn",
            "--clock",
            "manual",
        ]);
        Server::announced(command.arg("--data").arg(folder))
    }

    /// This program as the server that does nothing.
    pub(crate) fn null() -> Outcome<Self> {
        Server::announced(Command::new(std::env::current_exe()?).arg("null"))
    }

    /// VictoriaMetrics on a folder.
    pub(crate) fn victoria(setup: &Setup, folder: &Path) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = Command::new(&setup.victoria);
        command.arg(format!("-httpListenAddr={address}")).arg(format!("-storageDataPath={}", folder.display()));
        command.args(["-loggerLevel=ERROR", "-search.latencyOffset=0s", "-influxSkipSingleField=false"]);
        Server::listening(&mut command, address)
    }

    /// moto's server; it keeps everything in memory.
    pub(crate) fn moto(setup: &Setup) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = Command::new(&setup.moto);
        command.args(["-H", "127.0.0.1", "-p", &address.port().to_string()]);
        Server::listening(&mut command, address)
    }

    /// Starts a server that says on its first line where it listens.
    fn announced(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
        let address = |name: &str| line.split(' ').find_map(|word| word.strip_prefix(name)?.parse().ok());
        let Some(http) = address("http=") else {
            drop(child.kill());
            return Err(format!("the server was not ready, it said {line:?}").into());
        };
        Ok(Server { child, http, emf: address("emf=") })
    }

    /// Starts a server that is ready when it takes connections.
    fn listening(command: &mut Command, http: SocketAddr) -> Outcome<Self> {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).spawn()?;
        let server = Server { child, http, emf: None };
        clock::wait_for("the server's port", READY_SECONDS, || TcpStream::connect(http).ok())?;
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn get(&self, path: &str) -> Outcome<String> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let mut connection = Connection::open(self.http)?;
        let status = connection.call(request.as_bytes())?;
        match status {
            200..300 => Ok(String::from_utf8_lossy(connection.body()).into_owned()),
            _ => Err(format!("GET {path}: {status}").into()),
        }
    }

    /// The value of a line of `/metrics`.
    pub(crate) fn figure(&self, name: &str) -> Outcome<f64> {
        let text = self.get("/metrics")?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.ok_or_else(|| format!("/metrics has no {name}").into())
    }

    /// Has VictoriaMetrics write and merge what it holds, and waits until its folder is quiet: merging has no end that
    /// could be asked for.
    pub(crate) fn bring_victoria_to_rest(&self, folder: &Path) -> Outcome<()> {
        self.get("/internal/force_flush")?;
        self.get("/internal/force_merge")?;
        let mut before = (f64::NAN, 0);
        clock::wait_for("the end of the merge", MERGED_SECONDS, || {
            clock::sleep(0.5);
            let bytes = folder_bytes(folder);
            before = (bytes, if bytes == before.0 { before.1 + 1 } else { 0 });
            (before.1 == 6).then_some(())
        })
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn serve(setup: &Setup, folder: &Path) -> Command {
    let mut command = Command::new(&setup.nepho);
    command.args(["serve", "--listen", "127.0.0.1:0", "--emf", "127.0.0.1:0", "--log", "warn", "--data"]);
    command.arg(folder);
    command
}

fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Processor seconds of a process so far, in user and system mode.
pub(crate) fn processor_seconds(pid: u32) -> f64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0.0 };
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |position: usize| after_name.split_whitespace().nth(position).and_then(|text| text.parse::<f64>().ok());
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS
}

/// Bytes that `/proc/PID/status` names, such as `VmRSS` or `VmHWM`.
pub(crate) fn status_bytes(pid: u32, name: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kilobytes = line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    if kilobytes.is_none() {
        report::progress(&format!("no {name} of process {pid}"));
    }
    kilobytes.unwrap_or(f64::NAN) * 1024.0
}

/// Bytes of all files in a folder.
pub(crate) fn folder_bytes(folder: &Path) -> f64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0.0 };
    let bytes = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
        Ok(metadata) => metadata.len() as f64,
        Err(_) => 0.0,
    };
    entries.flatten().map(bytes).sum()
}
