//! The service's own tables, and those of its metrics beside them.

use std::borrow::Cow;

use nepho_operational::{Clock, Error, Schema, Storage};
use sqlx::PgConnection;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Emails with the state that they are in, which is the queue they wait in; and what was answered.
const EMAILS: &str = "
CREATE TABLE incoming_emails (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file text NOT NULL UNIQUE,
    raw bytea NOT NULL,
    state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'sorted', 'answered', 'ignored', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    sender text,
    subject text,
    category text
);
CREATE INDEX incoming_emails_waiting_idx ON incoming_emails (state, attempts, id)
    WHERE state IN ('received', 'sorted');
CREATE TABLE replies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email_id bigint NOT NULL UNIQUE REFERENCES incoming_emails (id) ON DELETE CASCADE,
    recipient text NOT NULL,
    body text NOT NULL
)";

/// How the metrics are kept: with a foreign key to `incoming_emails.id`, in partitions by day.
pub fn metrics() -> Schema {
    Schema { storage: Storage::DailyPartitions, ..Schema::default() }
}

/// Makes both. Each keeps its own versions.
///
/// # Errors
/// What the server says.
pub async fn migrate(connection: &mut PgConnection, clock: &impl Clock) -> Result<(), Error> {
    let emails = Migration::new(1, Cow::Borrowed("emails"), MigrationType::Simple, EMAILS.into_sql_str(), false);
    Migrator::with_migrations(vec![emails]).run(&mut *connection).await?;
    metrics().up(connection, clock.now()).await
}
