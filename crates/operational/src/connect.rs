//! Connecting, with messages that name the server.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use crate::error::Error;

/// Connects to a database.
///
/// # Errors
/// [`Error::Connect`], which names the server's address, and never the password.
pub async fn connect(database: &PgConnectOptions) -> Result<PgConnection, Error> {
    let connected = PgConnection::connect_with(database).await;
    connected.map_err(|source| Error::Connect { address: address(database), source })
}

/// Where the server listens: host and port, or a socket in the file system.
pub fn address(database: &PgConnectOptions) -> String {
    let (host, port) = (database.get_host(), database.get_port());
    match database.get_socket() {
        Some(folder) => format!("{}/.s.PGSQL.{port}", folder.display()),
        None if host.starts_with('/') => format!("{host}/.s.PGSQL.{port}"),
        None => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hosts_with_ports_or_sockets() {
        let cases = [
            ("postgres://app:hush@db.example:6543/mail", "db.example:6543"),
            ("postgres://app@127.0.0.1/mail?port=99", "127.0.0.1:99"),
            ("postgres://[::1]:1/mail", "[::1]:1"),
            ("postgres://app@localhost:7/mail?host=/run/pg", "/run/pg/.s.PGSQL.7"),
        ];
        for (url, expected) in cases {
            assert_eq!(address(&url.parse().unwrap()), expected, "{url}");
        }
        let options = PgConnectOptions::new_without_pgpass();
        assert_eq!(address(&options.host("/run/pg").port(8)), "/run/pg/.s.PGSQL.8");
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_named() {
        // It said that the connection was refused, and not to what.
        let database = "postgres://app:hush@127.0.0.1:1/mail".parse().unwrap();
        let error = connect(&database).await.unwrap_err();
        let expected = "PostgreSQL at 127.0.0.1:1 cannot be reached: Connection refused (os error 111)";
        assert_eq!((error.to_string().as_str(), error.is_transient()), (expected, true));
    }
}
