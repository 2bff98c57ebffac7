//! Receives that wait for messages, without a thread for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nepho_model::Timestamp;
use nepho_notify::queue::{Delivery, Event, QueueArn, Wish};
use nepho_store::Receipt;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use super::{DurableQueues, Held, QueueError};
use crate::clock::Clock;

/// Who waits for messages of a queue.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    notify: Arc<Notify>,
    /// When the next message will be there that is not yet, as far as they know.
    soonest: Option<Timestamp>,
}

impl Waiting {
    pub(super) fn wake_all(&self) {
        self.notify.notify_waiters();
    }
}

impl Held {
    /// Wakes one of those who wait for a queue that has a message now, and all when one will have one sooner than they
    /// think.
    pub(super) fn wake(&mut self, events: &[Event], now: Timestamp) {
        if self.waiting.is_empty() {
            return;
        }
        for event in events {
            let Some(id) = queue_of(event) else { continue };
            let Some(waiting) = self.waiting.get_mut(&id) else { continue };
            let (is_receivable, due) = self.queues.outlook(id, now);
            if is_receivable {
                waiting.notify.notify_one();
            }
            let is_sooner = due.is_some_and(|due| waiting.soonest.is_none_or(|soonest| due < soonest));
            if is_sooner || matches!(event, Event::Remove { .. }) {
                waiting.soonest = due;
                waiting.wake_all();
            }
        }
        let Held { queues, waiting, .. } = self;
        waiting.retain(|id, _| queues.get(*id).is_ok());
    }

    /// Waits for a message of a queue, or until a time, or until there may be one.
    fn wait(&mut self, id: u64, deadline: Timestamp, now: Timestamp) -> (OwnedNotified, Timestamp) {
        let (_, due) = self.queues.outlook(id, now);
        let waiting = self.waiting.entry(id).or_default();
        waiting.soonest = due;
        (waiting.notify.clone().notified_owned(), due.map_or(deadline, |due| due.min(deadline)))
    }
}

/// The queue in which something has changed for those who wait.
fn queue_of(event: &Event) -> Option<u64> {
    match event {
        Event::Put { queue, .. }
        | Event::Receive { queue, .. }
        | Event::Hide { queue, .. }
        | Event::Delete { queue, .. }
        | Event::Remove { queue, .. } => Some(*queue),
        Event::Define(definition) => Some(definition.id),
        Event::Next { .. }
        | Event::Removed { .. }
        | Event::Purge { .. }
        | Event::HandedOver { .. }
        | Event::Settled { .. } => None,
    }
}

/// Somebody who waits, until it is dropped.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(waits: &'a AtomicUsize) -> Self {
        waits.fetch_add(1, Ordering::Relaxed);
        Counted(waits)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What came of one look at a queue.
enum Look {
    Received(Vec<Delivery>, Receipt),
    Nothing,
    /// There may be something later.
    Wait(OwnedNotified, Timestamp),
}

impl DurableQueues {
    /// Receives messages of a queue, and waits for one as long as is wished, or the queue says.
    pub(crate) async fn receive(
        self: &Arc<Self>,
        target: &QueueArn,
        wish: &Wish,
        clock: &Clock,
    ) -> Result<Vec<Delivery>, QueueError> {
        let mut closing = self.closing.subscribe();
        let mut known = None;
        let mut counted = None;
        loop {
            self.ensure_taking().await?;
            let is_closing = *closing.borrow();
            let (notified, until) = match self.look_for_messages(target, wish, &mut known, clock.now(), is_closing)? {
                Look::Received(deliveries, receipt) => {
                    receipt.await?;
                    return Ok(deliveries);
                }
                Look::Nothing => return Ok(Vec::new()),
                Look::Wait(notified, until) => (notified, until),
            };
            counted.get_or_insert_with(|| Counted::new(&self.waits));
            tokio::select! {
                () = notified => {}
                () = clock.reached(until) => {}
                _ = closing.wait_for(|is_closing| *is_closing) => {}
            }
        }
    }

    /// Looks once. `known` is the queue's id and the end of the wait, from the first look on: the queue may be deleted and
    /// another take its name meanwhile.
    fn look_for_messages(
        &self,
        target: &QueueArn,
        wish: &Wish,
        known: &mut Option<(u64, Timestamp)>,
        now: Timestamp,
        is_closing: bool,
    ) -> Result<Look, QueueError> {
        let mut held = self.lock();
        self.prepare(&mut held, now)?;
        let (id, deadline) = match *known {
            Some(known) => known,
            None => {
                let queue = held.queues.find_by_arn(target)?;
                let seconds = wish.wait_seconds.unwrap_or(queue.settings.wait_seconds);
                *known.insert((queue.id, now.plus_seconds(i64::from(seconds))))
            }
        };
        let step = held.queues.receive(id, wish, now)?;
        if !step.events.is_empty() {
            let receipt = self.write(&mut held, &step.events, now);
            if !step.value.is_empty() {
                return Ok(Look::Received(step.value, receipt));
            }
            // Dead letters were moved, and there may be more.
            if held.queues.outlook(id, now).0 {
                held.waiting.entry(id).or_default().notify.notify_one();
            }
        }
        if now >= deadline || is_closing {
            held.queues.count_empty_receive(id);
            return Ok(Look::Nothing);
        }
        let (notified, until) = held.wait(id, deadline, now);
        Ok(Look::Wait(notified, until))
    }
}
