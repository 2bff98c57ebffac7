//! Many rows in one statement.

use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Recorder;
use super::statement::Email;
use crate::fault::Fault;
use crate::sample::Sample;
use crate::schema::EmailIdType;

/// Samples of one batch.
pub const BATCH_SAMPLES_MAX: usize = 100_000;
/// Rows of one statement: beyond that, larger ones are no faster.
const STATEMENT_ROWS: usize = 10_000;

/// Samples that were checked, column by column.
pub(super) struct Columns<'a> {
    types: Vec<&'a str>,
    values: Vec<f64>,
    labels: Vec<Option<String>>,
    emails: Emails,
    times: Vec<Option<SqlTimestamp>>,
}

enum Emails {
    Numbers(Vec<Option<i64>>),
    Uuids(Vec<Option<Uuid>>),
}

const INSERT_NUMBERS: &str = "
INSERT INTO operational_metrics (metric_type, metric_value, labels, email_id, recorded_at)
SELECT metric_type, metric_value, labels::json, email_id, coalesce(recorded_at, now())
FROM unnest($1::text[], $2::float8[], $3::text[], $4::bigint[], $5::timestamptz[])
    AS sample(metric_type, metric_value, labels, email_id, recorded_at)";

const INSERT_UUIDS: &str = "
INSERT INTO operational_metrics (metric_type, metric_value, labels, email_id, recorded_at)
SELECT metric_type, metric_value, labels::json, email_id, coalesce(recorded_at, now())
FROM unnest($1::text[], $2::float8[], $3::text[], $4::uuid[], $5::timestamptz[])
    AS sample(metric_type, metric_value, labels, email_id, recorded_at)";

impl<'a> Columns<'a> {
    pub(super) fn of(recorder: &Recorder, samples: &[Sample<'a>]) -> Result<Self, Fault> {
        if samples.len() > BATCH_SAMPLES_MAX {
            return Err(Fault::LongBatch { count: samples.len() });
        }
        let mut columns = Columns {
            types: Vec::with_capacity(samples.len()),
            values: Vec::with_capacity(samples.len()),
            labels: Vec::with_capacity(samples.len()),
            emails: match recorder.email_id {
                EmailIdType::Uuid => Emails::Uuids(Vec::with_capacity(samples.len())),
                EmailIdType::BigInt | EmailIdType::Integer => Emails::Numbers(Vec::with_capacity(samples.len())),
            },
            times: Vec::with_capacity(samples.len()),
        };
        for sample in samples {
            let row = recorder.row(sample)?;
            columns.types.push(row.metric_type);
            columns.values.push(row.value);
            columns.labels.push(row.labels);
            match (&mut columns.emails, row.email) {
                (Emails::Numbers(ids), Email::Number(id)) => ids.push(id),
                (Emails::Uuids(ids), Email::Uuid(id)) => ids.push(id),
                _ => unreachable!("an id is of the column's type"),
            }
            columns.times.push(row.recorded_at.map(ToSqlx::to_sqlx));
        }
        Ok(columns)
    }

    pub(super) async fn insert(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        for start in (0..self.types.len()).step_by(STATEMENT_ROWS) {
            let rows = start..self.types.len().min(start + STATEMENT_ROWS);
            let query = match &self.emails {
                Emails::Numbers(_) => sqlx::query(INSERT_NUMBERS),
                Emails::Uuids(_) => sqlx::query(INSERT_UUIDS),
            };
            let query =
                query.bind(&self.types[rows.clone()]).bind(&self.values[rows.clone()]).bind(&self.labels[rows.clone()]);
            let query = match &self.emails {
                Emails::Numbers(ids) => query.bind(&ids[rows.clone()]),
                Emails::Uuids(ids) => query.bind(&ids[rows.clone()]),
            };
            query.bind(&self.times[rows]).execute(&mut *connection).await?;
        }
        Ok(())
    }
}
