//! Everything that can go wrong.

use jiff::civil::Date;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use crate::fault::Fault;
use crate::schema::{IdentifierFault, VERSION_TABLE};

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A sample that must not be recorded.
    #[error(transparent)]
    Sample(#[from] Fault),
    /// A name that PostgreSQL would not take for a table or a column.
    #[error(transparent)]
    Identifier(#[from] IdentifierFault),
    /// A cron expression that says no times.
    #[error("cron expression {text:?}: {reason}")]
    Cron {
        /// The expression.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A time zone that is not known.
    #[error("time zone {name:?}: {reason}")]
    Zone {
        /// Its name as it was given.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A date without a day, at the ends of the calendar.
    #[error("{0} is outside the calendar")]
    Calendar(Date),
    /// A day whose raw rows retention has deleted, in whole or in part: rolling it up again would lose them.
    #[error("the raw rows of {date} were deleted when they were {retention_days} days old: its daily rows are final")]
    Final {
        /// The day.
        date: Date,
        /// How long raw rows are kept.
        retention_days: u16,
    },
    /// A day that could not be rolled up, though others could.
    #[error("{date} was not rolled up: {source}")]
    Day {
        /// The day.
        date: Date,
        /// What the server said.
        source: Box<Error>,
    },
    /// A day that has not ended.
    #[error("{date} has not ended at {now}")]
    NotOver {
        /// The day.
        date: Date,
        /// The time.
        now: jiff::Timestamp,
    },
    /// The tables are there, but were made with other settings.
    #[error(
        "migration {version} was applied with other settings (email_id, foreign key or partitions); \
         give those it was applied with, or migrate down first"
    )]
    OtherSettings {
        /// The migration's number.
        version: i64,
    },
    /// The tables are not there.
    #[error("the tables of operational metrics are missing or incomplete: run the migrations ({0})")]
    NotMigrated(String),
    /// A read that would bring too much at once.
    #[error("the read has more than {limit} rows; ask for a shorter range, or page by page")]
    TooManyRows {
        /// The most rows of one read.
        limit: usize,
    },
    /// A percentile that is none.
    #[error("percentile {0} is not between 0 and 1")]
    Percentile(f64),
    /// A period that is none.
    #[error("period of {0} seconds is not above 0")]
    Period(i64),
    /// What `email_id` was to refer to is not there, or cannot be referred to.
    #[error("email_id cannot refer to {reference}: {refusal}")]
    Reference {
        /// The table and column.
        reference: String,
        /// What the server said.
        refusal: String,
    },
    /// The tables are there, and none of the migrations is noted as applied.
    #[error("operational_metrics is there, but no migration that made it is noted in {VERSION_TABLE}")]
    NoVersions,
    /// A migration failed, and has left nothing behind.
    #[error("migration {version}: {}", told(.source))]
    Migration {
        /// Its number.
        version: i64,
        /// What the server said, or what kept it from saying anything.
        source: sqlx::Error,
    },
    /// The migrations could not be run.
    #[error("migrations: {0}")]
    Migrate(MigrateError),
    /// There is no connection to PostgreSQL.
    #[error("{}", unconnected(.address, .source))]
    Connect {
        /// Where it should be.
        address: String,
        /// What it said, or what kept it from saying anything.
        source: sqlx::Error,
    },
    /// PostgreSQL refused, or could not be reached any more.
    #[error("{}", told(.0))]
    Database(sqlx::Error),
}

/// What the server said, or what kept it from saying anything.
fn told(error: &sqlx::Error) -> String {
    match (error.as_database_error(), error) {
        (Some(refusal), _) => match refusal.code() {
            Some(code) => format!("PostgreSQL: {} ({code})", refusal.message()),
            None => format!("PostgreSQL: {}", refusal.message()),
        },
        // A pool tries to connect for as long as somebody waits.
        (None, sqlx::Error::PoolTimedOut) => "PostgreSQL: the database does not answer".to_owned(),
        (None, _) => format!("PostgreSQL: {error}"),
    }
}

/// Why there is no connection.
fn unconnected(address: &str, error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => format!("PostgreSQL at {address} cannot be reached: {error}"),
        error => told(error).replacen("PostgreSQL", &format!("PostgreSQL at {address}"), 1),
    }
}

/// As [`told`], with what the server said in detail.
pub(crate) fn told_in_detail(error: &sqlx::Error) -> String {
    let refusal = error.as_database_error().and_then(|refusal| refusal.try_downcast_ref::<PgDatabaseError>());
    match refusal.and_then(PgDatabaseError::detail) {
        Some(detail) => format!("{}: {detail}", told(error)),
        None => told(error),
    }
}

/// What a table or a function that is not there is reported as.
const UNDEFINED: [&str; 3] = ["42P01", "42703", "42883"];
/// Classes of errors after which another connection may do better: connection exceptions, insufficient resources and
/// operator intervention.
const TRANSIENT_CLASSES: [&str; 3] = ["08", "53", "57"];
/// A lock that was not to be had in time, a deadlock, and a conflict with another transaction.
const TRANSIENT_CODES: [&str; 3] = ["55P03", "40P01", "40001"];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|refusal| refusal.code());
        match code {
            Some(code) if UNDEFINED.contains(&code.as_ref()) => Error::NotMigrated(told(&error)),
            _ => Error::Database(error),
        }
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMismatch(version) => Error::OtherSettings { version },
            MigrateError::Execute(error) => Error::Database(error),
            MigrateError::ExecuteMigration(source, version) => Error::Migration { version, source },
            error => Error::Migrate(error),
        }
    }
}

impl Error {
    /// What the server refused because of something in this day's rows; other errors are not the day's.
    pub(crate) fn of_day(self, date: Date) -> Self {
        match self {
            Error::Database(_) if !self.is_transient() => Error::Day { date, source: Box::new(self) },
            other => other,
        }
    }

    /// Whether the same may succeed a little later: the server was not there, was too busy, or went away.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Database(error) | Error::Migration { source: error, .. } | Error::Connect { source: error, .. } => {
                is_transient(error)
            }
            _ => false,
        }
    }
}

fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| {
            TRANSIENT_CODES.contains(&code.as_ref()) || TRANSIENT_CLASSES.iter().any(|class| code.starts_with(class))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_that_waits_for_nothing_says_that_nobody_answers() {
        // It said that the pool had timed out.
        let error = Error::from(sqlx::Error::PoolTimedOut);
        assert_eq!(error.to_string(), "PostgreSQL: the database does not answer");
    }
}
