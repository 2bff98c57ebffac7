//! Finding deliveries: those in the outbox and those in the ledger, the newest first.

use nepho_model::{Scope, Timestamp};
use nepho_notify::delivery::Delivery;
use nepho_notify::subscription::Protocol;
use nepho_store::{Record, Records, Table};

use super::message::{MESSAGES, Message, MessageKey};
use super::record::{DeliveryRecord, LEDGER, OUTBOX};
use crate::topics::error::TopicError;

/// How many records of each table are read at a time.
const READ: usize = 256;
/// How many deliveries one page looks at. One that finds few ends there, and says where to go on.
pub(crate) const LOOKED_AT_MAX: usize = 10_000;

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wanted {
    /// A topic's name or ARN.
    pub(crate) topic: Option<String>,
    /// A subscription's id or ARN.
    pub(crate) subscription: Option<String>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) endpoint: Option<String>,
    /// A message's id, or how it begins.
    pub(crate) message: Option<String>,
    pub(crate) state: Option<State>,
    /// Published then or later.
    pub(crate) since: Option<Timestamp>,
    /// Published before.
    pub(crate) until: Option<Timestamp>,
}

/// How a delivery stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Redriving,
    Delivered,
    DeadLettered,
    Discarded,
    Held,
    Folded,
}

impl State {
    pub(crate) const ALL: [State; 7] = [
        State::Waiting,
        State::Redriving,
        State::Delivered,
        State::DeadLettered,
        State::Discarded,
        State::Held,
        State::Folded,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Redriving => "redriving",
            State::Delivered => "delivered",
            State::DeadLettered => "dead-lettered",
            State::Discarded => "discarded",
            State::Held => "held",
            State::Folded => "folded",
        }
    }

    pub(crate) const fn of(delivery: &Delivery) -> Self {
        match delivery {
            Delivery::Waiting { .. } => State::Waiting,
            Delivery::Redriving { .. } => State::Redriving,
            Delivery::Delivered { .. } => State::Delivered,
            Delivery::DeadLettered { .. } => State::DeadLettered,
            Delivery::Discarded { .. } => State::Discarded,
            Delivery::Held => State::Held,
            Delivery::Folded => State::Folded,
        }
    }
}

impl Wanted {
    fn has(&self, delivery: &DeliveryRecord) -> bool {
        let is =
            |wanted: &Option<String>, found: &[&str]| wanted.as_deref().is_none_or(|wanted| found.contains(&wanted));
        let (topic, subscription) = (&delivery.subscription.topic, &delivery.subscription);
        is(&self.topic, &[topic.name.as_str(), &topic.to_string()])
            && is(&self.subscription, &[&subscription.id, &subscription.to_string()])
            && is(&self.endpoint, &[&delivery.endpoint])
            && self.message.as_deref().is_none_or(|begin| delivery.message.id.starts_with(begin))
            && self.protocol.is_none_or(|protocol| protocol == delivery.protocol)
            && self.state.is_none_or(|state| state == State::of(&delivery.state))
            && self.since.is_none_or(|since| delivery.message.published >= since)
    }
}

/// A page of deliveries.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Each with its message, if it is one that was published.
    pub(crate) deliveries: Vec<(DeliveryRecord, Option<Message>)>,
    /// Where the next page begins.
    pub(crate) next: Option<String>,
}

/// Finds deliveries of a scope below a key, at most `limit`.
pub(crate) fn find(
    records: &dyn Records,
    scope: &Scope,
    wanted: &Wanted,
    before: Option<&str>,
    limit: usize,
) -> Result<Page, TopicError> {
    let prefix = format!("{scope}/");
    let from = before.map(str::to_owned).or_else(|| {
        let until = wanted.until?;
        Some(format!("{prefix}{:015}", until.millis().max(0)))
    });
    let mut tables =
        [OUTBOX, LEDGER].map(|table| Backwards { table, page: Vec::new(), before: from.clone(), is_done: false });
    let mut page = Page::default();
    let mut last = None;
    for _ in 0..LOOKED_AT_MAX {
        let Some((table, record)) = take_last(records, &prefix, &mut tables)? else { return Ok(page) };
        if page.deliveries.len() == limit {
            break;
        }
        let delivery = DeliveryRecord::read(table, &record.key, &record.value)?;
        if wanted.since.is_some_and(|since| delivery.message.published < since) {
            return Ok(page);
        }
        last = Some(record.key);
        if wanted.has(&delivery) {
            let message = message(records, &delivery.message)?;
            page.deliveries.push((delivery, message));
        }
    }
    page.next = last;
    Ok(page)
}

fn message(records: &dyn Records, key: &MessageKey) -> Result<Option<Message>, TopicError> {
    let value = records.get(MESSAGES, &key.to_string())?;
    value.map(|value| Message::read(key.clone(), &value)).transpose()
}

/// A table that is read from its end.
struct Backwards {
    table: Table,
    /// What was read, the last key last.
    page: Vec<Record>,
    before: Option<String>,
    is_done: bool,
}

impl Backwards {
    /// The last key that has not been taken.
    fn last(&mut self, records: &dyn Records, prefix: &str) -> Result<Option<&str>, TopicError> {
        if self.page.is_empty() && !self.is_done {
            self.page = records.scan_back(self.table, prefix, self.before.as_deref(), READ)?;
            self.is_done = self.page.len() < READ;
            self.before = self.page.last().map(|record| record.key.clone());
            self.page.reverse();
        }
        Ok(self.page.last().map(|record| record.key.as_str()))
    }
}

/// Takes the record with the last key of both tables.
fn take_last(
    records: &dyn Records,
    prefix: &str,
    tables: &mut [Backwards; 2],
) -> Result<Option<(Table, Record)>, TopicError> {
    let [outbox, ledger] = tables;
    let of_outbox = outbox.last(records, prefix)?.map(str::to_owned);
    let of_ledger = ledger.last(records, prefix)?;
    let from = if of_outbox.as_deref() > of_ledger { outbox } else { ledger };
    let table = from.table;
    Ok(from.page.pop().map(|record| (table, record)))
}
