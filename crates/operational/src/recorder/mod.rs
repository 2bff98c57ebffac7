//! Recording samples.

mod batch;
mod guarded;
mod statement;

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection, PgConnection};

pub use batch::BATCH_SAMPLES_MAX;

use crate::confidence::Thresholds;
use crate::email_id::EmailId;
use crate::error::Error;
use crate::fault::Fault;
use crate::metric_type::Catalogue;
use crate::sample::Sample;
use crate::schema::EmailIdType;

/// Records samples in the caller's transaction, or on a connection without one.
///
/// It commits nothing: what is recorded in a transaction is there when that is committed, and gone when it is rolled
/// back. A sample that cannot be recorded is logged, and is the call's error; the transaction goes on all the same,
/// because the row is written behind a savepoint. A caller who wants all or nothing hands the error on with `?`, and
/// may leave the savepoint out (see [`Recorder::without_savepoint`]).
///
/// A call whose future is dropped before its end (a timeout) leaves open which rows are there. If it was just then that
/// PostgreSQL refused one, the transaction can only be rolled back.
///
/// Transactions have to be begun with `sqlx`'s `begin`, which is how the recorder learns of them.
///
/// A recorder is cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    catalogue: Arc<Catalogue>,
    thresholds: Thresholds,
    email_id: EmailIdType,
    email: Option<EmailId>,
    has_no_savepoint: bool,
}

impl Recorder {
    /// A recorder of these types.
    pub fn new(catalogue: Catalogue) -> Self {
        Recorder { catalogue: Arc::new(catalogue), ..Recorder::default() }
    }

    /// With other buckets of confidence.
    #[must_use]
    pub fn thresholds(mut self, thresholds: Thresholds) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// For a table whose `email_id` has this type.
    #[must_use]
    pub fn email_id_type(mut self, email_id: EmailIdType) -> Self {
        self.email_id = email_id;
        self
    }

    /// Without a savepoint, which costs the server some microseconds: a transaction in which recording failed can then
    /// only be rolled back.
    #[must_use]
    pub fn without_savepoint(mut self) -> Self {
        self.has_no_savepoint = true;
        self
    }

    /// A recorder whose samples are about this email, unless they say otherwise.
    #[must_use]
    pub fn about(&self, email: impl Into<EmailId>) -> Self {
        Recorder { email: Some(email.into()), ..self.clone() }
    }

    /// Records how many messages wait in a queue.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub async fn queue_depth(&self, connection: &mut PgConnection, queue: &str, depth: u64) -> Result<(), Error> {
        self.record(connection, &Sample::queue_depth(queue, depth)).await
    }

    /// Records how long an actor took for a stage.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub async fn processing_time(
        &self,
        connection: &mut PgConnection,
        actor: &str,
        stage: &str,
        time: Duration,
    ) -> Result<(), Error> {
        self.record(connection, &Sample::processing_time(actor, stage, time)).await
    }

    /// Records an error of an actor.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub async fn error(&self, connection: &mut PgConnection, actor: &str, error_type: &str) -> Result<(), Error> {
        self.record(connection, &Sample::error(actor, error_type)).await
    }

    /// Records how many tokens a model used for an operation.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub async fn token_usage(
        &self,
        connection: &mut PgConnection,
        model: &str,
        operation: &str,
        tokens: u64,
    ) -> Result<(), Error> {
        self.record(connection, &Sample::token_usage(model, operation, tokens)).await
    }

    /// Records how sure a classification is, in its bucket.
    ///
    /// # Errors
    /// As [`Recorder::record`], and [`Fault::Confidence`] when `score` is not between 0 and 1.
    pub async fn confidence(&self, connection: &mut PgConnection, score: f64) -> Result<(), Error> {
        match Sample::confidence(score, &self.thresholds) {
            Ok(sample) => self.record(connection, &sample).await,
            Err(fault) => Err(reported(fault.into(), "confidence_score")),
        }
    }

    /// Records any sample.
    ///
    /// # Errors
    /// [`Error::Sample`] when it must not be recorded, and then nothing was sent; what the server says otherwise.
    pub async fn record(&self, connection: &mut PgConnection, sample: &Sample<'_>) -> Result<(), Error> {
        let recorded = match self.row(sample) {
            Ok(row) if self.is_guarded(connection) => guarded::insert(connection, &row).await.map_err(Error::from),
            Ok(row) => row.insert(connection).await.map_err(Error::from),
            Err(fault) => Err(fault.into()),
        };
        recorded.map_err(|error| reported(error, sample.metric_type))
    }

    /// Records many samples, all or none of them.
    ///
    /// # Errors
    /// As [`Recorder::record`], and [`Fault::LongBatch`] with more than [`BATCH_SAMPLES_MAX`].
    pub async fn record_all(&self, connection: &mut PgConnection, samples: &[Sample<'_>]) -> Result<(), Error> {
        let recorded = match batch::Columns::of(self, samples) {
            Ok(columns) if self.is_guarded(connection) => {
                guarded::insert_all(connection, columns).await.map_err(Error::from)
            }
            Ok(columns) => columns.insert(connection).await.map_err(Error::from),
            Err(fault) => Err(fault.into()),
        };
        recorded.map_err(|error| reported(error, "a batch"))
    }

    fn row<'a>(&self, sample: &Sample<'a>) -> Result<statement::Row<'a>, Fault> {
        let (_, labels) = sample.check(&self.catalogue)?;
        let email = self.email_of(sample)?;
        let (metric_type, value) = (sample.metric_type, sample.value);
        Ok(statement::Row { metric_type, value, labels, email, recorded_at: sample.recorded_at })
    }

    /// The email that a sample is about, as the table's column takes it.
    fn email_of(&self, sample: &Sample<'_>) -> Result<statement::Email, Fault> {
        let email = sample.email.or(self.email);
        match (self.email_id, email) {
            (_, None) => Ok(self.no_email()),
            (EmailIdType::Uuid, Some(EmailId::Uuid(id))) => Ok(statement::Email::Uuid(Some(id))),
            (EmailIdType::Integer, Some(EmailId::Number(id))) if i32::try_from(id).is_err() => {
                Err(Fault::EmailId { id: id.to_string(), column: self.email_id.as_str() })
            }
            (EmailIdType::BigInt | EmailIdType::Integer, Some(EmailId::Number(id))) => {
                Ok(statement::Email::Number(Some(id)))
            }
            (_, Some(id)) => Err(Fault::EmailId { id: id.to_string(), column: self.email_id.as_str() }),
        }
    }

    fn no_email(&self) -> statement::Email {
        match self.email_id {
            EmailIdType::Uuid => statement::Email::Uuid(None),
            EmailIdType::BigInt | EmailIdType::Integer => statement::Email::Number(None),
        }
    }

    /// Whether there is a transaction that is to be kept from harm.
    fn is_guarded(&self, connection: &PgConnection) -> bool {
        !self.has_no_savepoint && connection.is_in_transaction()
    }
}

fn reported(error: Error, what: &str) -> Error {
    tracing::warn!("{what} was not recorded: {error}");
    error
}
