//! A way to PostgreSQL that can be cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// Listens on a port of its own, and cuts off as many connections as it is told to.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    cuts: Arc<AtomicU32>,
}

impl Proxy {
    /// In front of the server of these options.
    pub(crate) async fn start(server: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, cuts) = (listener.local_addr().unwrap(), Arc::new(AtomicU32::new(0)));
        let (server, left) = (server.clone(), cuts.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let cut = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
                if !cut {
                    tokio::spawn(pass(client, server.clone()));
                }
            }
        });
        Proxy { address, cuts }
    }

    /// Cuts off the next connections.
    pub(crate) fn cut(&self, connections: u32) {
        self.cuts.store(connections, Ordering::SeqCst);
    }

    /// The same options by way of the proxy.
    pub(crate) fn through(&self, server: &PgConnectOptions) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.address.port())
            .username(server.get_username())
            .database(server.get_database().unwrap())
            .ssl_mode(sqlx::postgres::PgSslMode::Disable)
    }
}

async fn pass(mut client: TcpStream, server: PgConnectOptions) {
    let port = server.get_port();
    match server.get_socket() {
        Some(folder) => {
            let mut server = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await.unwrap();
            drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
        }
        None => {
            let mut server = TcpStream::connect((server.get_host(), port)).await.unwrap();
            drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
        }
    }
}
