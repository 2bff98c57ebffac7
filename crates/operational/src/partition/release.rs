//! Partitions that are too old: taken away from the table, and removed from the disk bit by bit.
//!
//! A file system may hold up commits while it frees files. So a partition does not go at once: its indexes go one after
//! the other, and then its rows, with pauses in which writers go on.

use std::time::Duration;

use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{LOCK_WAIT_MS, day_of, name_of};
use crate::clock::Clock;
use crate::error::Error;

/// Between two files that are removed.
const PAUSE: Duration = Duration::from_millis(250);

/// Ends the name of a partition that is no longer one. No other table is removed here, so that one which somebody else
/// detached to keep it stays.
const RELEASED: &str = "_released";

const DETACHED: &str =
    "SELECT c.relname::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_class AS parent USING (relnamespace)
WHERE parent.oid = 'operational_metrics'::regclass AND c.relkind = 'r' AND NOT c.relispartition
    AND c.relname ~ '^operational_metrics_[0-9]{8}_released$'
ORDER BY 1";

/// Removing any one of these frees one file.
const INDEXES: &str = "
SELECT CASE WHEN c.conname IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
    ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END
FROM pg_catalog.pg_index AS i LEFT JOIN pg_catalog.pg_constraint AS c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
WHERE i.indrelid = $1::regclass
ORDER BY i.indexrelid";

/// Takes the partition of a day away from the table, if the locks for that are to be had in time.
///
/// Its foreign key goes too, which needs the same lock on the application's table that detaching needs.
pub(crate) async fn detach(connection: &mut PgConnection, day: Date) -> Result<(), Error> {
    let (name, released) = (name_of(day), released_name(day));
    let script = format!(
        "SET LOCAL lock_timeout = {LOCK_WAIT_MS};
         ALTER TABLE operational_metrics DETACH PARTITION {name};
         ALTER TABLE {name} RENAME TO {released};
         DO $$
         DECLARE foreign_key name;
         BEGIN
             FOR foreign_key IN SELECT conname FROM pg_catalog.pg_constraint
                 WHERE conrelid = '{released}'::regclass AND contype = 'f'
             LOOP EXECUTE format('ALTER TABLE {released} DROP CONSTRAINT %I', foreign_key); END LOOP;
         END $$;"
    );
    execute(connection, script).await
}

/// The days whose partition was taken away, and is still on the disk.
pub(crate) async fn detached(connection: &mut PgConnection) -> Result<Vec<Date>, Error> {
    let names: Vec<String> = sqlx::query_scalar(DETACHED).fetch_all(connection).await?;
    Ok(names.iter().filter_map(|name| day_of(name.strip_suffix(RELEASED)?)).collect())
}

/// All of it at once, for the migration that takes everything back.
pub(crate) fn remove_detached_sql() -> String {
    format!(
        "DO $$
DECLARE detached name;
BEGIN
    FOR detached IN {DETACHED}
    LOOP EXECUTE format('DROP TABLE %I', detached); END LOOP;
END $$;
"
    )
}

/// Removes from the disk what [`detach`] took away from the table.
pub(crate) async fn remove(connection: &mut PgConnection, clock: &impl Clock, day: Date) -> Result<(), Error> {
    let name = released_name(day);
    let indexes: Vec<String> = sqlx::query_scalar(INDEXES).bind(&name).fetch_all(&mut *connection).await?;
    for removal in indexes.into_iter().chain([format!("DROP TABLE {name}")]) {
        clock.sleep(PAUSE).await;
        execute(connection, format!("SET LOCAL lock_timeout = {LOCK_WAIT_MS}; {removal};")).await?;
    }
    Ok(())
}

async fn execute(connection: &mut PgConnection, script: String) -> Result<(), Error> {
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

fn released_name(day: Date) -> String {
    format!("{}{RELEASED}", name_of(day))
}
