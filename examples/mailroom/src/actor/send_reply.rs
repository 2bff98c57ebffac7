//! Answering mail.

use std::path::PathBuf;

use nepho_operational::Recorder;
use sqlx::PgConnection;

use super::{Actor, Failure, record_time};
use crate::classifier::MODEL;
use crate::clock::timed;
use crate::intake;
use crate::mail;
use crate::queue::{Email, Queue};
use crate::words::words;

/// Writes an answer (stage `compose`) and hands it to the outgoing mail server's Maildir (stage `deliver`).
#[derive(Debug)]
pub struct SendReply {
    /// Where answers are delivered.
    pub outbox: PathBuf,
}

impl Actor for SendReply {
    fn name(&self) -> &'static str {
        "send_reply"
    }

    fn queue(&self) -> Queue {
        Queue::Replies
    }

    async fn work(&self, transaction: &mut PgConnection, recorder: &Recorder, email: &Email) -> Result<(), Failure> {
        let category = email.category.as_deref().unwrap_or_default();
        let (reply, time) = timed(|| compose(email, category));
        record_time(transaction, recorder, self, "compose", time).await;
        let reply = reply?;
        let tokens = words(&reply.body).count() as u64;
        recorder.token_usage(transaction, MODEL, "reply", tokens).await.ok();
        sqlx::query("INSERT INTO replies (email_id, recipient, body) VALUES ($1, $2, $3)")
            .bind(email.id)
            .bind(&reply.recipient)
            .bind(&reply.body)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE incoming_emails SET state = 'answered', attempts = 0 WHERE id = $1")
            .bind(email.id)
            .execute(&mut *transaction)
            .await?;
        // The name makes a second delivery, after a commit that failed, the same file.
        let name = format!("reply-{}", email.id);
        let (delivered, time) = timed(|| intake::deliver(&self.outbox, &name, reply.message().as_bytes()));
        record_time(transaction, recorder, self, "deliver", time).await;
        delivered.map_err(|error| Failure::Email { error_type: "Undeliverable", detail: error.to_string() })
    }
}

/// An answer.
struct Reply {
    recipient: String,
    subject: String,
    body: String,
}

impl Reply {
    fn message(&self) -> String {
        let Reply { recipient, subject, body } = self;
        format!("From: mailroom@example.org\r\nTo: {recipient}\r\nSubject: {subject}\r\n\r\n{body}\r\n")
    }
}

fn compose(email: &Email, category: &str) -> Result<Reply, Failure> {
    let mail = mail::parse(&email.raw);
    let mail = mail.map_err(|fault| Failure::Email { error_type: fault.error_type(), detail: fault.to_string() })?;
    let what = match category {
        "billing" => "Our accounting looks at your payments and writes to you within a day.",
        "support" => "An engineer looks at it. If you can, send us what you see on the screen.",
        _ => "Thank you for asking. Our prices are on our page, and somebody calls you for an offer.",
    };
    let about: Vec<String> = words(&mail.text).take(8).collect();
    let body = format!("You wrote about \"{}\".\r\n\r\n{what}", about.join(" "));
    // A header is one line, whatever the message says.
    let subject: String = mail.subject.chars().filter(|found| !found.is_control()).collect();
    Ok(Reply { recipient: mail.sender, subject: format!("Re: {subject}"), body })
}
