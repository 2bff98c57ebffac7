//! One instance at a time.

use sqlx::PgConnection;

/// First half of the advisory lock's key; the second is the table's oid, so that two applications with tables in two
/// schemas of one database do not wait for each other.
pub const LOCK_CLASS: i32 = 0x6e65_7068;

/// Takes the lock, unless somebody else has it. The session holds it until it is released or ends.
pub(super) async fn acquire(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT pg_try_advisory_lock($1, ('operational_metrics'::regclass::oid::bigint & 2147483647)::integer)",
    )
    .bind(LOCK_CLASS)
    .fetch_one(connection)
    .await
}

/// Gives the lock back. A session that has gone has given it back already.
pub(super) async fn release(connection: &mut PgConnection) {
    let released = sqlx::query(
        "SELECT pg_advisory_unlock($1, ('operational_metrics'::regclass::oid::bigint & 2147483647)::integer)",
    )
    .bind(LOCK_CLASS)
    .execute(connection);
    if let Err(error) = released.await {
        tracing::debug!("the lock of the roll-up was not given back: {error}");
    }
}
