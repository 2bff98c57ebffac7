//! One row behind a savepoint, in one round trip.
//!
//! A savepoint, the row and the savepoint's release are three statements, and a statement of its own for each would cost
//! three times the way to the server and back. PostgreSQL takes several at once only as text without parameters. So the
//! row is a call of a prepared statement, in which text is written as hexadecimal digits: nothing that anybody records
//! can be anything else there.

use std::fmt::Write;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection};

use super::statement::{Email, INSERT, Row};

/// What is said to a session that has not prepared the statement yet.
const UNPREPARED: &str = "26000";
const UNDO: &str = "ROLLBACK TO SAVEPOINT nepho_recorder; RELEASE SAVEPOINT nepho_recorder";

/// Inserts a row, or leaves the transaction as it was.
pub(super) async fn insert(connection: &mut PgConnection, row: &Row<'_>) -> Result<(), sqlx::Error> {
    let mut inserted = send(connection, script(row)).await;
    if inserted.as_ref().is_err_and(is_unprepared) {
        inserted = send(connection, preparing_script(row)).await;
    }
    if inserted.is_err()
        && let Err(error) = send(connection, UNDO.to_owned()).await
    {
        tracing::debug!("the transaction could not be taken back to before the sample: {error}");
    }
    inserted
}

/// Prepares the statement unless the session has it.
pub(super) async fn prepare(connection: &mut PgConnection, email: Email) -> Result<(), sqlx::Error> {
    let is_prepared: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = $1)")
        .bind(name(email))
        .fetch_one(&mut *connection)
        .await?;
    match is_prepared {
        true => Ok(()),
        false => send(connection, preparation(email)).await,
    }
}

async fn send(connection: &mut PgConnection, script: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(script)).execute(connection).await?;
    Ok(())
}

fn is_unprepared(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|refusal| refusal.code());
    code.is_some_and(|code| code == UNPREPARED)
}

fn script(row: &Row<'_>) -> String {
    format!("SAVEPOINT nepho_recorder; {}; RELEASE SAVEPOINT nepho_recorder", call(row))
}

fn preparing_script(row: &Row<'_>) -> String {
    let (prepare, call) = (preparation(row.email), call(row));
    format!("ROLLBACK TO SAVEPOINT nepho_recorder; {prepare}; {call}; RELEASE SAVEPOINT nepho_recorder")
}

fn preparation(email: Email) -> String {
    format!("PREPARE {} (text, float8, text, {}, timestamptz) AS {INSERT}", name(email), id_type(email))
}

fn call(row: &Row<'_>) -> String {
    let metric_type = text(row.metric_type);
    let labels = row.labels.as_deref().map_or_else(null, text);
    let email = match row.email {
        Email::Number(id) => id.map_or_else(null, |id| format!("'{id}'")),
        Email::Uuid(id) => id.map_or_else(null, |id| format!("'{}'", id.as_hyphenated())),
    };
    let time = row.recorded_at.map_or_else(null, time);
    format!("EXECUTE {} ({metric_type}, '{:e}', {labels}, {email}, {time})", name(row.email), row.value)
}

fn name(email: Email) -> &'static str {
    match email {
        Email::Number(_) => "nepho_record",
        Email::Uuid(_) => "nepho_record_uuid",
    }
}

fn id_type(email: Email) -> &'static str {
    match email {
        Email::Number(_) => "bigint",
        Email::Uuid(_) => "uuid",
    }
}

fn null() -> String {
    "NULL".to_owned()
}

fn text(text: &str) -> String {
    let mut literal = String::with_capacity(2 * text.len() + 40);
    literal.push_str("convert_from(decode('");
    for byte in text.bytes() {
        write!(literal, "{byte:02x}").expect("a string takes everything");
    }
    literal.push_str("', 'hex'), 'UTF8')");
    literal
}

/// To the microsecond, which is what the table keeps.
fn time(time: Timestamp) -> String {
    format!("'{time:.6}'")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row<'a>(metric_type: &'a str, value: f64, labels: Option<&str>) -> Row<'a> {
        let recorded_at = Some("2026-05-08T10:00:00.123456789Z".parse().unwrap());
        Row { metric_type, value, labels: labels.map(str::to_owned), email: Email::Number(Some(-7)), recorded_at }
    }

    #[test]
    fn a_row_is_one_call() {
        let expected = "SAVEPOINT nepho_recorder; EXECUTE nepho_record (convert_from(decode('74', 'hex'), 'UTF8'), \
                        '-1.5e0', convert_from(decode('7b7d', 'hex'), 'UTF8'), '-7', '2026-05-08T10:00:00.123456Z'); \
                        RELEASE SAVEPOINT nepho_recorder";
        assert_eq!(script(&row("t", -1.5, Some("{}"))), expected);
    }

    proptest! {
        #[test]
        fn nothing_that_is_recorded_is_in_the_text(labels in "\\PC*", value in any::<f64>()) {
            let script = script(&row("t", value, Some(&labels)));
            let plain = self::script(&row("t", 0.0, Some("")));
            let is_ours = |found: char| found.is_ascii_hexdigit() || "-.NainfE'".contains(found) || plain.contains(found);
            prop_assert!(script.chars().all(is_ours), "{script}");
            prop_assert_eq!(script.matches('\'').count(), plain.matches('\'').count());
            prop_assert_eq!(script.matches(';').count(), 2);
        }
    }
}
