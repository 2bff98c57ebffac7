//! Reading mail, and sorting it.

use nepho_operational::Recorder;
use sqlx::PgConnection;

use super::{Actor, Failure, record_time};
use crate::classifier::{Classifier, MODEL};
use crate::clock::timed;
use crate::mail;
use crate::queue::{Email, Queue};

/// Reads a message (stage `parse`) and finds its category (stage `classify`).
#[derive(Debug, Default)]
pub struct ProcessEmail {
    classifier: Classifier,
}

impl Actor for ProcessEmail {
    fn name(&self) -> &'static str {
        "process_email"
    }

    fn queue(&self) -> Queue {
        Queue::Inbound
    }

    async fn work(&self, transaction: &mut PgConnection, recorder: &Recorder, email: &Email) -> Result<(), Failure> {
        let (mail, time) = timed(|| mail::parse(&email.raw));
        record_time(transaction, recorder, self, "parse", time).await;
        let mail =
            mail.map_err(|fault| Failure::Email { error_type: fault.error_type(), detail: fault.to_string() })?;
        let text = format!("{} {}", mail.subject, mail.text);
        let (found, time) = timed(|| self.classifier.classify(&text));
        record_time(transaction, recorder, self, "classify", time).await;
        recorder.token_usage(transaction, MODEL, "classify", found.tokens).await.ok();
        recorder.confidence(transaction, found.confidence).await.ok();
        let state = if found.category == "spam" { "ignored" } else { "sorted" };
        sqlx::query(
            "UPDATE incoming_emails SET state = $2, attempts = 0, sender = $3, subject = $4, category = $5 WHERE id = $1",
        )
        .bind(email.id)
        .bind(state)
        .bind(&mail.sender)
        .bind(&mail.subject)
        .bind(found.category)
        .execute(&mut *transaction)
        .await?;
        Ok(())
    }
}
