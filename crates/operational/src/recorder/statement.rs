//! One row.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

/// A sample that was checked, as the table has it.
pub(super) struct Row<'a> {
    pub(super) metric_type: &'a str,
    pub(super) value: f64,
    pub(super) labels: Option<String>,
    pub(super) email: Email,
    pub(super) recorded_at: Option<Timestamp>,
}

/// An email's id in the type of the column.
#[derive(Debug, Clone, Copy)]
pub(super) enum Email {
    Number(Option<i64>),
    Uuid(Option<Uuid>),
}

const INSERT: &str = "
INSERT INTO operational_metrics (metric_type, metric_value, labels, email_id, recorded_at)
VALUES ($1, $2, $3::text::json, $4, coalesce($5, now()))";

impl Row<'_> {
    pub(super) async fn insert(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let query = sqlx::query(INSERT).bind(self.metric_type).bind(self.value).bind(self.labels);
        let query = match self.email {
            Email::Number(id) => query.bind(id),
            Email::Uuid(id) => query.bind(id),
        };
        query.bind(self.recorded_at.map(ToSqlx::to_sqlx)).execute(connection).await?;
        Ok(())
    }
}
