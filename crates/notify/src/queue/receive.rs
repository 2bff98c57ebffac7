//! Receiving messages, and what becomes of those that were received too often.

use std::sync::Arc;

use nepho_model::Timestamp;

use super::draft::check_token;
use super::event::Event;
use super::fault::{Fault, FaultKind};
use super::message::{Content, Message, State, sequence_of};
use super::one::Queue;
use super::queues::{Queues, Step};
use super::receipt::Receipt;
use super::settings::{VISIBILITY_SECONDS_MAX, WAIT_SECONDS_MAX};

/// The most messages of one receive.
pub const MESSAGES_MAX: usize = 10;
/// The most messages of a queue that may be in flight.
pub const IN_FLIGHT_MAX: usize = 120_000;
/// The most dead letters that one receive moves; the next goes on.
const DEAD_LETTERS_MAX: usize = 1000;

/// What a receiver wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The most messages.
    pub messages_max: usize,
    /// How long they are hidden; the queue says, when absent.
    pub visibility_seconds: Option<u32>,
    /// How long to wait for one; the queue says, when absent.
    pub wait_seconds: Option<u32>,
    /// By what the client names this receive, to be able to try it again.
    pub attempt: Option<String>,
}

impl Wish {
    /// Checks what a client wants.
    ///
    /// # Errors
    ///
    /// A number out of its range.
    pub fn check(
        messages_max: Option<i64>,
        visibility_seconds: Option<i64>,
        wait_seconds: Option<i64>,
        attempt: Option<String>,
    ) -> Result<Self, Fault> {
        let (parameter, reason) =
            ("MaxNumberOfMessages", format!("Must be between 1 and {MESSAGES_MAX}, if provided."));
        let messages_max = messages_max.unwrap_or(1);
        if !(1..=MESSAGES_MAX as i64).contains(&messages_max) {
            return Err(Fault::invalid(messages_max, parameter, &reason));
        }
        check_token(attempt.as_deref(), "ReceiveRequestAttemptId")?;
        Ok(Wish {
            messages_max: messages_max as usize,
            visibility_seconds: within("VisibilityTimeout", visibility_seconds, VISIBILITY_SECONDS_MAX)?,
            wait_seconds: within("WaitTimeSeconds", wait_seconds, WAIT_SECONDS_MAX)?,
            attempt,
        })
    }
}

fn within(parameter: &str, given: Option<i64>, most: u32) -> Result<Option<u32>, Fault> {
    let Some(given) = given else { return Ok(None) };
    let number = u32::try_from(given).ok().filter(|number| *number <= most);
    let reason = || format!("Must be >= 0 and <= {most}, if provided.");
    number.map(Some).ok_or_else(|| Fault::invalid(given, parameter, &reason()))
}

/// A message that a receiver gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What never changes about it.
    pub content: Arc<Content>,
    /// What the receiver names it by.
    pub receipt: Receipt,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was first received from this queue.
    pub first_received: Timestamp,
    /// How often it was received from all queues.
    pub receives: u32,
    /// The ARN of the queue whose dead letter it is.
    pub source: Option<Arc<str>>,
    /// The sequence number, of a FIFO queue.
    pub sequence: Option<u64>,
}

impl Delivery {
    fn of(queue: &Queue, message: &Message) -> Self {
        Delivery {
            content: message.content.clone(),
            receipt: Receipt { queue: queue.id, number: message.number, receives: message.receives },
            sent: message.sent,
            first_received: message.first_received.unwrap_or(message.entered),
            receives: message.receives_before + message.receives,
            source: message.source.clone(),
            sequence: queue.settings.is_fifo.then(|| sequence_of(message.number)),
        }
    }
}

/// What a receive does.
#[derive(Debug, Default)]
struct Choice {
    deliver: Vec<u64>,
    dead: Vec<u64>,
}

impl Queues {
    /// ReceiveMessage, without waiting: takes messages, and moves those to the dead-letter queue that it would take once
    /// too often.
    ///
    /// # Errors
    ///
    /// Too many messages are in flight.
    pub fn receive(&mut self, id: u64, wish: &Wish, now: Timestamp) -> Result<Step<Vec<Delivery>>, Fault> {
        let queue = self.settled(id, now)?;
        queue.active = queue.active.max(now);
        queue.attempts.forget(now);
        let visibility = wish.visibility_seconds.unwrap_or(queue.settings.visibility_seconds);
        let until = Timestamp::from_millis(now.millis() + i64::from(visibility) * 1000);
        if let Some(again) = wish.attempt.as_ref().and_then(|attempt| again(queue, attempt, now)) {
            return Ok(self.deliver_again(id, wish, &again, until));
        }
        let messages_max = wish.messages_max.min(IN_FLIGHT_MAX.saturating_sub(queue.counts().in_flight));
        if messages_max == 0 {
            return match queue.settings.is_fifo {
                true => Ok(Step { value: Vec::new(), events: Vec::new() }),
                false => {
                    let message = format!(
                        "{IN_FLIGHT_MAX} messages of the queue are in flight, which is the limit: delete some first."
                    );
                    Err(Fault::new(FaultKind::OverLimit, message))
                }
            };
        }
        let Choice { deliver, dead } = self.choose(id, messages_max)?;
        let mut events = self.bury(id, &dead, now)?;
        if !deliver.is_empty() {
            let attempt = wish.attempt.clone().filter(|_| self.get(id).is_ok_and(|queue| queue.settings.is_fifo));
            events.push(Event::Receive { queue: id, at: now, until, numbers: deliver.clone(), attempt });
        }
        let mut step = self.done(Vec::new(), events);
        let queue = self.queues.get_mut(&id).ok_or_else(Fault::no_queue)?;
        step.value = deliver.iter().filter_map(|number| Some(Delivery::of(queue, queue.message(*number)?))).collect();
        queue.tally.received += step.value.len() as u64;
        Ok(step)
    }

    /// Counts a receive that ended without a message.
    pub fn count_empty_receive(&mut self, id: u64) {
        if let Some(queue) = self.queues.get_mut(&id) {
            queue.tally.empty_receives += 1;
        }
    }

    /// Chooses what to deliver, and what has been delivered too often.
    fn choose(&self, id: u64, most: usize) -> Result<Choice, Fault> {
        let queue = self.get(id)?;
        let receives_max =
            self.grave_of(queue).and(queue.settings.redrive.as_ref()).map(|redrive| redrive.receives_max);
        let mut choice = Choice::default();
        for message in queue.receivable() {
            if receives_max.is_some_and(|most| message.receives >= most) {
                choice.dead.push(message.number);
            } else {
                choice.deliver.push(message.number);
            }
            if choice.deliver.len() == most || choice.dead.len() == DEAD_LETTERS_MAX {
                break;
            }
        }
        Ok(choice)
    }

    /// The dead-letter queue of a queue, if it is there and takes messages from it.
    fn grave_of(&self, queue: &Queue) -> Option<&Queue> {
        let target = self.find_by_arn(&queue.settings.redrive.as_ref()?.target).ok()?;
        let is_same_type = target.settings.is_fifo == queue.settings.is_fifo;
        let allows = target.settings.redrive_allow.as_ref().is_none_or(|allow| allow.allows(&queue.arn));
        (is_same_type && allows && target.id != queue.id).then_some(target)
    }

    /// What moves messages to the dead-letter queue.
    fn bury(&self, id: u64, dead: &[u64], now: Timestamp) -> Result<Vec<Event>, Fault> {
        if dead.is_empty() {
            return Ok(Vec::new());
        }
        let queue = self.get(id)?;
        let Some(grave) = self.grave_of(queue) else { return Ok(Vec::new()) };
        let source = queue.shared_arn();
        let mut events = vec![Event::Delete { queue: id, numbers: dead.to_vec() }];
        let messages = dead.iter().filter_map(|number| queue.message(*number));
        for (number, message) in (self.next_number..).zip(messages) {
            let message = Message {
                number,
                content: message.content.clone(),
                sent: if queue.settings.is_fifo { now } else { message.sent },
                entered: now,
                source: Some(source.clone()),
                receives_before: message.receives_before + message.receives,
                receives: 0,
                first_received: None,
                state: State::Ready,
            };
            events.push(Event::Put { queue: grave.id, message, window: None });
        }
        Ok(events)
    }

    /// Gives a client that tries a receive again what it was given, hidden for as long as before.
    fn deliver_again(&mut self, id: u64, wish: &Wish, numbers: &[u64], until: Timestamp) -> Step<Vec<Delivery>> {
        let attempt = &wish.attempt;
        let hide = |number: &u64| Event::Hide { queue: id, number: *number, until, attempt: attempt.clone() };
        let mut step = self.done(Vec::new(), numbers.iter().map(hide).collect());
        let Some(queue) = self.queues.get(&id) else { return step };
        step.value = numbers.iter().filter_map(|number| Some(Delivery::of(queue, queue.message(*number)?))).collect();
        step
    }
}

/// The numbers of what an attempt was given, if nothing has become of any of them since.
fn again(queue: &Queue, attempt: &str, now: Timestamp) -> Option<Vec<u64>> {
    let (_, given) = queue.attempts.find(&attempt.to_owned(), now)?;
    let is_untouched = |(number, receives): &(u64, u32)| {
        queue.message(*number).is_some_and(|message| {
            let until = match message.state {
                State::InFlight { until, .. } => Some(until),
                _ => None,
            };
            message.receives == *receives && until == Some(given.until)
        })
    };
    given.messages.iter().all(is_untouched).then(|| given.messages.iter().map(|(number, _)| *number).collect())
}
