//! One instance at a time.

use sqlx::postgres::{PgAdvisoryLock, PgAdvisoryLockGuard, PgAdvisoryLockKey};
use sqlx::{Either, PgConnection};

use crate::error::Error;

/// First half of the advisory lock's key; the second is the table's oid, so that two applications with tables in two
/// schemas of one database do not wait for each other.
pub const LOCK_CLASS: i32 = 0x6e65_7068;

/// Takes the lock, unless somebody else has it. The session holds it until the guard releases it or the session ends.
pub(crate) async fn acquire(
    connection: &mut PgConnection,
) -> Result<Option<PgAdvisoryLockGuard<&mut PgConnection>>, Error> {
    let key = PgAdvisoryLockKey::IntPair(LOCK_CLASS, table_key(connection).await?);
    match PgAdvisoryLock::with_key(key).try_acquire(connection).await? {
        Either::Left(guard) => Ok(Some(guard)),
        Either::Right(_) => Ok(None),
    }
}

/// Gives the lock back. A session that has gone has given it back already.
pub(crate) async fn release(guard: PgAdvisoryLockGuard<&mut PgConnection>) {
    if let Err(error) = guard.release_now().await {
        tracing::debug!("the lock of the roll-up was not given back: {error}");
    }
}

/// What stands for the raw table in the key of a lock.
pub(crate) async fn table_key(connection: &mut PgConnection) -> Result<i32, Error> {
    let key = sqlx::query_scalar("SELECT ('operational_metrics'::regclass::oid::bigint & 2147483647)::integer");
    Ok(key.fetch_one(connection).await?)
}
