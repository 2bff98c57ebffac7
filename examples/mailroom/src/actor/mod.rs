//! Who does the work: two actors, each with a queue that it takes from.

mod process_email;
mod send_reply;

use std::time::Duration;

use nepho_operational::Recorder;
use sqlx::{Connection, PgConnection};

pub use process_email::ProcessEmail;
pub use send_reply::SendReply;

use crate::queue::{self, Email, Queue};

/// One kind of work on an email.
pub trait Actor: Send + Sync {
    /// As the label `actor`.
    fn name(&self) -> &'static str;

    /// Where its work waits.
    fn queue(&self) -> Queue;

    /// Works on an email in a transaction that is committed when this succeeds, metrics and all, and rolled back when it
    /// fails.
    fn work(
        &self,
        transaction: &mut PgConnection,
        recorder: &Recorder,
        email: &Email,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Why an email could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something about the email. It is tried again a few times.
    #[error("{error_type}: {detail}")]
    Email {
        /// As the label `error_type`.
        error_type: &'static str,
        /// What exactly.
        detail: String,
    },
    /// The database. The work is done again when it is back.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Takes one email from the actor's queue and works on it. Whether there was one.
///
/// # Errors
/// What the database says.
pub async fn turn(actor: &impl Actor, connection: &mut PgConnection, recorder: &Recorder) -> Result<bool, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let Some(email) = actor.queue().take(&mut transaction).await? else { return Ok(false) };
    let recorder = recorder.about(email.id);
    match actor.work(&mut transaction, &recorder, &email).await {
        Ok(()) => {
            let depth = actor.queue().depth(&mut transaction).await?;
            recorder.queue_depth(&mut transaction, actor.queue().name(), depth).await.ok();
            transaction.commit().await?;
        }
        Err(Failure::Database(error)) => return Err(error),
        Err(Failure::Email { error_type, detail }) => {
            tracing::warn!("{} failed with email {}: {error_type}: {detail}", actor.name(), email.id);
            // Nothing of what was tried stays, not even its metrics; that it failed does.
            transaction.rollback().await?;
            let mut transaction = connection.begin().await?;
            queue::fail(&mut transaction, email.id).await?;
            recorder.error(&mut transaction, actor.name(), error_type).await.ok();
            transaction.commit().await?;
        }
    }
    Ok(true)
}

/// Records how long a stage took.
async fn record_time(
    transaction: &mut PgConnection,
    recorder: &Recorder,
    actor: &impl Actor,
    stage: &str,
    time: Duration,
) {
    // A metric that cannot be recorded is in the log, and no reason to stop.
    recorder.processing_time(transaction, actor.name(), stage, time).await.ok();
}
