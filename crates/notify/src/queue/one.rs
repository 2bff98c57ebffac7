//! One queue: its messages, and what becomes of them as time passes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nepho_model::Timestamp;

use super::deduplication::{Attempt, DuplicateKey, Original, Windows};
use super::homes::Homes;
use super::message::{Message, State};
use super::name::QueueArn;
use super::order::{Order, is_poison};
use super::settings::Settings;
use super::tally::{Counts, Report, Tally};

/// What all queues together hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Stock {
    pub(super) bytes: usize,
    pub(super) messages: usize,
    pub(super) homes: Homes,
}

/// A message and the file of the log in which it was last written whole.
#[derive(Debug, Clone)]
struct Kept {
    message: Message,
    home: u64,
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its id, which no other queue has or had.
    pub id: u64,
    /// Whose it is, and its name.
    pub arn: QueueArn,
    /// What is set about it.
    pub settings: Settings,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
    /// When something was last set about it.
    pub modified: Timestamp,
    /// When it was last purged.
    pub purged: Option<Timestamp>,
    messages: BTreeMap<u64, Kept>,
    /// By when they were sent: the order in which they are given up.
    by_sent: BTreeSet<(Timestamp, u64)>,
    /// By when they become ready.
    timers: BTreeSet<(Timestamp, u64)>,
    order: Order,
    in_flight: usize,
    delayed: usize,
    pub(super) originals: Windows<DuplicateKey, Original>,
    pub(super) attempts: Windows<String, Attempt>,
    pub(super) tally: Tally,
    pub(super) has_sent: bool,
    /// When it last had a message or somebody asked something of it.
    pub(super) active: Timestamp,
}

impl Queue {
    pub(super) fn new(id: u64, arn: QueueArn, settings: Settings, created: Timestamp) -> Self {
        Queue {
            id,
            arn,
            tags: BTreeMap::new(),
            created,
            modified: created,
            purged: None,
            messages: BTreeMap::new(),
            by_sent: BTreeSet::new(),
            timers: BTreeSet::new(),
            order: Order::of(settings.is_fifo),
            settings,
            in_flight: 0,
            delayed: 0,
            originals: Windows::default(),
            attempts: Windows::default(),
            tally: Tally::default(),
            has_sent: false,
            active: created,
        }
    }

    /// A message by its number.
    pub fn message(&self, number: u64) -> Option<&Message> {
        self.messages.get(&number).map(|kept| &kept.message)
    }

    /// The messages, by number.
    pub(super) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().map(|kept| &kept.message)
    }

    /// The numbers of the messages whose home is a file.
    pub(super) fn living_in(&self, file: u64) -> impl Iterator<Item = u64> {
        self.messages.values().filter(move |kept| kept.home == file).map(|kept| kept.message.number)
    }

    pub(super) fn home(&self, number: u64) -> Option<u64> {
        self.messages.get(&number).map(|kept| kept.home)
    }

    /// The messages that can be received, the first first.
    pub(super) fn receivable(&self) -> impl Iterator<Item = &Message> {
        self.order.receivable().filter_map(|number| self.message(number))
    }

    /// Whether there is a message that can be received.
    pub fn is_receivable(&self) -> bool {
        self.order.receivable().next().is_some()
    }

    /// When a message becomes ready next, unless something happens before.
    pub fn due(&self) -> Option<Timestamp> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// How many messages there are.
    pub fn counts(&self) -> Counts {
        let (in_flight, delayed) = (self.in_flight, self.delayed);
        Counts { visible: self.messages.len() - in_flight - delayed, in_flight, delayed }
    }

    /// Lets the time be `now`: what was hidden until then is ready, what was kept until then is gone.
    pub(super) fn settle(&mut self, now: Timestamp, stock: &mut Stock) {
        while let Some((due, number)) = self.timers.first().copied()
            && due <= now
        {
            self.change(number, |message| message.state = State::Ready);
        }
        let kept_millis = i64::from(self.settings.retention_seconds) * 1000;
        while let Some((sent, number)) = self.by_sent.first().copied()
            && sent.millis().saturating_add(kept_millis) <= now.millis()
        {
            self.remove(number, stock);
        }
    }

    /// Puts a message in, over the one with its number that may be there.
    pub(super) fn put(&mut self, message: Message, home: u64, stock: &mut Stock) {
        self.remove(message.number, stock);
        stock.bytes += message.weight();
        stock.messages += 1;
        stock.homes.put(home);
        self.by_sent.insert((message.sent, message.number));
        self.put_in(&message);
        self.messages.insert(message.number, Kept { message, home });
    }

    /// Takes a message out, if it is there.
    pub(super) fn remove(&mut self, number: u64, stock: &mut Stock) {
        let Some(Kept { message, home }) = self.messages.remove(&number) else { return };
        stock.bytes -= message.weight();
        stock.messages -= 1;
        stock.homes.take(home);
        self.by_sent.remove(&(message.sent, number));
        self.take_out(&message);
    }

    /// Changes a message, if it is there.
    pub(super) fn change(&mut self, number: u64, change: impl FnOnce(&mut Message)) {
        let Some(mut kept) = self.messages.remove(&number) else { return };
        self.take_out(&kept.message);
        change(&mut kept.message);
        self.put_in(&kept.message);
        self.messages.insert(number, kept);
    }

    pub(super) fn clear(&mut self, stock: &mut Stock) {
        let numbers: Vec<u64> = self.messages.keys().copied().collect();
        numbers.into_iter().for_each(|number| self.remove(number, stock));
    }

    /// The new delay of a FIFO queue holds for what is delayed already, that of a standard queue does not.
    pub(super) fn delay_anew(&mut self) {
        let delay_millis = i64::from(self.settings.delay_seconds) * 1000;
        let is_delayed = |message: &&Message| matches!(message.state, State::Delayed { .. });
        let numbers: Vec<u64> = self.messages().filter(is_delayed).map(|message| message.number).collect();
        for number in numbers {
            self.change(number, |message| {
                message.state =
                    State::Delayed { until: Timestamp::from_millis(message.entered.millis() + delay_millis) };
            });
        }
    }

    fn put_in(&mut self, message: &Message) {
        match message.state {
            State::Ready => {}
            State::Delayed { .. } => self.delayed += 1,
            State::InFlight { .. } => self.in_flight += 1,
        }
        self.timers.extend(message.due().map(|due| (due, message.number)));
        self.order.put(message);
    }

    fn take_out(&mut self, message: &Message) {
        match message.state {
            State::Ready => {}
            State::Delayed { .. } => self.delayed -= 1,
            State::InFlight { .. } => self.in_flight -= 1,
        }
        if let Some(due) = message.due() {
            self.timers.remove(&(due, message.number));
        }
        self.order.take(message);
    }

    /// Tells about the queue, and begins to count anew.
    pub(super) fn report(&mut self) -> Report {
        let is_fifo = self.settings.is_fifo;
        let oldest = self.messages().find(|message| is_fifo || !is_poison(message)).map(|message| message.entered);
        Report { counts: self.counts(), oldest, tally: std::mem::take(&mut self.tally), has_sent: self.has_sent }
    }

    /// The ARN as text that messages share.
    pub(super) fn shared_arn(&self) -> Arc<str> {
        self.arn.to_string().into()
    }
}
