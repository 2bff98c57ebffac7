//! Documents over a TCP connection that is made again when it is gone.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::sink::Agent;
use crate::sink::endpoint::first_that_works;
use crate::sink::lines::{Partial, write_all};
use crate::sink::{Documents, SendError};

/// How much that a peer says unasked is read, before it counts as one that talks without end.
const HEARD_BYTES_MAX: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Tcp {
    address: String,
    pub(super) connect_time: Duration,
    pub(super) send_time: Duration,
    connection: Option<TcpStream>,
}

impl Tcp {
    pub(super) fn new(address: String) -> Self {
        Tcp { address, connect_time: Agent::CONNECT_TIME, send_time: Agent::SEND_TIME, connection: None }
    }

    pub(super) fn send(&mut self, documents: &Documents) -> Result<(), SendError> {
        let open = self.connection.take().filter(is_alive);
        let is_old = open.is_some();
        let sent = match open {
            Some(connection) => self.write(connection, documents),
            None => self.write_anew(documents),
        };
        match sent {
            // The peer went just now, and nothing was lost with it.
            Err(partial) if is_old && partial.written == 0 && is_gone(&partial.error) => self.write_anew(documents),
            other => other,
        }
        .map_err(|partial| partial.of(documents))
    }

    fn write_anew(&mut self, documents: &Documents) -> Result<(), Partial> {
        let connection = connect(&self.address, self.connect_time).map_err(|error| Partial { written: 0, error })?;
        self.write(connection, documents)
    }

    /// Writes all documents, and keeps the connection when that worked. Otherwise it has a piece of a document on it, and
    /// is of no more use.
    fn write(&mut self, connection: TcpStream, documents: &Documents) -> Result<(), Partial> {
        let mut timed = Timed { connection: &connection, until: deadline(self.send_time), time: self.send_time };
        write_all(&mut timed, documents.text())?;
        self.connection = Some(connection);
        Ok(())
    }
}

/// Connects to the first address that answers.
fn connect(address: &str, time: Duration) -> io::Result<TcpStream> {
    first_that_works(address, |address| connect_to(address, time))
}

fn connect_to(address: SocketAddr, time: Duration) -> io::Result<TcpStream> {
    let connection = TcpStream::connect_timeout(&address, not_zero(time))?;
    // Payloads are written whole: there is nothing to gather.
    connection.set_nodelay(true)?;
    Ok(connection)
}

/// Whether the peer has not ended the connection. What it says, which agents do not, is thrown away.
fn is_alive(connection: &TcpStream) -> bool {
    let mut heard = [0; 4096];
    let mut room = HEARD_BYTES_MAX;
    if connection.set_nonblocking(true).is_err() {
        return false;
    }
    let is_alive = loop {
        match (&mut &*connection).read(&mut heard) {
            Ok(1..) if room == 0 => break false,
            Ok(count @ 1..) => room = room.saturating_sub(count),
            Ok(0) => break false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break error.kind() == ErrorKind::WouldBlock,
        }
    };
    is_alive && connection.set_nonblocking(false).is_ok()
}

fn is_gone(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected)
}

/// A connection that takes what it takes until a deadline: a timeout for each write alone would let a peer that reads a
/// byte now and then hold the sender for ever.
struct Timed<'a> {
    connection: &'a TcpStream,
    until: Option<Instant>,
    time: Duration,
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.until.map(|until| until.saturating_duration_since(now()));
        if left == Some(Duration::ZERO) {
            return Err(self.too_slow());
        }
        self.connection.set_write_timeout(left.map(not_zero))?;
        match self.connection.write(bytes) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Err(self.too_slow()),
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Timed<'_> {
    fn too_slow(&self) -> io::Error {
        io::Error::new(ErrorKind::TimedOut, format!("the agent did not take everything within {:?}", self.time))
    }
}

/// The end of a time that begins now; none when it is too far away to be told.
fn deadline(time: Duration) -> Option<Instant> {
    now().checked_add(time)
}

#[expect(clippy::disallowed_methods, reason = "the limit of a wait for the network, which no test's clock moves")]
fn now() -> Instant {
    Instant::now()
}

/// The system takes a time of zero for none at all.
fn not_zero(time: Duration) -> Duration {
    time.max(Duration::from_millis(1))
}
