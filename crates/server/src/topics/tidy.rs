//! What topics and deliveries leave behind, and when it goes.

use nepho_model::Timestamp;
use nepho_notify::subscription::PENDING_SECONDS;
use nepho_store::{Change, Record, Table};

use super::error::{TopicError, read};
use super::fifo::{DUPLICATES, Original};
use super::known::arn_in;
use super::subscription::{Consent, SUBSCRIPTIONS};
use super::token::{Purpose, TOKENS};
use crate::deliveries::message::{MESSAGES, MessageKey};
use crate::deliveries::record::{LEDGER, OUTBOX};
use crate::instance::Instance;

/// How many records are looked at in one transaction.
const PAGE: usize = 1000;

/// Removes what is too old: questions that nobody has answered, with their subscriptions; what tells duplicates; the
/// ledger's oldest. May block.
pub(crate) fn tidy(instance: &Instance, now: Timestamp) -> Result<(), TopicError> {
    each_page(instance, TOKENS, |record, changes| forget_token(instance, record, now, changes))?;
    each_page(instance, DUPLICATES, |record, changes| {
        let original: Original = read(DUPLICATES, &record.key, &record.value)?;
        if !original.counts(now) {
            changes.push(Change::Delete(DUPLICATES, record.key.clone()));
        }
        Ok(())
    })?;
    let oldest = now.plus_seconds(-i64::from(instance.config.deliveries.ledger_days) * 24 * 3600);
    let is_old = |key: &str| MessageKey::read(key).is_some_and(|(key, _)| key.published < oldest);
    each_page(instance, LEDGER, |record, changes| {
        if is_old(&record.key) {
            changes.push(Change::Delete(LEDGER, record.key.clone()));
        }
        Ok(())
    })?;
    each_page(instance, MESSAGES, |record, changes| {
        let is_needed = || instance.records.scan(OUTBOX, &format!("{}/", record.key), None, 1);
        if is_old(&record.key) && is_needed()?.is_empty() {
            changes.push(Change::Delete(MESSAGES, record.key.clone()));
        }
        Ok(())
    })
}

/// Forgets a token that is too old, and the subscription that nobody has confirmed with it.
fn forget_token(
    instance: &Instance,
    record: &Record,
    now: Timestamp,
    changes: &mut Vec<Change>,
) -> Result<(), TopicError> {
    let purpose = Purpose::read(&record.key, &record.value)?;
    if purpose.asked.plus_seconds(PENDING_SECONDS) > now {
        return Ok(());
    }
    changes.push(Change::Delete(TOKENS, record.key.clone()));
    let known = instance.topics.subscription(&*instance.records, &purpose.subscription)?;
    if let Some((_, subscription)) = known
        && matches!(&subscription.consent, Consent::Pending { token, .. } if *token == purpose.token)
    {
        changes.push(subscription.delete());
    }
    Ok(())
}

/// Looks at all records of a table, and makes the changes that come of each page.
fn each_page(
    instance: &Instance,
    table: Table,
    mut look: impl FnMut(&Record, &mut Vec<Change>) -> Result<(), TopicError>,
) -> Result<(), TopicError> {
    let mut after: Option<String> = None;
    loop {
        let _alone = instance.changing_records();
        let page = instance.records.scan(table, "", after.as_deref(), PAGE)?;
        let mut changes = Vec::new();
        for record in &page {
            look(record, &mut changes)?;
        }
        if !changes.is_empty() {
            instance.records.commit(&changes)?;
        }
        for change in &changes {
            if let Change::Delete(SUBSCRIPTIONS, key) = change {
                instance.topics.forget(&arn_in(key)?.topic);
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
            _ => return Ok(()),
        }
    }
}
