//! A mailroom on a database and folders of its own.

use std::path::Path;

use mailroom::intake::{self, deliver};
use mailroom::{Folders, Mailroom, schema};
use nepho_operational::SystemClock;
use nepho_test_postgres::TestDatabase;
use sqlx::{AssertSqlSafe, PgConnection};
use tempfile::TempDir;

/// One of each kind, and one that cannot be answered.
pub(crate) const MAILS: [(&str, &str); 5] = [
    (
        "1.billing",
        "From: ada@example.org\r\nSubject: Charged twice\r\n\r\nI was charged twice, please refund a payment.\r\n",
    ),
    ("2.support", "From: bob@example.org\r\nSubject: Crash\r\n\r\nThe application crashes when I log in.\r\n"),
    ("3.sales", "From: eve@example.org\r\nSubject: Offer\r\n\r\nWhat is the price of the yearly plan for a team?\r\n"),
    ("4.spam", "From: win@example.org\r\nSubject: You won\r\n\r\nClick here to claim your guaranteed prize!\r\n"),
    ("5.nobody", "Subject: nobody wrote this\r\n\r\nAnd nobody can be answered.\r\n"),
];

pub(crate) struct Stage {
    pub(crate) database: TestDatabase,
    pub(crate) connection: PgConnection,
    pub(crate) mailroom: Mailroom,
    pub(crate) folder: TempDir,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        let database = TestDatabase::create().await;
        let mut connection = database.connect().await;
        schema::migrate(&mut connection, &SystemClock).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders { inbox: folder.path().join("inbox"), outbox: folder.path().join("outbox") };
        intake::prepare(&folders.inbox).unwrap();
        let mailroom = Mailroom::open(database.options(), folders).await.unwrap();
        Stage { database, connection, mailroom, folder }
    }

    /// Delivers all mails, and works until nothing is left to do.
    pub(crate) async fn play(&mut self) {
        for (name, mail) in MAILS {
            deliver(&self.inbox(), name, mail.as_bytes()).unwrap();
        }
        assert_eq!(self.mailroom.drain().await.unwrap(), MAILS.len() as u64);
    }

    pub(crate) fn inbox(&self) -> std::path::PathBuf {
        self.folder.path().join("inbox")
    }

    pub(crate) fn outbox(&self) -> std::path::PathBuf {
        self.folder.path().join("outbox")
    }

    /// The first column of every row, as text.
    pub(crate) async fn column(&mut self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut self.connection).await.unwrap()
    }

    /// Metrics as `type labels count`, and the sum where it does not depend on the machine.
    pub(crate) async fn metrics(&mut self) -> Vec<String> {
        self.column(
            "SELECT format('%s %s %s', metric_type, labels::text, count(*)) || CASE WHEN metric_type IN
             ('queue_depth', 'error_count', 'token_usage') THEN format(' %s', sum(metric_value)) ELSE '' END
             FROM operational_metrics GROUP BY metric_type, labels::text ORDER BY 1",
        )
        .await
    }
}

pub(crate) fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
