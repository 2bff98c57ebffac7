//! What events do.

use nepho_model::Timestamp;

use super::deduplication::{Attempt, Original, end_of_window};
use super::event::{Definition, Event};
use super::message::{Message, State};
use super::one::Queue;
use super::queues::Queues;
use super::settings::Settings;

impl Queues {
    /// Applies an event. One of a queue or a message that is not there does nothing.
    ///
    /// # Errors
    ///
    /// The event cannot have happened; nothing is changed then.
    pub fn apply(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Next { queue, number } => {
                self.next_queue = self.next_queue.max(*queue);
                self.next_number = self.next_number.max(*number);
            }
            Event::Define(definition) => self.define(definition)?,
            Event::Remove { queue, at } => self.remove_queue(*queue, *at),
            Event::Removed { arn, at } => {
                self.removed.insert(arn.clone(), *at);
            }
            Event::Put { queue, message, window } => self.put(*queue, message, *window),
            Event::Receive { queue, at, until, numbers, attempt } => {
                self.mark_received(*queue, *at, *until, numbers, attempt.as_deref());
            }
            Event::Hide { queue, number, until, attempt } => self.hide(*queue, *number, *until, attempt.as_ref()),
            Event::Delete { queue, numbers } => {
                if let Some(queue) = self.queues.get_mut(queue) {
                    numbers.iter().for_each(|number| queue.remove(*number, &mut self.stock));
                }
            }
            Event::Purge { queue, at } => {
                if let Some(queue) = self.queues.get_mut(queue) {
                    queue.clear(&mut self.stock);
                    queue.purged = Some(*at);
                }
            }
            Event::HandedOver { queue, id } => {
                if self.queues.contains_key(queue) {
                    self.handover.remember(*queue, *id);
                }
            }
            Event::Settled { queue, id } => self.handover.forget(*queue, *id),
        }
        Ok(())
    }

    fn define(&mut self, definition: &Definition) -> Result<(), String> {
        let Definition { id, arn, attributes, tags, created, modified, purged } = definition;
        let settings = Settings::create(&arn.name, attributes).map_err(|fault| fault.to_string())?;
        self.next_queue = self.next_queue.max(id + 1);
        self.names.insert(arn.clone(), *id);
        let queue = self.queues.entry(*id);
        let queue = queue.or_insert_with(|| Queue::new(*id, arn.clone(), settings.clone(), *created));
        // What was given up until then stays so, also where messages are kept longer from then on.
        queue.settle(*modified, &mut self.stock);
        let was = std::mem::replace(&mut queue.settings, settings);
        if queue.settings.is_fifo && was.delay_seconds != queue.settings.delay_seconds {
            queue.delay_anew();
        }
        queue.tags.clone_from(tags);
        queue.modified = *modified;
        queue.purged = *purged;
        queue.active = queue.active.max(*modified);
        Ok(())
    }

    fn remove_queue(&mut self, id: u64, at: Timestamp) {
        if let Some(mut queue) = self.queues.remove(&id) {
            queue.clear(&mut self.stock);
            self.handover.forget_queue(id);
            // The name may have gone to another queue since.
            if self.names.get(&queue.arn) == Some(&id) {
                self.names.remove(&queue.arn);
            }
            self.removed.insert(queue.arn, at);
        }
    }

    fn put(&mut self, id: u64, message: &Message, window: Option<Timestamp>) {
        self.next_number = self.next_number.max(message.number + 1);
        let Some(queue) = self.queues.get_mut(&id) else { return };
        queue.put(message.clone(), self.file, &mut self.stock);
        queue.active = queue.active.max(message.entered);
        queue.has_sent |= message.source.is_none();
        if let (Some(begin), Some(id)) = (window, &message.content.deduplication) {
            let group = message.content.group.clone().filter(|_| queue.settings.deduplicates_in_group);
            let original = Original { id: message.content.id, number: message.number };
            queue.originals.open((group, id.clone()), begin, original);
            self.stock.homes.need_until(self.file, end_of_window(begin));
        }
    }

    fn mark_received(&mut self, id: u64, at: Timestamp, until: Timestamp, numbers: &[u64], attempt: Option<&str>) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        queue.active = queue.active.max(at);
        let mut received = Vec::with_capacity(numbers.len());
        for number in numbers {
            queue.change(*number, |message| {
                message.receives += 1;
                message.first_received.get_or_insert(at);
                message.state = State::InFlight { since: at, until };
                received.push((*number, message.receives));
            });
        }
        if let Some(attempt) = attempt {
            queue.attempts.open(attempt.to_owned(), at, Attempt { messages: received, until });
            self.stock.homes.need_until(self.file, end_of_window(at));
        }
    }

    fn hide(&mut self, id: u64, number: u64, until: Timestamp, attempt: Option<&String>) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        if let Some(attempt) = attempt.and_then(|attempt| queue.attempts.find_mut(attempt)) {
            attempt.until = until;
        }
        queue.change(number, |message| {
            if let State::InFlight { since, .. } = message.state {
                message.state = State::InFlight { since, until };
            }
        });
    }
}
