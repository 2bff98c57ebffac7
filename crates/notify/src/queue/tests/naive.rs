//! A queue with its dead-letter queue, as simple as can be: lists that are looked through from end to end.

use std::collections::BTreeSet;

/// A message of the model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plain {
    pub(super) order: u64,
    pub(super) id: u128,
    pub(super) group: String,
    pub(super) sent: i64,
    pub(super) entered: i64,
    pub(super) before: u32,
    pub(super) receives: u32,
    /// From then on it can be received.
    pub(super) from: i64,
    /// When it was received, while it is hidden for that reason.
    pub(super) since: Option<i64>,
    pub(super) is_delayed: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) messages: Vec<Plain>,
    pub(super) attempts: Vec<Attempt>,
}

#[derive(Debug, Clone)]
pub(super) struct Attempt {
    name: String,
    at: i64,
    until: i64,
    messages: Vec<(u64, u32)>,
}

/// The model. Times are milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Naive {
    pub(super) is_fifo: bool,
    pub(super) delay: i64,
    pub(super) retention: i64,
    pub(super) visibility: i64,
    pub(super) receives_max: Option<u32>,
    pub(super) now: i64,
    pub(super) next: u64,
    /// The queue, and its dead-letter queue.
    pub(super) lines: [Line; 2],
    pub(super) duplicates: Vec<(String, i64, u128)>,
}

pub(super) const DEAD_RETENTION: i64 = 1_209_600_000;
const WINDOW: i64 = 300_000;
const POISON: u32 = 3;

impl Naive {
    pub(super) fn pass(&mut self, millis: i64) {
        self.now += millis;
        let now = self.now;
        for (line, retention) in self.lines.iter_mut().zip([self.retention, DEAD_RETENTION]) {
            for message in &mut line.messages {
                if message.from <= now {
                    (message.since, message.is_delayed) = (None, false);
                }
            }
            line.messages.retain(|message| message.sent + retention > now);
        }
    }

    /// The id of the message, and whether it is new.
    pub(super) fn send(&mut self, id: u128, group: &str, duplicate: &str, delay: Option<i64>) -> u128 {
        let now = self.now;
        if self.is_fifo {
            let known = |(name, at, _): &&(String, i64, u128)| name == duplicate && now < at + WINDOW;
            if let Some((.., original)) = self.duplicates.iter().find(known) {
                return *original;
            }
            self.duplicates.retain(|(name, ..)| name != duplicate);
            self.duplicates.push((duplicate.to_owned(), now, id));
        }
        let delay = delay.filter(|_| !self.is_fifo).unwrap_or(self.delay);
        self.lines[0].messages.push(Plain {
            order: self.next,
            id,
            group: group.to_owned(),
            sent: now,
            entered: now,
            before: 0,
            receives: 0,
            from: now + delay,
            since: None,
            is_delayed: delay > 0,
        });
        self.next += 1;
        id
    }

    /// What can be received, in order.
    fn receivable(&self, line: usize) -> Vec<u64> {
        let is_ready = |message: &&Plain| message.from <= self.now;
        let mut messages: Vec<&Plain> = self.lines[line].messages.iter().collect();
        messages.sort_by_key(|message| message.order);
        if !self.is_fifo {
            messages.retain(is_ready);
            messages.sort_by_key(|message| (message.receives >= POISON, message.order));
            return messages.iter().map(|message| message.order).collect();
        }
        let mut orders = Vec::new();
        let mut seen = BTreeSet::new();
        for first in &messages {
            if !seen.insert(&first.group) {
                continue;
            }
            let of_group: Vec<_> = messages.iter().filter(|message| message.group == first.group).collect();
            let is_locked = of_group.iter().any(|message| message.since.is_some() && message.from > self.now);
            if !is_locked {
                orders.extend(of_group.iter().take_while(|message| is_ready(message)).map(|message| message.order));
            }
        }
        orders
    }

    /// The orders and receives of what is delivered.
    pub(super) fn receive(
        &mut self,
        line: usize,
        most: usize,
        visibility: Option<i64>,
        attempt: Option<&str>,
    ) -> Vec<(u64, u32)> {
        let now = self.now;
        let until = now + visibility.unwrap_or(if line == 0 { self.visibility } else { 30_000 });
        if let Some(again) = attempt.and_then(|name| self.again(line, name)) {
            for (order, _) in &again {
                self.message(line, *order).unwrap().from = until;
            }
            let known = self.lines[line].attempts.iter_mut().rfind(|known| Some(known.name.as_str()) == attempt);
            known.unwrap().until = until;
            return again;
        }
        let mut delivered = Vec::new();
        for order in self.receivable(line) {
            if delivered.len() == most {
                break;
            }
            let receives_max = self.receives_max.filter(|_| line == 0);
            let message = self.message(line, order).unwrap();
            if receives_max.is_some_and(|most| message.receives >= most) {
                self.bury(order);
                continue;
            }
            message.receives += 1;
            (message.from, message.since) = (until, Some(now));
            delivered.push((order, message.receives));
        }
        if let Some(name) = attempt.filter(|_| self.is_fifo && !delivered.is_empty()) {
            let attempt = Attempt { name: name.to_owned(), at: now, until, messages: delivered.clone() };
            self.lines[line].attempts.push(attempt);
        }
        delivered
    }

    fn bury(&mut self, order: u64) {
        let at = self.lines[0].messages.iter().position(|message| message.order == order).unwrap();
        let mut message = self.lines[0].messages.remove(at);
        message.before += message.receives;
        message.receives = 0;
        message.order = self.next;
        message.entered = self.now;
        (message.from, message.since) = (self.now, None);
        if self.is_fifo {
            message.sent = self.now;
        }
        self.next += 1;
        self.lines[1].messages.push(message);
    }

    fn again(&self, line: usize, name: &str) -> Option<Vec<(u64, u32)>> {
        let attempt = self.lines[line].attempts.iter().rfind(|attempt| attempt.name == name)?;
        let is_untouched = |(order, receives): &(u64, u32)| {
            self.lines[line].messages.iter().any(|message| {
                message.order == *order
                    && message.receives == *receives
                    && message.since.is_some()
                    && message.from == attempt.until
                    && message.from > self.now
            })
        };
        let is_open = self.now < attempt.at + WINDOW;
        (is_open && attempt.messages.iter().all(is_untouched)).then(|| attempt.messages.clone())
    }

    pub(super) fn message(&mut self, line: usize, order: u64) -> Option<&mut Plain> {
        self.lines[line].messages.iter_mut().find(|message| message.order == order)
    }

    /// Whether it is allowed.
    pub(super) fn delete(&mut self, line: usize, order: u64, receives: u32) -> bool {
        let (is_fifo, now) = (self.is_fifo, self.now);
        let Some(message) = self.message(line, order) else { return true };
        let is_held = message.since.is_some() && message.from > now && message.receives == receives;
        if is_fifo && !is_held {
            return false;
        }
        self.lines[line].messages.retain(|message| message.order != order);
        true
    }

    /// Whether it is allowed.
    pub(super) fn hide(&mut self, line: usize, order: u64, receives: u32, millis: i64) -> bool {
        let (is_fifo, now) = (self.is_fifo, self.now);
        let Some(message) = self.message(line, order) else { return false };
        let Some(since) = message.since.filter(|_| message.from > now) else { return !is_fifo };
        if is_fifo && message.receives != receives || now + millis - since > 43_200_000 {
            return false;
        }
        message.from = now + millis;
        true
    }

    pub(super) fn counts(&self, line: usize) -> super::Counts {
        let messages = &self.lines[line].messages;
        let in_flight = messages.iter().filter(|message| message.since.is_some() && message.from > self.now).count();
        let delayed = messages.iter().filter(|message| message.is_delayed && message.from > self.now).count();
        super::Counts { visible: messages.len() - in_flight - delayed, in_flight, delayed }
    }
}
