//! The sockets that a server listens on.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, UdpSocket};

use crate::config::Config;

/// How often a free port is looked for that TCP and UDP can share.
const SAME_PORT_ATTEMPTS: usize = 64;

/// Bound sockets.
#[derive(Debug)]
pub struct Listeners {
    pub(crate) http: TcpListener,
    pub(crate) emf_tcp: TcpListener,
    pub(crate) emf_udp: UdpSocket,
}

/// A socket that could not be bound.
#[derive(Debug, thiserror::Error)]
#[error("could not listen on {address} for {purpose}: {source}")]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// What it was for.
    pub purpose: &'static str,
    /// What the system said.
    pub source: io::Error,
}

impl Listeners {
    /// Binds the addresses of `config`. Port 0 takes a free one; EMF gets the same for TCP and UDP.
    ///
    /// # Errors
    /// The first address that cannot be bound.
    pub async fn bind(config: &Config) -> Result<Self, BindError> {
        let failed = |address, purpose| move |source| BindError { address, purpose, source };
        let http = TcpListener::bind(config.listen).await.map_err(failed(config.listen, "HTTP"))?;
        let (emf_tcp, emf_udp) = bind_emf(config.emf).await.map_err(failed(config.emf, "EMF"))?;
        Ok(Listeners { http, emf_tcp, emf_udp })
    }

    /// Where HTTP really listens.
    ///
    /// # Errors
    /// What the system said.
    pub fn http_address(&self) -> io::Result<SocketAddr> {
        self.http.local_addr()
    }

    /// Where EMF really listens.
    ///
    /// # Errors
    /// What the system said.
    pub fn emf_address(&self) -> io::Result<SocketAddr> {
        self.emf_tcp.local_addr()
    }
}

async fn bind_emf(address: SocketAddr) -> io::Result<(TcpListener, UdpSocket)> {
    let mut last = None;
    for _ in 0..SAME_PORT_ATTEMPTS {
        let tcp = TcpListener::bind(address).await?;
        match UdpSocket::bind(tcp.local_addr()?).await {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) if address.port() == 0 => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::from(io::ErrorKind::AddrInUse)))
}
