//! Which deliveries wait, and which are on their way.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nepho_model::Timestamp;
use nepho_notify::delivery::{Destination, LaneRules, Lanes};
use nepho_notify::subscription::Protocol;
use tokio::sync::{Notify, oneshot};

use super::record::DeliveryRecord;
use crate::instance::Instance;
use crate::topics::error::TopicError;

/// The longest that a clock that is moved by hand waits for deliveries.
const SETTLE_TIME_MAX: Duration = Duration::from_secs(120);

/// A delivery that was written down, and is to be done.
#[derive(Debug, Clone)]
pub(crate) struct Started {
    pub(crate) to: Destination,
    pub(crate) rules: LaneRules,
    /// The key of its record.
    pub(crate) key: String,
    pub(crate) due: Timestamp,
}

impl Started {
    /// A delivery that has not ended, to an endpoint that takes so many a second.
    pub(crate) fn of(delivery: &DeliveryRecord, per_second_max: Option<u32>) -> Self {
        Started {
            to: delivery.destination(),
            rules: delivery.rules(per_second_max),
            key: delivery.key(),
            due: delivery.state.due().unwrap_or(delivery.message.published),
        }
    }
}

/// The most deliveries a second that the endpoint of a delivery takes.
pub(crate) fn per_second_max(instance: &Instance, delivery: &DeliveryRecord) -> Result<Option<u32>, TopicError> {
    let known = instance.topics.subscription(&*instance.records, &delivery.subscription)?;
    Ok(known.and_then(|(topic, subscription)| subscription.delivery(&topic.settings).receives_per_second_max))
}

/// The deliveries of a running server.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    state: Mutex<State>,
    /// How many messages there have been, for their order within a millisecond.
    order: AtomicU32,
    /// There is something to do.
    woken: Notify,
    /// Something has been done.
    done: Notify,
}

#[derive(Debug, Default)]
struct State {
    lanes: Lanes<String>,
    /// Whether what was in the outbox at the start is still to come into the lanes.
    is_restoring: bool,
    /// Who waits until a delivery has been tried, by its key.
    waiting: HashMap<String, oneshot::Sender<()>>,
    /// Those that found no place in their lane, which are given up one by one.
    overflow: Vec<Started>,
    giving_up: usize,
}

/// Deliveries to queues that were handed over.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Tried(Vec<oneshot::Receiver<()>>);

impl Tried {
    /// Waits until all have been tried once, for as long as `patience` lets it.
    pub(crate) async fn wait(self, patience: Duration) {
        let all = async {
            for told in self.0 {
                // One that nobody tells any more has been tried.
                drop(told.await);
            }
        };
        drop(tokio::time::timeout(patience, all).await);
    }
}

/// What is to be done with a delivery.
#[derive(Debug)]
pub(crate) enum Task {
    /// Try it.
    Attempt(Destination, String),
    /// Give it up: too many wait for its endpoint.
    GiveUp(String),
}

impl Deliveries {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a message among others of the same millisecond.
    pub(crate) fn order(&self) -> u32 {
        self.order.fetch_add(1, Ordering::Relaxed)
    }

    /// Lets deliveries wait for their time. Those to queues can be waited for.
    pub(crate) fn start(&self, started: &[Started]) -> Tried {
        let mut tried = Tried::default();
        if started.is_empty() {
            return tried;
        }
        let mut state = self.lock();
        for one in started {
            if one.to.protocol == Protocol::Sqs {
                let (teller, told) = oneshot::channel();
                state.waiting.insert(one.key.clone(), teller);
                tried.0.push(told);
            }
            if state.lanes.push(&one.to, one.rules, one.key.clone(), one.due).is_err() {
                state.overflow.push(one.clone());
            }
        }
        drop(state);
        self.woken.notify_one();
        tried
    }

    /// What is in the outbox at the start is still to come, and whoever settles waits for it.
    pub(crate) fn expect_restored(&self) {
        self.lock().is_restoring = true;
    }

    /// Lets those wait for their time that were in the outbox at the start.
    pub(crate) fn restore(&self, started: &[Started]) {
        drop(self.start(started));
        self.lock().is_restoring = false;
        self.done.notify_waiters();
    }

    /// Takes one that is to be done now.
    pub(crate) fn take(&self, now: Timestamp) -> Option<Task> {
        let mut state = self.lock();
        if let Some(one) = state.overflow.pop() {
            state.giving_up += 1;
            return Some(Task::GiveUp(one.key));
        }
        state.lanes.take(now).map(|(to, key)| Task::Attempt(to, key))
    }

    /// An attempt has ended; if there is another one to come, it waits for its time from now on.
    pub(crate) fn finish(&self, from: &Destination, has_failed: bool, next: Option<Started>) {
        let mut state = self.lock();
        if let Some(next) = next
            && state.lanes.push(&next.to, next.rules, next.key.clone(), next.due).is_err()
        {
            state.overflow.push(next);
        }
        state.lanes.finish(from, has_failed);
        drop(state);
        self.done.notify_waiters();
        self.woken.notify_one();
    }

    /// One was given up; if it goes to a dead-letter queue, it waits for its time from now on.
    pub(crate) fn given_up(&self, next: Option<&Started>) {
        self.lock().giving_up -= 1;
        drop(self.start(next.map_or(&[], std::slice::from_ref)));
        self.done.notify_waiters();
    }

    /// A delivery has been tried for the first time.
    pub(crate) fn tell(&self, key: &str) {
        if let Some(teller) = self.lock().waiting.remove(key) {
            // Whoever has waited may have gone away.
            let _ = teller.send(());
        }
    }

    /// When something is to be done, unless something else happens before.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let state = self.lock();
        match state.overflow.is_empty() {
            true => state.lanes.next(),
            false => Some(Timestamp::from_millis(i64::MIN)),
        }
    }

    /// Waits until there may be something to do.
    pub(crate) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// Lets whoever does deliveries look again, as when the time has changed.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Waits until all that is due has been tried, or for as long as that may take at the most.
    pub(crate) async fn settle(&self, now: Timestamp) {
        if tokio::time::timeout(SETTLE_TIME_MAX, self.settled(now)).await.is_err() {
            tracing::warn!("deliveries that are due took longer than {} s", SETTLE_TIME_MAX.as_secs());
        }
    }

    async fn settled(&self, now: Timestamp) {
        loop {
            let done = self.done.notified();
            let mut done = std::pin::pin!(done);
            // What happens between looking and waiting must not be missed.
            done.as_mut().enable();
            {
                let state = self.lock();
                let is_due = state.lanes.next().is_some_and(|next| next <= now) || !state.overflow.is_empty();
                if !state.is_restoring && !is_due && state.lanes.in_flight() == 0 && state.giving_up == 0 {
                    return;
                }
            }
            self.wake();
            done.await;
        }
    }

    /// How many are on their way, and how many wait.
    pub(crate) fn figures(&self) -> (usize, usize) {
        let state = self.lock();
        (state.lanes.in_flight() + state.giving_up, state.lanes.waiting() + state.overflow.len())
    }
}
