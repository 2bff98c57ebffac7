//! All queues, and what they have in common.

use std::collections::BTreeMap;

use nepho_model::{Scope, Timestamp};

use super::event::{Definition, Event};
use super::fault::Fault;
use super::handover::Handover;
use super::name::{QueueArn, QueueName};
use super::one::{Queue, Stock};
use super::tally::Report;

/// How long the name of a queue that was deleted is not to be used, in milliseconds.
pub(super) const REMOVED_MILLIS: i64 = 60_000;
/// How long a queue without messages that nobody asks anything of still tells about itself, in milliseconds.
const ACTIVE_MILLIS: i64 = 6 * 3_600_000;

/// What came of a request, and the events that make it so; they have been applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<T> {
    /// The answer.
    pub value: T,
    /// What happened, to be written down as one entry.
    pub events: Vec<Event>,
}

/// All queues of all scopes.
#[derive(Debug, Clone)]
pub struct Queues {
    pub(super) queues: BTreeMap<u64, Queue>,
    pub(super) names: BTreeMap<QueueArn, u64>,
    /// When queues of these names were deleted.
    pub(super) removed: BTreeMap<QueueArn, Timestamp>,
    pub(super) next_queue: u64,
    pub(super) next_number: u64,
    pub(super) stock: Stock,
    pub(super) handover: Handover,
    pub(super) bytes_max: usize,
    /// The file of the log that events are written to.
    pub(super) file: u64,
}

impl Queues {
    /// No queues. Messages are refused once `bytes_max` bytes are held.
    pub fn new(bytes_max: usize) -> Self {
        Queues {
            queues: BTreeMap::new(),
            names: BTreeMap::new(),
            removed: BTreeMap::new(),
            next_queue: 1,
            next_number: 1,
            stock: Stock::default(),
            handover: Handover::default(),
            bytes_max,
            file: 0,
        }
    }

    /// From now on events are written to this file of the log.
    pub fn set_file(&mut self, file: u64) {
        self.file = file;
    }

    /// A queue by whose it is and its name.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn find(&self, scope: &Scope, name: &str) -> Result<&Queue, Fault> {
        let name = QueueName::new(name).map_err(|_| Fault::no_queue())?;
        let arn = QueueArn { scope: scope.clone(), name };
        self.names.get(&arn).and_then(|id| self.queues.get(id)).ok_or_else(Fault::no_queue)
    }

    /// A queue by its ARN.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn find_by_arn(&self, arn: &QueueArn) -> Result<&Queue, Fault> {
        self.names.get(arn).and_then(|id| self.queues.get(id)).ok_or_else(Fault::no_queue)
    }

    /// A queue by its id.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn get(&self, id: u64) -> Result<&Queue, Fault> {
        self.queues.get(&id).ok_or_else(Fault::no_queue)
    }

    /// A queue as it is at a time. That somebody asks keeps it active.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn look(&mut self, id: u64, now: Timestamp) -> Result<&Queue, Fault> {
        let queue = self.settled(id, now)?;
        queue.active = queue.active.max(now);
        Ok(queue)
    }

    /// Whether a message can be received at a time, and when the next will be that cannot be yet.
    pub fn outlook(&mut self, id: u64, now: Timestamp) -> (bool, Option<Timestamp>) {
        self.settled(id, now).map_or((false, None), |queue| (queue.is_receivable(), queue.due()))
    }

    /// A queue as it is at a time.
    pub(super) fn settled(&mut self, id: u64, now: Timestamp) -> Result<&mut Queue, Fault> {
        let queue = self.queues.get_mut(&id).ok_or_else(Fault::no_queue)?;
        queue.settle(now, &mut self.stock);
        Ok(queue)
    }

    /// The queues of a scope whose names begin so, in the order of names, behind `after`.
    pub fn list<'a>(
        &'a self,
        scope: &'a Scope,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Queue> {
        let first =
            QueueArn { scope: scope.clone(), name: QueueName::lower_bound(after.unwrap_or(prefix).max(prefix)) };
        let listed = self
            .names
            .range(first..)
            .take_while(move |(arn, _)| arn.scope == *scope && arn.name.as_str().starts_with(prefix));
        let listed = listed.filter(move |(arn, _)| after.is_none_or(|after| arn.name.as_str() > after));
        listed.filter_map(|(_, id)| self.queues.get(id))
    }

    /// The queues whose dead-letter queue has this ARN, in the order of names.
    pub fn sources<'a>(&'a self, target: &'a QueueArn) -> impl Iterator<Item = &'a Queue> {
        let all = self.names.values().filter_map(|id| self.queues.get(id));
        all.filter(move |queue| queue.settings.redrive.as_ref().is_some_and(|redrive| redrive.target == *target))
    }

    /// How many queues there are.
    pub fn len(&self) -> usize {
        self.queues.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// How many bytes of messages are held.
    pub fn bytes(&self) -> usize {
        self.stock.bytes
    }

    /// How many messages are held.
    pub fn messages(&self) -> usize {
        self.stock.messages
    }

    /// Applies what was decided on, and answers with it.
    pub(super) fn done<T>(&mut self, value: T, events: Vec<Event>) -> Step<T> {
        for event in &events {
            self.apply(event).expect("what was decided on can happen");
        }
        Step { value, events }
    }

    /// Lets the time be `now` for all queues.
    pub fn settle(&mut self, now: Timestamp) {
        let Queues { queues, stock, removed, .. } = self;
        for queue in queues.values_mut() {
            queue.settle(now, stock);
            queue.originals.forget(now);
            queue.attempts.forget(now);
        }
        removed.retain(|_, at| now.millis() < at.millis().saturating_add(REMOVED_MILLIS));
    }

    /// What every active queue tells about itself at a time.
    pub fn report(&mut self, now: Timestamp) -> Vec<(QueueArn, Report)> {
        self.settle(now);
        let mut reports = Vec::new();
        for queue in self.queues.values_mut() {
            let report = queue.report();
            if queue.messages().next().is_some() {
                queue.active = queue.active.max(now);
            }
            if now.millis() <= queue.active.millis().saturating_add(ACTIVE_MILLIS) {
                reports.push((queue.arn.clone(), report));
            }
        }
        reports
    }

    /// What a new file of the log begins with: everything but the messages.
    pub fn head(&self) -> Vec<Event> {
        let next = Event::Next { queue: self.next_queue, number: self.next_number };
        let queues = self.queues.values().map(|queue| Event::Define(definition(queue)));
        let removed = self.removed.iter().map(|(arn, at)| Event::Removed { arn: arn.clone(), at: *at });
        std::iter::once(next).chain(queues).chain(removed).chain(self.handover.events()).collect()
    }

    /// The first file of the log that is needed, of those up to the one that is written to.
    pub fn first_needed(&mut self, now: Timestamp) -> u64 {
        self.stock.homes.first_needed(now, self.file)
    }

    /// The first file of the log that is needed, if it is for its messages only, and not the one that is written to.
    pub fn kept_by_messages(&mut self, now: Timestamp) -> Option<u64> {
        let first = self.first_needed(now);
        self.stock.homes.is_kept_by_messages(first, now).then_some(first).filter(|first| *first < self.file)
    }

    /// The messages that were last written whole in a file, as queue and number.
    pub fn living_in(&self, file: u64) -> Vec<(u64, u64)> {
        if self.stock.homes.messages(file) == 0 {
            return Vec::new();
        }
        let of_queue = |queue: &Queue| queue.living_in(file).map(|number| (queue.id, number)).collect::<Vec<_>>();
        self.queues.values().flat_map(of_queue).collect()
    }

    /// Goes on counting where queues that are given up here stopped.
    pub fn go_on_counting(&mut self, before: &Self) {
        for (id, queue) in &mut self.queues {
            if let Some(before) = before.queues.get(id) {
                queue.tally = before.tally.clone();
                queue.active = before.active;
                queue.has_sent |= before.has_sent;
            }
        }
        self.go_on_settling(before);
    }

    /// Writes a message again, if its home is still that file; with the bytes it has.
    pub fn rehome(&mut self, (id, number): (u64, u64), file: u64) -> Option<(Event, usize)> {
        let queue = self.queues.get(&id)?;
        let message = queue.message(number).filter(|_| queue.home(number) == Some(file))?.clone();
        let group = message.content.group.clone().filter(|_| queue.settings.deduplicates_in_group);
        let key = message.content.deduplication.clone().map(|duplicate| (group, duplicate));
        // Its window is that of the entry it was sent with.
        let original = key.and_then(|key| queue.originals.known(&key));
        let window = original.filter(|(_, original)| original.number == number).map(|(begin, _)| begin);
        let bytes = message.weight();
        let event = Event::Put { queue: id, message, window };
        self.apply(&event).expect("a message can be written again");
        Some((event, bytes))
    }
}

/// What is known of a queue besides its messages.
pub(super) fn definition(queue: &Queue) -> Definition {
    Definition {
        id: queue.id,
        arn: queue.arn.clone(),
        attributes: queue.settings.to_given(),
        tags: queue.tags.clone(),
        created: queue.created,
        modified: queue.modified,
        purged: queue.purged,
    }
}
