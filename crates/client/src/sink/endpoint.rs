//! Where a receiver is, as somebody wrote it.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

/// An endpoint that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("endpoint {value:?} {problem}")]
pub struct EndpointError {
    value: String,
    problem: String,
}

impl EndpointError {
    pub(super) fn new(value: &str, problem: impl Into<String>) -> Self {
        EndpointError { value: value.to_owned(), problem: problem.into() }
    }
}

/// Splits `scheme://rest`.
pub(super) fn scheme<'a>(value: &'a str, expected: &str) -> Result<(&'a str, &'a str), EndpointError> {
    value.split_once("://").ok_or_else(|| EndpointError::new(value, format!("has no scheme: expected {expected}")))
}

/// Checks that `address` is `host:port`; `value` is what it stands in.
pub(super) fn check_address(value: &str, address: &str) -> Result<(), EndpointError> {
    let fault = |problem: String| Err(EndpointError::new(value, problem));
    if address.is_empty() || address.starts_with(':') && !address.starts_with("::") {
        return fault("has no host: expected host:port".to_owned());
    }
    let Some((host, port)) = address.rsplit_once(':') else {
        return fault("has no port: expected host:port".to_owned());
    };
    if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) {
        return fault("has an IPv6 address without brackets: expected [address]:port".to_owned());
    }
    match port.parse::<u16>() {
        Ok(1..) => Ok(()),
        _ => fault(format!("has the port {port:?}: expected 1 to 65535")),
    }
}

/// Connects to the first of the addresses of `host:port` that can be connected to.
pub(super) fn first_that_works<C>(address: &str, connect: impl Fn(SocketAddr) -> io::Result<C>) -> io::Result<C> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in address.to_socket_addrs()? {
        match connect(address) {
            Ok(connection) => return Ok(connection),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}
