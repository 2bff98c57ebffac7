//! Rows behind a savepoint; one row, in one round trip.
//!
//! A savepoint, the row and the savepoint's release are three statements, and a statement of its own for each would cost
//! three times the way to the server and back. PostgreSQL takes several at once only as text without parameters. So text
//! that has anything but letters, digits and a few signs in it is written as hexadecimal digits: nothing that anybody
//! records can be anything else there. A prepared statement would save some microseconds, but a session has to be asked
//! whether it has it, and PostgreSQL answers by failing the transaction.

use std::fmt::Write;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection};

use super::batch::Columns;
use super::statement::{Email, Row};

/// Why writing into text does not fail.
const ENDLESS: &str = "a string takes everything";

const BEGIN: &str = "SAVEPOINT nepho_recorder";
const END: &str = "RELEASE SAVEPOINT nepho_recorder";
const UNDO: &str = "ROLLBACK TO SAVEPOINT nepho_recorder; RELEASE SAVEPOINT nepho_recorder";

/// Inserts a row, or leaves the transaction as it was.
pub(super) async fn insert(connection: &mut PgConnection, row: &Row<'_>) -> Result<(), sqlx::Error> {
    let inserted = send(connection, script(row)).await;
    undo_failed(connection, inserted).await
}

/// Inserts many rows, or leaves the transaction as it was.
///
/// The savepoint is not one of `sqlx`: when its beginning is given up, `sqlx` rolls the caller's transaction back.
pub(super) async fn insert_all(connection: &mut PgConnection, columns: Columns<'_>) -> Result<(), sqlx::Error> {
    send(connection, BEGIN.to_owned()).await?;
    let inserted = match columns.insert(connection).await {
        Ok(()) => send(connection, END.to_owned()).await,
        Err(error) => Err(error),
    };
    undo_failed(connection, inserted).await
}

async fn undo_failed(connection: &mut PgConnection, inserted: Result<(), sqlx::Error>) -> Result<(), sqlx::Error> {
    if inserted.is_err()
        && let Err(error) = send(connection, UNDO.to_owned()).await
    {
        tracing::debug!("the transaction could not be taken back to before the sample: {error}");
    }
    inserted
}

async fn send(connection: &mut PgConnection, script: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(script)).execute(connection).await?;
    Ok(())
}

/// With those columns only that have something in them, which the server has less to read of.
fn script(row: &Row<'_>) -> String {
    let (mut columns, mut values) = ("metric_type, metric_value".to_owned(), text(row.metric_type));
    write!(values, ", '{:e}'", row.value).expect(ENDLESS);
    let email = match row.email {
        Email::Number(id) => id.map(|id| format!("'{id}'")),
        Email::Uuid(id) => id.map(|id| format!("'{}'", id.as_hyphenated())),
    };
    let labels = row.labels.as_deref().map(|labels| format!("{}::json", text(labels)));
    for (column, value) in [("labels", labels), ("email_id", email), ("recorded_at", row.recorded_at.map(time))] {
        if let Some(value) = value {
            write!(columns, ", {column}").expect(ENDLESS);
            write!(values, ", {value}").expect(ENDLESS);
        }
    }
    format!("{BEGIN}; INSERT INTO operational_metrics ({columns}) VALUES ({values}); {END}")
}

fn text(text: &str) -> String {
    if text.bytes().all(is_plain) {
        return format!("'{text}'");
    }
    let mut literal = String::with_capacity(2 * text.len() + 40);
    literal.push_str("convert_from(decode('");
    for byte in text.bytes() {
        write!(literal, "{byte:02x}").expect(ENDLESS);
    }
    literal.push_str("', 'hex'), 'UTF8')");
    literal
}

/// Whether a byte is itself in a literal, whatever the session's settings are.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" \"{}:,._-".contains(&byte)
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
    fn a_row_is_one_message() {
        let expected = r#"SAVEPOINT nepho_recorder; INSERT INTO operational_metrics (metric_type, metric_value, labels, email_id, recorded_at) VALUES ('t', '-1.5e0', '{"a":"b"}'::json, '-7', '2026-05-08T10:00:00.123456Z'); RELEASE SAVEPOINT nepho_recorder"#;
        assert_eq!(script(&row("t", -1.5, Some(r#"{"a":"b"}"#))), expected);
        let cases = [
            ("process_email", "'process_email'"),
            ("", "''"),
            ("it's", "convert_from(decode('69742773', 'hex'), 'UTF8')"),
            ("\\", "convert_from(decode('5c', 'hex'), 'UTF8')"),
            ("é", "convert_from(decode('c3a9', 'hex'), 'UTF8')"),
        ];
        for (input, expected) in cases {
            assert_eq!(text(input), expected, "{input}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_recorded_ends_its_literal(labels in "\\PC*", value in any::<f64>()) {
            let script = script(&row("t", value, Some(&labels)));
            let plain = self::script(&row("t", 0.0, Some("'")));
            let quoted: Vec<&str> = script.split('\'').collect();
            prop_assert!(quoted.len() % 2 == 1, "{script}");
            prop_assert!(quoted.iter().skip(1).step_by(2).all(|literal| literal.bytes().all(is_plain)), "{script}");
            // What is not quoted is ours, and the same for every row.
            let ours: String = quoted.iter().step_by(2).copied().collect();
            let of_plain: String = plain.split('\'').step_by(2).collect();
            prop_assert!(ours == of_plain || labels.bytes().all(is_plain), "{script}");
        }
    }
}
