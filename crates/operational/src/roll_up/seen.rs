//! Up to where rows were seen, so that late ones are found by their ids.
//!
//! An id is given out before its row is there for others: the transaction may go on for days. So the last id of one run
//! is not where the next one may begin to look. It is only when every transaction has ended that had begun to write by
//! then; until that is so, the next runs go on from an earlier id.

use sqlx::PgConnection;

use crate::error::Error;
use crate::read;

/// A transaction may have taken ids a moment before it is known as one that writes, up to a thousand with COPY. So many
/// ids are looked at again.
const AGAIN: i64 = 10_000;

/// What is remembered from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// Rows with ids up to this were all there when days were last rolled up.
    through: i64,
    mark: Mark,
}

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    /// The last id that had been given out.
    id: i64,
    /// No transaction had this number yet, or a later one.
    next_transaction: i64,
    /// The earliest transaction that had not ended.
    oldest_running: i64,
}

impl Seen {
    /// After which id rows may be late.
    pub(super) fn after(&self) -> i64 {
        self.through - AGAIN
    }

    /// After a run that began at `mark`.
    pub(super) fn then(self, mark: Mark) -> Self {
        match self.mark.next_transaction <= mark.oldest_running {
            true => Seen { through: self.mark.id, mark },
            false => self,
        }
    }
}

/// Marks this moment: first the id, then the transactions, so that whoever takes an id up to it is among them.
pub(super) async fn mark(connection: &mut PgConnection) -> Result<Mark, Error> {
    let id = read::last_id(&mut *connection).await?;
    let (next_transaction, oldest_running) = sqlx::query_as(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    )
    .fetch_one(connection)
    .await?;
    Ok(Mark { id, next_transaction, oldest_running })
}

/// What the last run remembered; nothing before the first.
pub(super) async fn read(connection: &mut PgConnection) -> Result<Seen, Error> {
    let row: Option<(i64, i64, i64)> =
        sqlx::query_as("SELECT through_id, mark_id, mark_transaction FROM operational_metrics_seen")
            .fetch_optional(connection)
            .await?;
    let seen = row.map(|(through, id, next_transaction)| Seen {
        through,
        mark: Mark { id, next_transaction, oldest_running: 0 },
    });
    Ok(seen.unwrap_or_default())
}

pub(super) async fn write(connection: &mut PgConnection, seen: &Seen) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO operational_metrics_seen (through_id, mark_id, mark_transaction) VALUES ($1, $2, $3)
         ON CONFLICT (is_only) DO UPDATE SET through_id = excluded.through_id, mark_id = excluded.mark_id,
             mark_transaction = excluded.mark_transaction",
    )
    .bind(seen.through)
    .bind(seen.mark.id)
    .bind(seen.mark.next_transaction)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_seen_when_all_have_ended_that_may_have_taken_them() {
        // Of each run: the last id, the next transaction's number, and the oldest that runs.
        let cases = [
            ("one run", vec![(100, 50, 48)], 0),
            ("all ended by the second", vec![(100, 50, 48), (200, 60, 50)], 100),
            ("one is still open", vec![(100, 50, 48), (200, 60, 49), (300, 70, 49)], 0),
            ("and then it ends", vec![(100, 50, 48), (200, 60, 49), (300, 70, 65), (400, 80, 80)], 300),
        ];
        for (name, runs, through) in cases {
            let seen = runs.iter().fold(Seen::default(), |seen, &(id, next_transaction, oldest_running)| {
                seen.then(Mark { id, next_transaction, oldest_running })
            });
            assert_eq!(seen.through, through, "{name}");
        }
    }
}
