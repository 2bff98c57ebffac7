//! The queues: emails in a state in which somebody has to do something.

use sqlx::{FromRow, PgConnection};

/// Attempts after which an email is given up.
pub const ATTEMPTS_MAX: i32 = 3;

/// A queue, with the state of the emails that wait in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Mail that nobody has read.
    Inbound,
    /// Mail that was sorted, and has to be answered.
    Replies,
}

/// An email that was taken from a queue. It is locked until its transaction ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// Its id.
    pub id: i64,
    /// The message.
    pub raw: Vec<u8>,
    /// What it was taken for, if it was sorted.
    pub category: Option<String>,
}

impl<'r> FromRow<'r, sqlx::postgres::PgRow> for Email {
    fn from_row(row: &'r sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
        use sqlx::Row;
        Ok(Email { id: row.try_get("id")?, raw: row.try_get("raw")?, category: row.try_get("category")? })
    }
}

impl Queue {
    /// All of them.
    pub const ALL: [Queue; 2] = [Queue::Inbound, Queue::Replies];

    /// As the label `queue`.
    pub const fn name(self) -> &'static str {
        match self {
            Queue::Inbound => "inbound",
            Queue::Replies => "replies",
        }
    }

    const fn state(self) -> &'static str {
        match self {
            Queue::Inbound => "received",
            Queue::Replies => "sorted",
        }
    }

    /// Takes the next email, if one waits that nobody else works on. Those that failed before come last.
    ///
    /// # Errors
    /// What the server says.
    pub async fn take(self, transaction: &mut PgConnection) -> Result<Option<Email>, sqlx::Error> {
        sqlx::query_as(
            "SELECT id, raw, category FROM incoming_emails WHERE state = $1
             ORDER BY attempts, id LIMIT 1 FOR UPDATE SKIP LOCKED",
        )
        .bind(self.state())
        .fetch_optional(transaction)
        .await
    }

    /// How many wait.
    ///
    /// # Errors
    /// What the server says.
    pub async fn depth(self, connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
        let depth: i64 = sqlx::query_scalar("SELECT count(*) FROM incoming_emails WHERE state = $1")
            .bind(self.state())
            .fetch_one(connection)
            .await?;
        Ok(depth as u64)
    }
}

/// Counts a failure; the last one ends the email's way.
///
/// # Errors
/// What the server says.
pub async fn fail(connection: &mut PgConnection, email: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE incoming_emails SET attempts = attempts + 1,
         state = CASE WHEN attempts + 1 >= $2 THEN 'failed' ELSE state END WHERE id = $1",
    )
    .bind(email)
    .bind(ATTEMPTS_MAX)
    .execute(connection)
    .await?;
    Ok(())
}
