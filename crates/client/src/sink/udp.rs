//! Documents over UDP, one in a datagram.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::sink::Agent;
use crate::sink::endpoint::first_that_works;
use crate::sink::{Documents, Rest, SendError};

#[derive(Debug)]
pub(super) struct Udp {
    address: String,
    socket: Option<UdpSocket>,
}

/// What became of one document.
enum Sent {
    Taken,
    TooLarge(String),
}

impl Udp {
    pub(super) fn new(address: String) -> Self {
        Udp { address, socket: None }
    }

    /// Sends each document by itself. One that is too large does not hold up the others.
    pub(super) fn send(&mut self, documents: &Documents) -> Result<(), SendError> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => connect(&self.address).map_err(|error| SendError::retry(error.to_string()))?,
        };
        // What was sent earlier was refused, which is known only now: nobody listens.
        if let Ok(Some(error)) | Err(error) = socket.take_error() {
            return Err(SendError::retry(error.to_string()));
        }
        let mut done = SendError { refused: Vec::new(), delivered: 0, rest: Rest::Refused, message: String::new() };
        for (index, document) in documents.iter().enumerate() {
            match send(&socket, document) {
                Ok(Sent::Taken) => done.delivered += 1,
                Ok(Sent::TooLarge(message)) => {
                    done.refused.push(index);
                    done.message = message;
                }
                // Without the socket: the next one resolves the address again.
                Err(error) => return Err(SendError { rest: Rest::Retry, message: error.to_string(), ..done }),
            }
        }
        self.socket = Some(socket);
        if done.refused.is_empty() { Ok(()) } else { Err(done) }
    }
}

fn send(socket: &UdpSocket, document: &[u8]) -> io::Result<Sent> {
    let too_large = |limit: &str| Sent::TooLarge(format!("document of {} bytes exceeds {limit}", document.len()));
    if document.len() > Agent::DATAGRAM_BYTES_MAX {
        return Ok(too_large(&format!("the datagram limit of {}", Agent::DATAGRAM_BYTES_MAX)));
    }
    match socket.send(document) {
        // Over loopback, that nobody listens is known at once.
        Ok(_) => socket.take_error()?.map_or(Ok(Sent::Taken), Err),
        Err(error) if is_too_large(&error) => Ok(too_large("what the network takes in a datagram")),
        Err(error) => Err(error),
    }
}

/// Whether the system says that a datagram is too large, for which [`io::ErrorKind`] has no stable name.
fn is_too_large(error: &io::Error) -> bool {
    cfg!(unix) && error.raw_os_error() == Some(rustix::io::Errno::MSGSIZE.raw_os_error())
}

/// A socket that is connected to the first address that can be: only such a one hears refusals.
fn connect(address: &str) -> io::Result<UdpSocket> {
    first_that_works(address, connect_to)
}

fn connect_to(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(address)?;
    Ok(socket)
}
