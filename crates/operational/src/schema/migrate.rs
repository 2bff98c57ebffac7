//! Running the migrations.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, SqlSafeStr};

use super::{RAW_ROWS, Schema, Step, Storage};
use crate::error::{Error, told_in_detail};
use crate::partition;

/// Where it is kept which migrations were applied; the application's own migrations have another table.
pub const VERSION_TABLE: &str = "_operational_metrics_migrations";

/// What is said of a table, a column or a schema that is not there, and of columns that a foreign key cannot join because
/// one is not unique or their types differ.
const NO_REFERENCE: [&str; 5] = ["42P01", "42703", "3F000", "42830", "42804"];

/// What is said of a table that is there already.
const DUPLICATE_TABLE: &str = "42P07";

/// A migration that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its number.
    pub version: i64,
    /// What it made.
    pub description: String,
    /// When.
    pub at: Timestamp,
}

impl Schema {
    /// Applies what is missing of the migrations; with partitions, makes those of the days around `now` as well.
    ///
    /// Several instances may do so at the same time.
    ///
    /// # Errors
    /// [`Error::OtherSettings`] when the tables were made with another [`Schema`], [`Error::Reference`] when what
    /// `email_id` refers to is not there, [`Error::NoVersions`] when the tables were made in another way; what the server
    /// says otherwise.
    pub async fn up(&self, connection: &mut PgConnection, now: Timestamp) -> Result<(), Error> {
        let outcome = self.migrator().run_direct(None, connection, false).await;
        release(connection, outcome.is_err()).await;
        outcome.map_err(|error| self.explained(error.into()))?;
        if self.storage == Storage::DailyPartitions {
            partition::prepare_or_warn(connection, now).await?;
        }
        Ok(())
    }

    /// Takes all migrations back, in one go. What was recorded is gone after it. How many there were; 0 when there are no
    /// tables.
    ///
    /// # Errors
    /// [`Error::NoVersions`] when the tables were made in another way; what the server says otherwise.
    pub async fn down(&self, connection: &mut PgConnection) -> Result<usize, Error> {
        let count = applied(connection).await?.len();
        if count == 0 {
            let is_there = "SELECT to_regclass('operational_metrics') IS NOT NULL";
            return match sqlx::query_scalar(is_there).fetch_one(connection).await? {
                true => Err(Error::NoVersions),
                false => Ok(0),
            };
        }
        let outcome = self.migrator().undo(&mut *connection, 0).await;
        release(connection, outcome.is_err()).await;
        outcome?;
        Ok(count)
    }

    /// Nothing that raw rows need can be missing but what they refer to, and nothing be in the way but their own table.
    fn explained(&self, error: Error) -> Error {
        let Error::Migration { version: RAW_ROWS, source } = &error else { return error };
        let code = source.as_database_error().and_then(|refusal| refusal.code()).unwrap_or_default();
        match &self.references {
            _ if code == DUPLICATE_TABLE => Error::NoVersions,
            Some(reference) if NO_REFERENCE.contains(&code.as_ref()) => {
                Error::Reference { reference: reference.to_string(), refusal: told_in_detail(source) }
            }
            _ => error,
        }
    }

    fn migrator(&self) -> Migrator {
        let migration = |step: &Step, kind: MigrationType, sql: &str| {
            let sql = AssertSqlSafe(sql).into_sql_str();
            Migration::new(step.version, Cow::Borrowed(step.description), kind, sql, false)
        };
        let steps = self.steps();
        let both = steps.iter().flat_map(|step| {
            [
                migration(step, MigrationType::ReversibleUp, &step.up),
                migration(step, MigrationType::ReversibleDown, &step.down),
            ]
        });
        let mut migrator = Migrator::with_migrations(both.collect());
        migrator.dangerous_set_table_name(VERSION_TABLE);
        migrator
    }
}

/// After a failure, gives back the lock that keeps other instances from migrating meanwhile.
async fn release(connection: &mut PgConnection, has_failed: bool) {
    if has_failed && let Err(error) = connection.unlock().await {
        tracing::debug!("the lock of the migrations was not given back: {error}");
    }
}

/// The migrations that were applied, in their order; none when there never were any.
///
/// # Errors
/// What the server says.
pub async fn applied(connection: &mut PgConnection) -> Result<Vec<Applied>, Error> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
        .bind(VERSION_TABLE)
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT version, description, installed_on FROM {VERSION_TABLE} ORDER BY version");
    let rows: Vec<(i64, String, SqlTimestamp)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?;
    let applied =
        |(version, description, at): (i64, String, SqlTimestamp)| Applied { version, description, at: at.to_jiff() };
    Ok(rows.into_iter().map(applied).collect())
}
