//! A database of its own for each test.
//!
//! `./test` starts a PostgreSQL and says where in `NEPHO_TEST_POSTGRES`. A test that finds nothing there starts one for
//! itself, so that `cargo test` works too, only slower; it fails, with the reason, when it cannot.

mod cluster;

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use cluster::Cluster;

/// How long dropping a database may take: it waits for a checkpoint, and no test should wait for that for long.
const DROP_TIME: &str = "20s";

/// Names the server whose databases tests may make and drop.
pub const VARIABLE: &str = "NEPHO_TEST_POSTGRES";

/// An empty database, which is dropped when this is.
#[derive(Debug)]
pub struct TestDatabase {
    server: PgConnectOptions,
    name: String,
    /// The server, when it was started for this database only.
    _cluster: Option<Cluster>,
}

impl TestDatabase {
    /// Makes one.
    ///
    /// # Panics
    /// When there is no PostgreSQL and none can be started; says why.
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment which server is theirs")]
    pub async fn create() -> Self {
        let (url, cluster) = match std::env::var(VARIABLE) {
            Ok(url) => (url, None),
            Err(_) => {
                let cluster = Cluster::start().unwrap_or_else(|why| panic!("{VARIABLE} is not set, and {why}"));
                (cluster.url(), Some(cluster))
            }
        };
        let server: PgConnectOptions = url.parse().unwrap_or_else(|error| panic!("{VARIABLE}={url}: {error}"));
        let name = name();
        let mut connection = connect(&server, &url).await;
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.expect("an empty database can be made");
        connection.close().await.expect("a connection can be closed");
        TestDatabase { server, name, _cluster: cluster }
    }

    /// How to connect to it.
    pub fn options(&self) -> PgConnectOptions {
        self.server.clone().database(&self.name)
    }

    /// Its address, for programs that take one.
    pub fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    /// A new connection to it.
    ///
    /// # Panics
    /// When the server has gone.
    pub async fn connect(&self) -> PgConnection {
        connect(&self.options(), &self.name).await
    }
}

impl Drop for TestDatabase {
    /// On a thread of its own, because tests drop it inside their runtime.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone().options([("statement_timeout", DROP_TIME)]), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect_with(&server).await.map_err(std::io::Error::other)?;
                let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                sqlx::raw_sql(drop).execute(&mut connection).await.map_err(std::io::Error::other)?;
                Ok::<(), std::io::Error>(())
            })
        });
        // A database that stays behind harms nobody: its server ends with the tests.
        drop(dropping.join());
    }
}

async fn connect(options: &PgConnectOptions, url: &str) -> PgConnection {
    let connected = PgConnection::connect_with(options).await;
    connected.unwrap_or_else(|error| panic!("no connection to PostgreSQL at {url}: {error}"))
}

/// Tests run in many processes, and several in each.
fn name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("nepho_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}
